// A trial of notifications, against a service on loopback.

import { afterEach, expect, test } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { probeNotifications } from '../../src/core/session/notice-probe.ts'
import { deadUrl, type WebhookScript, WebhookServer } from '../core/notify/webhook-server.ts'

const servers: WebhookServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const probe = (environment: Record<string, string>, send: boolean) =>
  probeNotifications({
    config: loadConfig({ file: null, environment }),
    ...{ environment, random: () => 0, host: 'desk', timeUs: 1, send },
  })

async function service(script?: WebhookScript): Promise<{ server: WebhookServer; environment: Record<string, string> }> {
  const server = await WebhookServer.open(script)
  servers.push(server)
  return { server, environment: { DITA_NOTIFY_SHAPE: 'ntfy', DITA_NOTIFY_URL: `${server.url}/canaryTopic` } }
}

test('a trial arrives, and says where it was sent', async () => {
  const { server, environment } = await service()
  const receiver = new URL(server.url).host
  expect(await probe(environment, true)).toEqual({ shape: 'ntfy', receiver, trouble: null })
  expect(server.taken).toMatchObject([{ path: '/canaryTopic', body: expect.stringContaining('arrive here') }])
})

test('without a trial nothing leaves, and the secrets are looked at all the same', async () => {
  const { server, environment } = await service()
  expect(await probe(environment, false)).toMatchObject({ trouble: null })
  expect(server.taken).toEqual([])
  await expect(probe({ DITA_NOTIFY_SHAPE: 'slack' }, false)).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING', exitCode: 4 })
  expect(await probe({}, true)).toBeNull()
})

test('V07 a trial that is refused or finds nobody says why, once, without the address', async () => {
  const { environment } = await service(() => ({ status: 403, body: 'forbidden canaryTopic' }))
  expect((await probe(environment, true))?.trouble).toMatch(/could not be sent to .*: it answered 403: forbidden \(hidden\)\.$/)
  const gone = await probe({ ...environment, DITA_NOTIFY_URL: `${await deadUrl()}/canaryTopic` }, true)
  expect(gone?.trouble).toMatch(/nobody listens there\.$/)
})
