// The keys of notifications, and the secrets that are none of them.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { effectiveKeys } from '../../../src/core/config/effective-keys.ts'
import { readConfig } from '../../../src/core/config/read-config.ts'
import { rehearsalConfig } from '../../../src/core/config/rehearsal-config.ts'
import { looksSecret } from '../../../src/core/config/secrets.ts'
import { faultOf, load } from './loading.ts'

// Of the shapes that the services give, and of no use.
const SLACK = `https://hooks.slack.com/services/T00000000/B00000000/${'canary'.repeat(4)}`
const DISCORD = `https://discord.com/api/webhooks/123456789012345678/${'canary'.repeat(10)}`
const BOT = `1234567890:${'canary'.repeat(6)}`

describe('the keys of notifications', () => {
  test('are written as docs/OPERATION.md shows them', () => {
    const page = readFileSync(new URL('../../../docs/OPERATION.md', import.meta.url), 'utf8')
    const [, block = ''] = /```yaml\n(notify:[\s\S]*?)```/.exec(page) ?? []
    expect(load(block).notify).toMatchObject({
      shape: 'ntfy',
      sessionEnd: 'trouble',
      credentialsFile: expect.stringMatching(/keys\/notify$/),
    })
  })

  test('are off by themselves, and tell of every end', () => {
    expect(load('mode: paper').notify).toEqual({ shape: 'none', credentialsFile: null, chatId: null, sessionEnd: 'always' })
  })

  test('reach the program, with the path from the folder of the file', () => {
    const { notify } = load('notify: { shape: telegram, credentials_file: keys/notify, chat_id: -1001234567890, session_end: trouble }')
    expect(notify).toEqual({
      shape: 'telegram',
      credentialsFile: `${process.cwd()}/keys/notify`,
      chatId: '-1001234567890',
      sessionEnd: 'trouble',
    })
  })

  test.each(['url', 'token', 'webhook', 'webhook_url', 'bot_token', 'slackUrl', 'password'])(
    'V07 a literal secret under notify.%s is an error that says where it belongs, without showing it',
    (name) => {
      const { code, message, exitCode } = faultOf(`notify:\n  shape: slack\n  ${name}: ${SLACK}\n`)
      expect({ code, exitCode }).toEqual({ code: 'CONFIG_INVALID', exitCode: 4 })
      expect(message).toContain(`dita.yaml:3:3: \`notify.${name}\` is not a key of the config. It is a secret`)
      expect(message).toContain('DITA_NOTIFY_URL')
      expect(message).toContain('`notify.credentials_file`')
      expect(message).not.toContain('canary')
    },
  )

  test.each([
    ['credentials_file', SLACK],
    ['credentials_file', DISCORD],
    ['chat_id', BOT],
    ['shape', DISCORD],
  ])('V07 a secret as the value of notify.%s is refused and not shown', (name, secret) => {
    const { message } = faultOf(`notify: { ${name}: "${secret}" }`)
    expect(message).toContain(`\`notify.${name}\` must be`)
    expect(message).not.toContain('canary')
  })

  test('V07 an address without any shape of a secret is no path either', () => {
    expect(faultOf('notify: { credentials_file: "https://ntfy.sh/desk" }').message).toContain('must be the path of a file')
  })

  test('V07 what the environment says of the secrets is no key, and is never shown', () => {
    const environment = { DITA_NOTIFY_URL: SLACK, DITA_NOTIFY_TOKEN: BOT, DITA_NOTIFY_SHAPE: 'slack' }
    const reading = readConfig({ file: 'dita.yaml', text: 'mode: paper', environment })
    expect({ faults: reading.faults, strangers: reading.strangers }).toEqual({ faults: [], strangers: [] })
    expect(reading.config?.notify.shape).toBe('slack')
    expect(JSON.stringify(effectiveKeys(reading))).not.toContain('canary')
  })

  test.each(['paper', 'demo'])('tell nobody of the rehearsal that an audit of mode %s makes', (mode) => {
    const config = load(`mode: ${mode}\nfeed: { source: ${mode === 'paper' ? 'simulated' : 'live'} }\nnotify: { shape: slack }`)
    for (const feedPlays of [true, false]) expect(rehearsalConfig(config, { feedPlays }).notify.shape).toBe('none')
  })

  test('a variable that stands for no key of notifications is an error', () => {
    const { faults } = readConfig({ file: null, environment: { DITA_NOTIFY_WEBHOOK: SLACK } })
    expect(faults.map(({ code }) => code)).toEqual(['UNKNOWN_VARIABLE'])
    expect(JSON.stringify(faults)).not.toContain('canary')
  })
})

test.each([SLACK, DISCORD, BOT, `tk_${'a1'.repeat(14)}b`])('V07 %s looks like a secret wherever it stands', (secret) => {
  expect(looksSecret(secret)).toBe(true)
  expect(looksSecret(`see ${secret} for it`)).toBe(true)
})

test.each(['https://ntfy.sh', '2026-11-20T12:30:00.000000', 'api.slack.com/messaging/webhooks', '-1001234567890', '12345678:30 and so on'])(
  '%s looks like none',
  (text) => {
    expect(looksSecret(text)).toBe(false)
  },
)
