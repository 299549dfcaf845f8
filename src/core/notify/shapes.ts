// What each service wants to be sent, as a table: address, headers and body made of a notice. Sends nothing.

import type { Secret } from '../secret.ts'
import { type Notice, type Outgoing, titleOf, wordsOf } from './notice.ts'

export interface WebhookRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a shape cannot do without. */
type Need = 'needed' | 'possible' | 'unused'

interface Shape {
  readonly url: Need
  readonly token: Need
  readonly chatId: Need
  readonly request: (outgoing: Outgoing, target: Target) => WebhookRequest
}

export type ShapeName = 'json' | 'slack' | 'discord' | 'ntfy' | 'telegram'

/** Where a notice goes. */
export interface Target {
  readonly shape: ShapeName
  /** Who has it may send to it: a secret like a token. */
  readonly url: Secret
  readonly token: Secret | null
  /** Telegram: which chat. */
  readonly chatId: string | null
  /** The host alone, which may be shown. */
  readonly host: string
}

export const TELEGRAM_URL = 'https://api.telegram.org'

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' } as const

/** As the services' own pages say; a text is cut where it would be refused. */
export const SHAPES: Readonly<Record<ShapeName, Shape>> = {
  // A service of your own: every field as it is.
  json: { url: 'needed', token: 'possible', chatId: 'unused', request: plainJson },
  // An incoming webhook. Without `mrkdwn: false` the underscores of a halt reason would set it in italics.
  slack: {
    ...{ url: 'needed', token: 'unused', chatId: 'unused' },
    request: (outgoing, { url }) =>
      json(url.reveal(), { text: slackText(`${titleOf(outgoing)}\n${wordsOf(outgoing, 3_500)}`), mrkdwn: false, unfurl_links: false }),
  },
  // A webhook of a channel. Nobody is called by name, whatever an error message holds.
  discord: {
    ...{ url: 'needed', token: 'unused', chatId: 'unused' },
    request: (outgoing, { url }) =>
      json(url.reveal(), {
        content: `**${discordText(titleOf(outgoing))}**\n${discordText(wordsOf(outgoing, 750))}`,
        allowed_mentions: { parse: [] },
        // No previews of addresses.
        flags: 4,
      }),
  },
  ntfy: { url: 'needed', token: 'possible', chatId: 'unused', request: ntfy },
  // A bot. Its token is part of the address; without `parse_mode` the text is shown as it is.
  telegram: {
    ...{ url: 'possible', token: 'needed', chatId: 'needed' },
    request: (outgoing, { url, token, chatId }) =>
      json(`${url.reveal().replace(/\/+$/, '')}/bot${token?.reveal() ?? ''}/sendMessage`, {
        chat_id: chatId ?? '',
        text: `${titleOf(outgoing)}\n${wordsOf(outgoing, 3_500)}`,
        disable_notification: outgoing.notice.urgency === 'low',
        link_preview_options: { is_disabled: true },
      }),
  },
}

function json(url: string, body: Readonly<Record<string, unknown>>): WebhookRequest {
  return { url, headers: JSON_HEADERS, body: JSON.stringify(body) }
}

function plainJson({ notice, dropped }: Outgoing, { url, token }: Target): WebhookRequest {
  const body = { ...notice, title: titleOf({ notice, dropped }), text: wordsOf({ notice, dropped: 0 }, 3_500), dropped }
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token.reveal()}` }
  return { url: url.reveal(), headers: { ...JSON_HEADERS, ...authorization }, body: JSON.stringify(body) }
}

const NTFY_PRIORITY = { low: '2', normal: '3', high: '5' } as const satisfies Record<Notice['urgency'], string>
const NTFY_TAGS = {
  halt: 'octagonal_sign',
  alarm: 'rotating_light',
  quarantine: 'warning',
  end: 'checkered_flag',
  test: 'wave',
} as const satisfies Record<Notice['kind'], string>

/** Headers carry ASCII; the ids of sessions, and so our titles, are made of nothing else. */
function ntfy(outgoing: Outgoing, { url, token }: Target): WebhookRequest {
  const { kind, urgency } = outgoing.notice
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token.reveal()}` }
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    title: titleOf(outgoing).replace(/[^ -~]/g, '?'),
    priority: NTFY_PRIORITY[urgency],
    tags: NTFY_TAGS[kind],
    ...authorization,
  }
  // A message of more than 4,096 bytes would become an attachment; no character takes more than three for each unit of its length.
  return { url: url.reveal(), headers, body: wordsOf(outgoing, 1_300) }
}

/** Slack reads `<!channel>` as a call to everybody, unless these three are written out. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Discord reads Markdown: what would set text in italics or hide it is written out. */
function discordText(text: string): string {
  return text.replace(/[\\*_~`|>#[\]()]/g, '\\$&')
}
