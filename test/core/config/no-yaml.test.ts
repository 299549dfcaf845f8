// What is told of a dita.yaml that is no YAML: the slip where it was made, in plain words, and what is wrong beside it.

import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { errorOf, faultOf } from './loading.ts'

describe('a file that is no YAML', () => {
  test('C01 a section that is no YAML keeps nothing of the others back, and is held against nothing', () => {
    const error = faultOf(`mode: demo
feed: [live
venue:
  rest_url: http://127.0.0.1:1
risk:
  max_exposre: 5
  balances: { XRP: 500
engine:
    tick_interval_seconds: none
  backups_kept: 3
notify: { shape: none }
#instrument:
  symbol: XRP/RLUSD
paper:
  maker_fee: 1
`)
    expect(error.message.split('\n').slice(1)).toEqual([
      '  dita.yaml:2:11: This is not valid YAML: a `[` is not closed.',
      '  dita.yaml:4:3: `venue.rest_url` and `venue.stream_url` belong together: give both or neither.',
      '  dita.yaml:7:22: This is not valid YAML: a `{` is not closed.',
      '  dita.yaml:10:1: This is not valid YAML: this line is not indented as those beside it.',
      expect.stringContaining('  dita.yaml:13:3: `symbol` stands under `instrument:`, which is a comment in line 12'),
      '  dita.yaml:15:3: `paper.maker_fee` is not a key of the config. Did you mean `maker_fee_rate`?',
    ])
  })

  test.each([
    ['risk:\n  max_exposure: lots\n   max_position: 1\n', '2:17: This is not valid YAML: a key cannot begin here: '],
    ['risk:\n  max_exposure: 1\n max_position: 1\n', '3:1: This is not valid YAML: this line is not indented as those beside it.'],
    ['risk:\n\tmax_exposure: 1\n', '2:1: This is not valid YAML: a tab stands where only spaces may.'],
    ['risk:\n  max_exposure:1\n  max_position: 1\n', '2:3: This is not valid YAML: a colon and a blank are missing behind a key.'],
    ['strategy:\n  name: "breakout\n', '2:9: This is not valid YAML: a " is not closed.'],
    // Where it opens, and not in the words above the next section.
    ['strategy:\n  name: "breakout\n\n# What is risked.\nrisk:\n  max_exposure: 5\n', '2:9: This is not valid YAML: a " is not closed.'],
    [
      'risk:\n  # Of an asset.\n  max_exposure 5\n  # Of a session.\n  max_session_loss: 5\n',
      '3:3: This is not valid YAML: a colon is missing behind `max_exposure`.',
    ],
    [
      'risk:\n  max_exposure: 5\n  # Of a session.\n   max_session_loss: 5\n',
      '4:4: This is not valid YAML: this line is not indented as those beside it.',
    ],
    ['mode: paper\n---\nmode: demo\n', '2:1: This is not valid YAML: a second `---` begins another document, and a config is one.'],
  ])('C01 what is no YAML in %j is told in plain words', (text, told) => {
    expect(faultOf(text).message).toContain(`dita.yaml:${told}`)
  })

  test('C01 an alias whose anchor stands in a section that is no YAML is no fault, nor is what it would have said', () => {
    const error = faultOf(`paper:
  maker_fee_rate: &rate 0.0002
  balances: { XRP: 500
strategy:
  breakout: { targets_bps: [*rate, 4, 8] }
risk:
  max_exposure: *rate
  max_position: none
instrument:
  symbol: *rate
`)
    expect(error.message.split('\n').slice(1)).toEqual([
      '  dita.yaml:3:22: This is not valid YAML: a `{` is not closed.',
      '  dita.yaml:8:3: `risk.max_position` must be a number: `none` is none.',
      ...['kind', 'base', 'quote', 'tick_size', 'lot_size'].map((key) => `  dita.yaml:9:1: \`instrument.${key}\` is missing.`),
    ])
  })

  test('C01 what a variable says of a section that is no YAML is told beside it', () => {
    const attempt = () => loadConfig({ file: 'dita.yaml', text: 'feed: [live\n', environment: { DITA_FEED_SEED: 'none' } })
    expect(errorOf(attempt).message.split('\n').slice(1)).toEqual([
      '  dita.yaml:1:11: This is not valid YAML: a `[` is not closed.',
      expect.stringContaining('`feed.seed` must be a number: `none` is none.'),
    ])
  })

  test('C01 a key below a comment in the middle of a section is one of that section', () => {
    const { message } = faultOf('strategy:\n#feed:\n  name: "breakout\n')
    expect(message).toContain('dita.yaml:3:9: This is not valid YAML: a " is not closed.')
  })

  test.each(['a-b', '"a b"', 'ä.1'])('C01 the slip of a section that no config has, %s, is told at its own place', (name) => {
    const { message } = faultOf(`${name}: [\nrisk:\n  max_exposre: 5\n`)
    expect(message.split('\n').slice(1)).toEqual([
      `  dita.yaml:1:${name.length + 3}: This is not valid YAML: a \`[\` is not closed.`,
      '  dita.yaml:3:3: `risk.max_exposre` is not a key of the config. Did you mean `max_exposure`?',
    ])
  })
})
