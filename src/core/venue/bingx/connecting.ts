// What is checked before anything is traded: clock, key, instrument, position mode, leverage. It asks and refuses; it sets
// nothing at the venue.

import { type Decimal, formatDecimal, max, min } from '../../kernel/decimal.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import { instrumentFrom } from './contracts.ts'
import { type Desk, measureClock } from './desk.ts'
import { clockOff, contradicts, troubleAt, unreachable } from './errors.ts'
import { contractOf } from './listing.ts'
import { askPart, symbolOf } from './looking.ts'
import { BINGX_HOSTS } from './options.ts'

export interface ConnectWish {
  readonly kind: 'demo' | 'live'
  readonly restUrl: string
  readonly streamUrl: string
  readonly instrument: string
  readonly maxLeverage: Decimal | null
  readonly positionMode: 'one_way' | 'hedge'
}

/** @throws DitaError with exit code 7 where the venue cannot be asked, 4 where what it says contradicts the config */
export async function checkAccount(desk: Desk, wish: ConnectWish, signal: AbortSignal): Promise<Instrument> {
  const symbol = symbolOf(wish.instrument)
  checkHosts(wish)
  if (wish.positionMode === 'hedge') {
    const next = 'Ask for one_way, and set the account to it.'
    throw contradicts('POSITION_MODE_UNSUPPORTED', 'BingX cannot be traded in hedge mode here yet.', next)
  }
  await checkClock(desk, signal, wish.restUrl)
  const contract = await contractOf(desk, wish.instrument, signal)
  // The first call with the key: whatever is wrong with it is found here.
  const mode = { name: 'positionMode', parameters: {}, what: 'the position mode', signal } as const
  if (await askPart(desk, mode, desk.answers.isHedged)) {
    const next = 'Switch the account to one-way mode at the venue; it must have no open orders and positions for that.'
    throw contradicts('POSITION_MODE_DIFFERS', 'The account at BingX is in hedge mode, and the session is to trade one-way.', next)
  }
  const leverage = await checkLeverage(desk, symbol, wish, signal)
  return instrumentFrom(contract, wish.instrument, leverage)
}

/** Practice and real money must never be mistaken for one another. Any other host is somebody's own: a rehearsal. */
function checkHosts({ kind, restUrl, streamUrl }: ConnectWish): void {
  const others = BINGX_HOSTS[kind === 'demo' ? 'live' : 'demo']
  const isOther = [restUrl, streamUrl].some((url) => [others.restUrl, others.streamUrl].some((other) => hostOf(url) === hostOf(other)))
  if (!isOther) return
  const money =
    kind === 'demo' ? 'practice money, and names the address of real money' : 'real money, and names the address of practice money'
  throw contradicts(
    'VENUE_HOST_DIFFERS',
    `The config says \`mode: ${kind}\`, which is ${money}.`,
    `Leave \`venue.rest_url\` and \`venue.stream_url\` out of the config: ${kind} has its own.`,
  )
}

function hostOf(url: string): string {
  return new URL(url).host
}

async function checkClock(desk: Desk, signal: AbortSignal, restUrl: string): Promise<void> {
  const { tuning, rest } = desk
  let raw = ''
  const venueUs = await measureClock(desk, signal, (failed) => {
    raw = failed
  })
  if (venueUs === null) throw unreachable('its clock', troubleAt(restUrl, raw))
  const offsetMs = (rest.time.offsetUs ?? 0) / 1_000
  if (Math.abs(offsetMs) > tuning.largestClockOffsetMs) throw clockOff(offsetMs, tuning.largestClockOffsetMs)
}

/** The highest leverage the venue allows on the instrument. */
async function checkLeverage(desk: Desk, symbol: string, { maxLeverage, instrument }: ConnectWish, signal: AbortSignal): Promise<Decimal> {
  const call = { name: 'leverage', parameters: { symbol }, what: 'the leverage', signal } as const
  const { longLeverage, shortLeverage, maxLongLeverage, maxShortLeverage } = await askPart(desk, call, desk.answers.leverage)
  const highest = max(longLeverage, shortLeverage)
  if (maxLeverage !== null && highest > maxLeverage) {
    const [set, allowed] = [formatDecimal(highest), formatDecimal(maxLeverage)]
    const message = `The account at BingX is set to leverage ${set} on ${instrument}, and the config allows ${allowed}.`
    throw contradicts('LEVERAGE_DIFFERS', message, `Set it to ${allowed} or less at the venue, or raise risk.max_leverage in the config.`)
  }
  return min(maxLongLeverage, maxShortLeverage)
}
