// docs/CONTROL-SOCKET.md, held against the protocol itself: its requests are sent, its answers are read, its tables compared.

import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { dec, ZERO } from '../../src/core/kernel/decimal.ts'
import {
  CONTROL_LIMITS,
  capitalLine,
  endedLine,
  errorLine,
  readAnswer,
  readRequest,
  sessionLine,
} from '../../src/core/session/socket/protocol.ts'
import { sampleModel } from '../tui/sample-model.ts'
import { ControlRig } from './control-rig.ts'

const PAGE = readFileSync(new URL('../../docs/CONTROL-SOCKET.md', import.meta.url), 'utf8')

/** What stands between two marks of the page. */
function part(name: string): string {
  const [, text] = new RegExp(`<!-- ${name}[^>]*-->\\n([\\s\\S]*?)<!-- /${name} -->`).exec(PAGE) ?? []
  if (text === undefined) throw new Error(`the page has no part ${name}`)
  return text
}

const linesOf = (name: string): string[] =>
  part(name)
    .split('\n')
    .filter((line) => line.startsWith('{'))

test('every request of the page is answered by a session', async () => {
  const requests = linesOf('requests')
  expect(requests.map((line) => readRequest(line).do)).toEqual(['status', 'halt', 'halt', 'watch', 'capital'])
  const rig = await ControlRig.open()
  rig.onCapital = async (_, move) => ({ ...move, account: 'paper/a', balanceBefore: ZERO, balanceAfter: ZERO, seq: 1 })
  rig.onHalt = () => {
    Object.assign(rig, { phase: 'halted', halt: { reason: 'kill_switch', detail: 'spread looks wrong' } })
    rig.socket.publish(sampleModel({ phase: 'halted' }))
  }
  for (const request of requests) {
    const answers = (await answersTo(rig.path, request)).map(readAnswer)
    expect(answers.length).toBeGreaterThan(0)
    expect(answers.filter(({ kind }) => kind === 'error')).toEqual([])
    expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([readRequest(request).id]))
  }
  expect(rig.halts).toEqual(['spread looks wrong', null])
})

test('every answer of the page is one that dita writes, to the letter', () => {
  const [session, ended, capital, error] = linesOf('answers').map((line) => [line, readAnswer(line)] as const)
  expect(linesOf('answers')).toHaveLength(4)
  if (capital?.[1].kind !== 'capital') throw new Error('another kind of answer')
  if (session?.[1].kind !== 'session' || ended?.[1].kind !== 'ended' || error?.[1].kind !== 'error')
    throw new Error('another kind of answer')
  expect(sessionLine(session[1].id, session[1].session)).toBe(`${session[0]}\n`)
  expect(endedLine(ended[1].id, ended[1].session)).toBe(`${ended[0]}\n`)
  const { amount, balanceBefore, balanceAfter, ...told } = capital[1].capital
  const booked = { ...told, note: '', amount: dec(amount), balanceBefore: dec(balanceBefore), balanceAfter: dec(balanceAfter) }
  expect(capitalLine(capital[1].id, booked)).toBe(`${capital[0]}\n`)
  expect(errorLine(error[1].id, error[1].error)).toBe(`${error[0]}\n`)
})

test('the keys of a model and the limits are those of the code', () => {
  expect([...part('model').matchAll(/`(\w+)`/g)].map(([, key]) => key)).toEqual(Object.keys(sampleModel()))
  const rows = [...part('limits').matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)])
  expect(rows).toEqual(Object.entries(CONTROL_LIMITS))
})

/** What comes back until the session has said all that it will. */
function answersTo(path: string, request: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let said = ''
    // The other direction stays open: who asks once and ends his side still gets his answer.
    const socket = connect({ path, allowHalfOpen: true }, () => socket.end(`${request}\n`))
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(said.split('\n').filter(Boolean)))
  })
}
