// View models for the screen's tests: one believable market maker, and ways to change it.

import type {
  DoubtModel,
  FillModel,
  LevelModel,
  MessageModel,
  OrderModel,
  SessionViewModel,
  SlotModel,
  VenueHealthModel,
} from '../../src/core/session/view-model.ts'

const START_US = Date.UTC(2026, 10, 20, 3, 44, 18) * 1_000
const MINUTE_US = 60_000_000

export function sampleFill(index: number, changes: Partial<FillModel> = {}): FillModel {
  return {
    tradeId: `trade-${index}`,
    timeUs: START_US + index * 1_000_000,
    side: index % 2 === 0 ? 'buy' : 'sell',
    price: `2.10${String(index % 100).padStart(2, '0')}`,
    quantity: '120.5',
    liquidity: 'maker',
    fee: '0.0253',
    feeAsset: 'RLUSD',
    role: 'quote',
    realizedPnl: index % 2 === 0 ? '0' : '0.0843',
    ...changes,
  }
}

export function sampleMessage(index: number, changes: Partial<MessageModel> = {}): MessageModel {
  return { timeUs: START_US + index * 1_000_000, severity: 'info', text: `message ${index}`, isSettled: null, ...changes }
}

export function sampleOrder(index: number, changes: Partial<OrderModel> = {}): OrderModel {
  return {
    clientOrderId: `s7k2${String(index).padStart(8, '0')}`,
    role: 'quote',
    side: index % 2 === 0 ? 'buy' : 'sell',
    price: index % 2 === 0 ? '2.1020' : '2.1055',
    quantity: '120.5',
    filled: '0',
    status: 'acked',
    cancel: 'none',
    ...changes,
  }
}

export function sampleSlot(index: number, changes: Partial<SlotModel> = {}): SlotModel {
  return {
    slotId: `S${index}`,
    trade: 3,
    stage: 'position_partially_closed',
    side: 'long',
    openSize: '60.25',
    entryPrice: '2.0987',
    legs: '1/3',
    realizedPnl: '0.4100',
    unrealizedPnl: '-0.1200',
    ...changes,
  }
}

export function sampleDoubt(index: number, changes: Partial<DoubtModel> = {}): DoubtModel {
  return {
    clientOrderId: `s7k2${String(index).padStart(8, '0')}`,
    side: index % 2 === 0 ? 'buy' : 'sell',
    quantity: '120.5',
    price: index % 2 === 0 ? '2.1020' : '2.1055',
    status: 'in_doubt',
    sinceUs: START_US + 12 * MINUTE_US,
    asks: 3,
    lastWords: '2026-11-20T03:57:10.000Z asked',
    evidence: 'In doubt since 2026-11-20T03:56:18.000Z; asked 3 times. 2026-11-20T03:57:10.000Z asked.',
    ...changes,
  }
}

/** A session at a venue in the world. */
export function sampleWorld(changes: Partial<VenueHealthModel> = {}): Partial<SessionViewModel> {
  const health = {
    state: 'ok',
    clockOffsetMs: 12,
    queued: 0,
    queueLimit: 64,
    budget: 95,
    latencyMedianMs: 45,
    latencySlowestMs: 210,
  } as const
  return {
    mode: 'demo',
    venue: 'bingx',
    venueAddress: '127.0.0.1:18080',
    account: 'bingx-demo/main',
    instrument: 'BTC/USDT:USDT',
    instrumentKind: 'linear',
    feedSource: 'bingx',
    speed: '1',
    venueHealth: { ...health, errors: [], calls: 1_234, ...changes },
    calls: [
      { endpoint: 'POST /openApi/swap/v2/trade/order', outcome: 'ok', means: null, count: 812, medianMs: 45.2, slowestMs: 210 },
      {
        endpoint: 'POST /openApi/swap/v2/trade/order',
        outcome: 'TIMEOUT',
        means: 'no answer in time',
        count: 3,
        medianMs: null,
        slowestMs: null,
      },
    ],
  }
}

/** Levels three ticks from one another, each larger than the one before. */
function sampleLevels(touch: string, step: 1 | -1): LevelModel[] {
  return Array.from({ length: 12 }, (_, index) => ({
    price: (Number(touch) + (step * 3 * (index + 1)) / 10_000).toFixed(4),
    size: String(250 * (index + 1)),
  }))
}

/** Newest first, as the session gives them. */
export function newestFirst<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, place) => make(count - 1 - place))
}

