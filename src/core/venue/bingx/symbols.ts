// One instrument, two names: `BTC/USDT:USDT` with us, `BTC-USDT` at BingX. Pure.

const OURS = /^([A-Z0-9]{1,15})\/([A-Z]{1,8}):([A-Z]{1,8})$/
const THEIRS = /^([A-Z0-9]{1,15})-([A-Z]{1,8})$/

/** Null where BingX has no such kind of instrument: it settles its perpetuals in their quote. */
export function bingxSymbolOf(instrument: string): string | null {
  const [, base, quote, settle] = OURS.exec(instrument) ?? []
  return base === undefined || quote !== settle ? null : `${base}-${quote}`
}

/** Null where the text is no symbol of BingX. */
export function instrumentOf(symbol: string): string | null {
  const [, base, quote] = THEIRS.exec(symbol) ?? []
  return base === undefined ? null : `${base}/${quote}:${quote}`
}
