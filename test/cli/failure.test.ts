import { describe, expect, test } from 'vitest'
import { describeFailure, failureText, withStoreNamed } from '../../src/cli/failure.ts'
import { DitaError, EXIT } from '../../src/core/errors.ts'

describe('anything thrown', () => {
  test('L04 an error of ours keeps its code, sentence, next step, fault and exit code', () => {
    const options = { fault: 'venue', exitCode: EXIT.unreachable, message: 'The venue is silent.', next: 'Wait.' } as const
    expect(describeFailure(new DitaError('VENUE_SILENT', options), 'run')).toEqual({ code: 'VENUE_SILENT', ...options })
  })

  test('the sentence of a flag’s own check is not buried in the parser’s words', () => {
    const error = new DitaError('BAD_DURATION', { fault: 'user', exitCode: EXIT.usage, message: '"5x" is no duration.', next: 'x' })
    error.message = `Parsing --duration \n\t${error.message}\nSee more help with --help`
    expect(describeFailure(error, 'run').message).toBe('"5x" is no duration.')
  })

  test.each([[new TypeError('x is not a function\nand more')], ['a text'], [undefined], [null], [{ odd: true }]])(
    'L04 %j is a defect of ours: exit 1, a sentence, and where to look',
    (thrown) => {
      const failure = describeFailure(thrown, 'run')
      expect(failure).toMatchObject({ code: 'DEFECT', fault: 'dita', exitCode: 1, next: expect.stringContaining('DITA_DEBUG=1') })
      expect(failure.message).not.toContain('\n')
    },
  )
})

describe('a failure of a store', () => {
  const failure = {
    code: 'STORE_MISSING',
    message: 'There is no store at /srv/desk/dita.db.',
    next: 'Run.',
    fault: 'user',
    exitCode: 2,
  } as const

  test('that a variable names says so, for whoever set it long ago', () => {
    const next = 'Run. DITA_STORE names this one: `unset DITA_STORE` for that of your folder.'
    expect(withStoreNamed(failure, { DITA_STORE: '/srv/desk/../desk/dita.db' })).toEqual({ ...failure, next })
  })

  test.each(['No session runs on ~.', 'The store at ~ has layout 9.', '~ is not a store of dita: no.', 'The store at ~ is damaged'])(
    'is known by its path, wherever that stands: %s',
    (words) => {
      const message = words.replace('~', '/srv/desk/dita.db')
      expect(withStoreNamed({ ...failure, message }, { DITA_STORE: '/srv/desk/dita.db' }).next).toContain('DITA_STORE')
    },
  )

  const OTHERS = ['', '/srv/other.db', '/srv', '/srv/desk', '/srv/desk/dita', '/desk/dita.db']
  test.each([{}, ...OTHERS.map((path) => ({ DITA_STORE: path }))])('of another than that of %j is left as it is', (environment) => {
    expect(withStoreNamed(failure, environment)).toEqual(failure)
    expect(withStoreNamed({ ...failure, code: 'FEED_MISSING' }, { DITA_STORE: '/srv/desk/dita.db' })).toMatchObject({ next: 'Run.' })
  })
})

describe('a failure on a terminal', () => {
  const failure = { code: 'FAR', fault: 'user', exitCode: 2 } as const
  const message = 'The config cannot be used, one thing is wrong:\n  dita.yaml:12:3: `risk.max` is not a key of the config at all.'
  const next = 'Type `dita config show --strategy breakout` first.'

  test('breaks at words, stays behind its indent, and leaves a command whole', () => {
    expect(failureText({ ...failure, message, next }, 48).split('\n')).toEqual([
      'dita: The config cannot be used, one thing is',
      '      wrong:',
      '        dita.yaml:12:3: `risk.max` is not a key',
      '        of the config at all.',
      'next: Type',
      '      `dita config show --strategy breakout`',
      '      first.',
      '(FAR, cause: the input)',
      '',
    ])
  })

  test('and on a pipe it is left as it is', () => {
    const text = failureText({ ...failure, message, next }, Number.POSITIVE_INFINITY)
    expect(text.split('\n')).toHaveLength(5)
    expect(text).toContain(`next: ${next}\n`)
  })
})
