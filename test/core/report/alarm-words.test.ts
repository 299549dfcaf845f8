// Every code that is ever flagged loudly has words for somebody who trades.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { FINDING_KINDS } from '../../../src/core/recovery/finding.ts'
import { ALARM_WORDS, alarmText, ORDER_LEFT_OPEN } from '../../../src/core/report/alarm-words.ts'

const CORE = fileURLToPath(new URL('../../../src/core/', import.meta.url))

/** Every code that stands beside a loud severity, or in a call of the kernel's `alarm`, anywhere in core. */
function flaggedCodes(): Set<string> {
  const files = readdirSync(CORE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const patterns = [/code: '([A-Z_]+)',\s*severity: '(?:alarm|warning)'/g, /\balarm\(\s*'([A-Z_]+)'/g]
  const codes = files.flatMap((name) => {
    const text = readFileSync(join(CORE, name), 'utf8')
    return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code as string))
  })
  return new Set(codes)
}

test('every code has words, and no words are left over', () => {
  const flagged = [...flaggedCodes()]
  expect(flagged.length).toBeGreaterThan(8)
  const found = Object.entries(FINDING_KINDS).flatMap(([kind, { severity }]) => (severity === 'info' ? [] : [`RECONCILE_${kind}`]))
  // Whether it is loud is decided where it is made.
  const wanted = new Set([...flagged, ...found, 'INVENTORY_COMPARED'])
  wanted.delete(ORDER_LEFT_OPEN)
  expect(Object.keys(ALARM_WORDS).sort()).toEqual([...wanted].sort())
})

test('one and many read as sentences, and what cancels for real money is told so', () => {
  const quarantined = { code: 'RECONCILE_CANCEL_IN_DOUBT', count: 2 }
  expect(alarmText(quarantined, true)).toBe(
    'after the start 2 orders rested at the venue that were to be cancelled (RECONCILE_CANCEL_IN_DOUBT ×2): dita reconcile --fix-orphans --cancel --live',
  )
  expect(alarmText({ code: 'VENUE_UNRECOGNISED', count: 2 }, false)).toBe(
    '2 times no answer of the venue came, or one that dita does not know (VENUE_UNRECOGNISED ×2); see Risk (--section operation)',
  )
  expect(alarmText({ code: 'POSITION_DRIFT', count: 1 }, true)).toMatch(/ once .*: dita reconcile$/)
})
