import { expect, test } from 'vitest'
import { failureOf, openTestWriter, startChild, storePath } from './stores.ts'

const ROUNDS = 20

test('a second writer is refused while the holder lives, and a successor takes over when it was killed', async () => {
  const path = storePath()
  const [refusalsMs, takeOversMs]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round += 1) {
    const holder = startChild('append', [path, `holder-${round}`])
    await holder.line('running')
    const askedMs = performance.now()
    expect(failureOf(() => openTestWriter(path))).toMatchObject({ code: 'STORE_BUSY', exitCode: 5 })
    refusalsMs.push(performance.now() - askedMs)
    holder.process.kill('SIGKILL')
    await holder.ended
    const freeMs = performance.now()
    const successor = openTestWriter(path)
    takeOversMs.push(performance.now() - freeMs)
    expect(successor.startCheck.name).toBe('integrity_check')
    expect(successor.head(`holder-${round}`).seq).toBeGreaterThan(0)
    await successor.close()
  }
  const worst = (values: number[]) => Math.max(...values).toFixed(1)
  console.info(`${ROUNDS} rounds: refused in ${worst(refusalsMs)} ms at most, taken over after SIGKILL in ${worst(takeOversMs)} ms at most`)
})
