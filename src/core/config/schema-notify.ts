// The keys of notifications: part of the one schema of dita.yaml. The secrets of them are no keys.

import { choice, optionalText, section } from './fields.ts'

/** A path, and no address: that would be the secret itself. */
const PATH = /^(?![A-Za-z][A-Za-z0-9+.-]*:\/\/)[ -~¡-\uffff]{1,1024}$/

export function notifySection() {
  return section(
    'Messages to somebody away from the screen: on a halt, an alarm, an order in quarantine, and the end of a session. The address and the token come from DITA_NOTIFY_URL and DITA_NOTIFY_TOKEN or a private file, never from here.',
    {
      shape: choice({
        choices: ['none', 'json', 'slack', 'discord', 'ntfy', 'telegram'],
        default: 'none',
        description: 'What the receiver wants to be sent; `none` = no notifications. `json` is for a service of your own.',
      }),
      credentials_file: optionalText({
        pattern: PATH,
        expected: 'the path of a file',
        description:
          'A file that only you can read (0600) with the lines `url=…` and, where there is one, `token=…`. Left out: DITA_NOTIFY_URL and DITA_NOTIFY_TOKEN.',
      }),
      chat_id: optionalText({
        pattern: /^(-?[0-9]{1,20}|@[A-Za-z0-9_]{1,64})$/,
        expected: 'the number of a chat or the @name of a channel',
        description: 'Telegram: the chat that the bot writes to, such as `-1001234567890` or `@mydesk`.',
      }),
      session_end: choice({
        choices: ['always', 'trouble'],
        default: 'always',
        description: '`always`: also a session that ran its time is told of. `trouble`: only one that ended with another exit code than 0.',
      }),
    },
  )
}
