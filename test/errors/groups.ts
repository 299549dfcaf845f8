// All errors that are provoked, in the order of the page.

import { COMMAND_LINE, INIT } from './command-line-cases.ts'
import { CONFIG, KEY_FILES, MARKETS, STRATEGIES } from './config-cases.ts'
import type { ErrorGroup } from './provocation.ts'
import { RUNNING, SOCKET } from './running-cases.ts'
import { CAPITAL, SESSIONS, STORES } from './store-cases.ts'
import { EXCHANGE, VENUE } from './venue-cases.ts'

export const GROUPS: readonly ErrorGroup[] = [
  { title: 'Typed wrong', cases: COMMAND_LINE },
  { title: 'Setting up a workspace', cases: INIT },
  { title: 'The config', cases: CONFIG },
  { title: 'Keys and secrets', cases: KEY_FILES },
  { title: 'Strategies', cases: STRATEGIES },
  { title: 'Markets that are played', cases: MARKETS },
  { title: 'The store', cases: STORES },
  { title: 'Sessions and reports', cases: SESSIONS },
  { title: 'Capital', cases: CAPITAL },
  { title: 'Sessions that run', cases: RUNNING },
  { title: 'The venue', cases: VENUE },
  { title: 'The exchange to rehearse with', cases: EXCHANGE },
  { title: 'The control socket', cases: SOCKET },
]
