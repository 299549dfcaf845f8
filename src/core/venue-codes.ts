// What the codes of venues' answers mean, in words for people: for summaries, and for the table in docs/METRICS.md. Data only; what to
// do about a code is decided where the venue is spoken to.

/** BingX API docs, “Common error codes”, and what is named beside each call. `HTTP_…` stands for an answer without a code of its own. */
const BINGX: readonly (readonly [meaning: string, codes: readonly string[]])[] = [
  ['the key, its signature, its rights or its address are wrong', ['HTTP_401', '100001', '100412', '100413', '100004', '100419']],
  ['too many requests: the venue’s rate limit', ['HTTP_429', '100410']],
  ['the venue has banned this address for a while', ['HTTP_418', 'HTTP_403']],
  ['the clock is off, or the pair cannot be traded by API', ['100421']],
  ['the venue does not know this call', ['100400', '100404']],
  ['too many invalid requests', ['109429']],
  ['the venue’s risk control has stopped the account’s orders', ['100414', '109403', '80020']],
  ['the venue is busy, or has a fault of its own', ['100401', '100500', '101500', '109500', '109701', '110500', '80001', '80012', '80019']],
  ['the order id is taken', ['101481']],
  ['a parameter is wrong, or the order id is taken', ['101400']],
  ['the same order again within a second', ['109201']],
  ['the position would be too large, or the order number is in use', ['101209']],
  ['too little margin or balance', ['101204', '101206', '101212', '101253', '110424']],
  ['the order is too small or too large', ['101202', '101485', '110422', '110425']],
  ['the price is too far from the market', ['101211', '101460', '101461', '110402']],
  ['post-only, and it would have taken', ['101215']],
  ['no position to close', ['101205', '101290', '109420', '110203', '80017']],
  ['leverage or margin mode does not allow it', ['101201', '101222', '101414', '101424', '101429', '110287', '112414']],
  ['too many open orders', ['101419', '80013']],
  [
    'the instrument or the account is suspended, closed or unknown',
    ['101413', '101415', '101514', '101515', '104424', '109417', '109425', '110280'],
  ],
  ['the venue could not take it just then', ['101214', '101219', '101412', '102201']],
  ['the venue did not allow it', ['104103', '109401']],
  ['a parameter is wrong, or the mode of the account', ['109400', '110400', '110426', '80014']],
  ['the order does not exist', ['109414', '109421', '80016']],
  ['the order was filled or ended already', ['109422', '80018']],
]

/** What dita says of a call that brought no answer of the venue. */
const OURS: readonly (readonly [meaning: string, codes: readonly string[]])[] = [
  ['no answer in time', ['TIMEOUT']],
  ['the connection broke before the answer', ['RESET']],
  ['no connection to the venue', ['UNREACHABLE']],
  ['an answer that could not be read', ['UNREADABLE', 'TOO_LARGE', 'REDIRECTED']],
  ['not sent: too many calls were waiting', ['QUEUE_FULL']],
  ['not sent: its time was over before its turn', ['EXPIRED']],
  ['not sent: the session ended', ['ABORTED']],
  ['not sent: the venue had failed too often just before', ['BREAKER_OPEN']],
  ['not sent: it could not be signed', ['UNSIGNABLE']],
]

/** Null for a code that nobody has explained. */
export function codeMeaning(venue: string, code: string): string | null {
  const rows = [...(venue === 'bingx' ? BINGX : []), ...OURS]
  return rows.find(([, codes]) => codes.includes(code))?.[0] ?? null
}
