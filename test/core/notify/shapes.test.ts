// What each service is sent, over a real socket, and where the secrets for it come from.

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { DitaError } from '../../../src/core/errors.ts'
import { openNotifier } from '../../../src/core/notify/open-notifier.ts'
import { SHAPES, type ShapeName } from '../../../src/core/notify/shapes.ts'
import { readTarget } from '../../../src/core/notify/target.ts'
import { temporaryFolder } from '../../session/harness.ts'
import { notice, type Taken, WebhookServer } from './webhook-server.ts'

const TOKEN = '123456789:canaryAAAABBBBCCCCDDDDEEEEFFFFGGG'

const servers: WebhookServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** What a service of this shape is sent of a notice. */
async function sent(shape: ShapeName, wish: Parameters<typeof notice>[0] = {}): Promise<Taken> {
  const server = await WebhookServer.open()
  servers.push(server)
  const environment = {
    DITA_NOTIFY_URL: `${server.url}/hook`,
    ...(shape === 'slack' || shape === 'discord' ? {} : { DITA_NOTIFY_TOKEN: TOKEN }),
  }
  const notifier = openNotifier({ shape, chatId: '-100200300', path: null, environment, random: () => 0, onTrouble: () => undefined })
  notifier.send(notice(wish))
  expect(await notifier.close()).toEqual({ delivered: 1, lost: 0 })
  const [taken] = server.taken
  if (taken === undefined) throw new Error('nothing was sent')
  return taken
}

describe('a notice in the shape of', () => {
  test('json holds everything, with the token as a bearer', async () => {
    const { path, headers, body } = await sent('json')
    expect({ path, type: headers['content-type'], authorization: headers.authorization }).toEqual({
      path: '/hook',
      type: 'application/json; charset=utf-8',
      authorization: `Bearer ${TOKEN}`,
    })
    expect(JSON.parse(body)).toEqual({ ...notice(), dropped: 0 })
  })

  test('slack is text that calls nobody and is set in no italics', async () => {
    const { path, body } = await sent('slack', { text: '<!channel> a & b: duration_elapsed' })
    expect(path).toBe('/hook')
    expect(JSON.parse(body)).toEqual({
      text: 'dita night: POSITION_DRIFT\n&lt;!channel&gt; a &amp; b: duration_elapsed',
      mrkdwn: false,
      unfurl_links: false,
    })
  })

  test('discord is text that calls nobody, and is cut where it would be refused', async () => {
    const { body } = await sent('discord', { text: `@everyone _x_ ${'*'.repeat(3_000)}` })
    const { content, allowed_mentions } = JSON.parse(body) as { content: string; allowed_mentions: unknown }
    expect(allowed_mentions).toEqual({ parse: [] })
    expect(content).toContain('@everyone \\_x\\_ \\*')
    expect(content.length).toBeLessThanOrEqual(2_000)
  })

  test('ntfy is a body with its title, priority and tag in headers', async () => {
    const { headers, body } = await sent('ntfy', { title: 'dita night: naïve', text: '−1 XRP' })
    const { title, priority, tags, authorization } = headers
    expect({ title, priority, tags, authorization, body }).toEqual({
      title: 'dita night: na?ve',
      priority: '5',
      tags: 'rotating_light',
      authorization: `Bearer ${TOKEN}`,
      body: '−1 XRP',
    })
    expect(Buffer.byteLength((await sent('ntfy', { text: '€'.repeat(5_000) })).body)).toBeLessThanOrEqual(4_096)
  })

  test('telegram is a message of the bot to the chat, silent where it wakes nobody', async () => {
    const { path, body } = await sent('telegram', { urgency: 'low' })
    expect(path).toBe(`/hook/bot${TOKEN}/sendMessage`)
    expect(JSON.parse(body)).toEqual({
      chat_id: '-100200300',
      text: 'dita night: POSITION_DRIFT\nThe venue says 2 XRP, we hold 3.',
      disable_notification: true,
      link_preview_options: { is_disabled: true },
    })
  })

  test.each(Object.keys(SHAPES) as ShapeName[])('V07 %s has no character that a screen would act on', async (shape) => {
    const { headers, body } = await sent(shape, { title: 'a\u001b[2Jb\nc', text: 'line\n\u202ereversed\u0007' })
    const words = JSON.stringify([headers, body.startsWith('{') ? JSON.parse(body) : body.split('\n')])
    expect(words).not.toMatch(/\\u001b|\u202e|\\u0007/i)
    expect(words).toMatch(/x1b/)
  })

  test('a text is never cut through a character', async () => {
    const { body } = await sent('ntfy', { text: 'a'.repeat(1_298) + '😀'.repeat(10) })
    expect(body.isWellFormed()).toBe(true)
    expect(body.endsWith('a…')).toBe(true)
  })
})

