import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFlowNote, writeFlowNote } from '../../../src/core/report/capital-note.ts'

const AT_US = Date.UTC(2026, 0, 31, 14, 25) * 1_000

describe('the note of a capital flow', () => {
  test('says when it happened where somebody said so', () => {
    const written = writeFlowNote('from savings', AT_US)
    expect(written).toBe('[2026-01-31T14:25:00.000Z] from savings')
    expect(readFlowNote(written)).toEqual({ happenedAtUs: AT_US, note: 'from savings' })
  })

  test.each(['[2020-01-01T00:00:00.000Z] rent', '[2020-01-01T00:00:00.000Z]', '[] rent', '[]'])(
    'is no time where somebody typed what looks like one: %s',
    (typed) => {
      expect(readFlowNote(writeFlowNote(typed, null))).toEqual({ happenedAtUs: null, note: typed })
    },
  )

  test.each(['[2020-02-31T00:00:00.000Z] rent', '[2020-01-01T00:00:00Z] rent', '[2020-01-01T00:00:00.000Z]rent', ' [] rent', 'rent'])(
    'is read as it stands where it was never written so: %s',
    (note) => {
      expect(readFlowNote(note)).toEqual({ happenedAtUs: null, note })
    },
  )

  test('is always what was typed, when it was said to have happened', () => {
    const typed = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `[2020-01-01T00:00:00.000Z] ${rest}`),
      fc.string().map((rest) => `[] ${rest}`),
    )
    const happened = fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => ms * 1_000))
    const holds = fc.property(typed, happened, (note, happenedAtUs) => {
      expect(readFlowNote(writeFlowNote(note, happenedAtUs))).toEqual({ note, happenedAtUs })
    })
    fc.assert(holds)
  })
})