export function sampleModel(changes: Partial<SessionViewModel> = {}): SessionViewModel {
  return {
    sessionId: '20261120-034418-k3f9',
    mode: 'paper',
    venue: 'paper',
    venueAddress: null,
    account: 'k3f9',
    strategy: 'market_maker',
    instrument: 'XRP/RLUSD',
    instrumentKind: 'spot',
    feedSource: 'simulated',
    speed: '60',
    seed: 7,
    phase: 'running',
    trading: 'active',
    haltReason: null,
    haltDetail: null,
    stopsByUs: null,
    startedAtUs: START_US,
    nowUs: START_US + 12.9 * MINUTE_US,
    elapsedUs: 12.9 * MINUTE_US,
    durationUs: 30 * MINUTE_US,
    market: {
      asksBehind: sampleLevels('2.1041', 1),
      bidsBehind: sampleLevels('2.1034', -1),
      bid: '2.1034',
      bidSize: '1200.5',
      ask: '2.1041',
      askSize: '900',
      mid: '2.10375',
      mark: '2.1037',
      lastTrade: '2.1040',
      spreadBps: '3.33',
    },
    quotes: [
      { side: 'bid', price: '2.1020', size: '120.5', distanceBps: '-6.66', status: 'acked' },
      { side: 'ask', price: '2.1055', size: '120.5', distanceBps: '-6.65', status: 'acked' },
    ],
    slots: [],
    orders: newestFirst(2, sampleOrder),
    fills: newestFirst(12, sampleFill),
    inventory: [
      { asset: 'XRP', fromFills: '120.5', fromCapital: '5000', total: '5120.5' },
      { asset: 'RLUSD', fromFills: '-253.3', fromCapital: '10000', total: '9746.7' },
    ],
    position: {
      quantity: '120.5',
      averagePrice: '2.1020',
      notional: '253.50',
      inSlots: '0',
      quoted: '120.5',
      unassigned: '0',
      venues: null,
    },
    pnl: {
      asset: 'RLUSD',
      realized: '1.2345',
      unrealized: '-0.2100',
      unrealizedChange: '-0.2100',
      fees: '0.3036',
      funding: '0',
      net: '0.7209',
      equity: '20519.4709',
    },
    limits: [
      { name: 'exposure', value: '253.50', limit: '1000', share: 0.2535, halts: true },
      { name: 'session_loss', value: '0', limit: '100', share: 0, halts: true },
      { name: 'order_notional', value: '253.50', limit: '300', share: 0.845, halts: false },
      { name: 'open_orders', value: '2', limit: '20', share: 0.1, halts: false },
    ],
    counts: {
      events: 12_345,
      gaps: 0,
      badLines: 0,
      ticks: 774,
      ordersSent: 56,
      fills: 12,
      denials: 0,
      lastDenial: null,
      facts: 4_321,
      commits: 770,
    },
    messages: newestFirst(3, sampleMessage),
    doubts: [],
    venueHealth: null,
    recovery: null,
    feed: { silentUs: 400_000, limitUs: 30_000_000, isStale: false },
    course: { stepUs: 8_000_000, net: Array.from({ length: 97 }, (_, step) => (Math.sin(step / 9) + step / 90).toFixed(4)) },
    quoting: {
      ticks: 774,
      bothSides: 731,
      bid: 752,
      ask: 740,
      fills: 12,
      halfSpreadBps: '3.41',
      markouts: [
        { horizonUs: 1_000_000, fills: 12, meanBps: '-0.31', realizedBps: '3.10' },
        { horizonUs: 60_000_000, fills: 9, meanBps: '1.25', realizedBps: '4.66' },
        { horizonUs: 300_000_000, fills: 0, meanBps: null, realizedBps: null },
      ],
    },
    figures: [
      { name: 'reference (trades)', value: '2.10372' },
      { name: 'of max inventory', value: '25.3 %' },
    ],
    store: {
      walBytes: 1_234_567,
      commitMedianMs: 1.2,
      commitSlowestMs: 18.4,
      tickMedianMs: 1.9,
      tickSlowestMs: 25,
      checkpoints: 12,
      checkpointsFailed: 0,
      lastCheckpoint: { wallUs: START_US + 12 * MINUTE_US, isComplete: true, elapsedMs: 3.1, error: null },
    },
    calls: [],
    ...changes,
  }
}