describe('the secrets of notifications', () => {
  const folder = temporaryFolder()
  const fileOf = (name: string, text: string, mode = 0o600): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }
  const read = (wish: Partial<Parameters<typeof readTarget>[0]>) =>
    readTarget({ shape: 'json', chatId: null, path: null, environment: {}, ...wish })

  test('come from a private file, and each from the environment before it', () => {
    const path = fileOf('keys', '# mine\nurl=https://hooks.example.com/canaryFile\ntoken=canaryFileToken\n')
    expect(read({ path }).url.reveal()).toBe('https://hooks.example.com/canaryFile')
    const target = read({ path, environment: { DITA_NOTIFY_URL: 'https://other.example.com/canary', DITA_NOTIFY_TOKEN: '' } })
    expect([target.host, target.token?.reveal()]).toEqual(['other.example.com', 'canaryFileToken'])
    expect(inspect(target, { depth: 9 }) + JSON.stringify(target)).not.toContain('canary')
  })

  test('of Telegram need no address', () => {
    const target = read({ shape: 'telegram', chatId: '1', environment: { DITA_NOTIFY_TOKEN: TOKEN } })
    expect(target.host).toBe('api.telegram.org')
  })

  const url = (text: string) => ({ environment: { DITA_NOTIFY_URL: text } })
  test.each<[string, Parameters<typeof read>[0], string]>([
    ['nothing at all', {}, 'CREDENTIALS_MISSING'],
    ['a file that others can read', { path: fileOf('open', 'url=https://a.example.com/canary\n', 0o644) }, 'CREDENTIALS_EXPOSED'],
    ['a file with something else', { path: fileOf('odd', 'webhook=https://a.example.com/canary\n') }, 'CREDENTIALS_INVALID'],
    ['a file that is not there', { path: join(folder, 'none') }, 'CREDENTIALS_MISSING'],
    ['no address', url('canary'), 'CREDENTIALS_INVALID'],
    ['an address of another kind', url('ftp://example.com/canary'), 'CREDENTIALS_INVALID'],
    ['an address that everybody on the way can read', url('http://example.com/canary'), 'CREDENTIALS_INVALID'],
    ['an address with a password', url('https://me:canary@example.com/'), 'CREDENTIALS_INVALID'],
    ['an address with a line break', url('https://example.com/canary\nx'), 'CREDENTIALS_INVALID'],
    ['a bot without a token', { shape: 'telegram', chatId: '1' }, 'CREDENTIALS_MISSING'],
    ['a bot without a chat', { shape: 'telegram', environment: { DITA_NOTIFY_TOKEN: TOKEN } }, 'CREDENTIALS_MISSING'],
    ['a token that is none', { shape: 'telegram', chatId: '1', environment: { DITA_NOTIFY_TOKEN: 'canary/../x' } }, 'CREDENTIALS_INVALID'],
  ])('V07 that are %s are told with what to do, and with no part of them', (_, wish, code) => {
    let thrown: unknown
    try {
      read(wish)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(DitaError)
    const { message, next, ...error } = thrown as DitaError
    expect({ code: error.code, exitCode: error.exitCode, fault: error.fault }).toEqual({ code, exitCode: 4, fault: 'user' })
    expect(message + next).not.toContain('canary')
    expect(next).toMatch(/^[A-Z].*[.]$/)
  })
})
