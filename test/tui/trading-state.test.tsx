// What is only shown where there is something to show: trading that is not active, and funding.

import { describe, expect, test } from 'vitest'
import { draw, lineWith, SIZES, SMALL, WARNING } from './draw.tsx'
import { sampleModel } from './sample-model.ts'

describe('what is shown only where there is any', () => {
  test.each(SIZES.filter(({ columns }) => columns >= 60))(
    'at $columns×$rows trading that is not active stands beside the phase, for as long as the session runs',
    (size) => {
      const words = { reducing: 'reduce-only', halted: 'trading paused' } as const
      for (const trading of ['reducing', 'halted'] as const) {
        const running = draw({ model: sampleModel({ trading }), ...size })
        expect(lineWith(running, 'running')).toContain(`● running   ${words[trading]}`)
        for (const phase of ['stopping', 'halted'] as const) {
          expect(draw({ model: sampleModel({ trading, phase }), ...size })).not.toContain(words[trading])
        }
      }
      const active = draw({ model: sampleModel(), ...size })
      for (const word of Object.values(words)) expect(active).not.toContain(word)
    },
  )

  test('which key resumes stands beside it where there is room, and only where that key does', () => {
    const paused = sampleModel({ trading: 'halted' })
    expect(draw({ model: paused, columns: 100, rows: 30 })).toContain('trading paused (p resumes)')
    expect(draw({ model: sampleModel({ trading: 'reducing' }), columns: 100, rows: 30 })).toContain('reduce-only (r resumes)')
    for (const other of [{ columns: 60 }, { watching: true }, { keys: false }]) {
      const picture = draw({ model: paused, columns: 100, rows: 30, ...other })
      expect(picture).toContain('trading paused')
      expect(picture).not.toContain('resumes')
    }
  })

  test('trading that is not active is a warning in colour, and is said below the smallest size as well', () => {
    const model = sampleModel({ trading: 'reducing' })
    expect(draw({ model, ...SMALL, colour: true })).toMatch(new RegExp(`${WARNING}reduce-only`))
    expect(draw({ model, columns: 100, rows: 10 })).toContain('● running reduce-only')
  })

  test('funding is shown where there was any, and takes nothing else away', () => {
    const drawn = (funding: string) => draw({ model: sampleModel({ pnl: { ...sampleModel().pnl, funding } }), ...SMALL })
    expect(drawn('0.0000')).not.toContain('funding')
    expect(drawn('-0.0215')).toMatch(/funding +-0\.0215/)
    for (const name of ['realised', 'unrealised', 'fees paid', 'net ', 'equity']) expect(drawn('-0.0215')).toContain(name)
  })
})
