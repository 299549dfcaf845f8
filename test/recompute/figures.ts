// The names of all figures that are recomputed, as they stand in the summary's JSON. A figure that is added there is added here and
// recomputed, or the test fails.

/** By place: `{a,b}` is each of them, `[]` every entry of a list, `*` whatever asset it is named after. */
const FIGURES_BY_PLACE: Readonly<Record<string, string>> = {
  fills: 'count maker taker inferred late confirmed',
  'fills.{bought,sold}': 'count quantity value averagePrice',
  pnl: 'asset realized unrealized unrealizedBefore fees feesValued funding net mark',
  'pnl.{realizedByAsset,feesByAsset,feeValuesByAsset,fundingByAsset}': '*',
  equity: 'asset start end change fromTrading fromHoldings fromCapital heldAssets[]',
  attribution: 'why asset equityChange netCapitalFlow result spreadCapture revaluation holdings fees networkFees funding residual',
  'attribution.byInstrument[]': 'instrument fills realized settle spreadCapture revaluation fees funding total',
  'attribution.byStrategy': 'strategy',
  'attribution.byStrategy.roles[]': 'role fills spreadCapture fees',
  'attribution.feesByKind[]': 'liquidity asset amount value',
  returns: 'why timeWeightedPercent simplePercent periods',
  drawdown:
    'why asset amount percent percentPeakAtUs percentTroughAtUs peakEquity troughEquity peakAtUs troughAtUs longestUnderWaterUs endAmount endUnderWaterUs',
  exposure: 'why',
  'exposure.instruments[]': 'instrument asset observedUs mean maximum maximumAtUs end flatPercent',
  position:
    'before end cost endValue endInSlots endQuoted endUnassigned endDust averagePrice now nowInSlots nowQuoted nowUnassigned nowDust',
  'position.sides[]': 'side before end cost averagePrice endInSlots endQuoted endUnassigned endDust',
  'inventory[]': 'asset before fromFills fromFees fromCapital fromFunding total',
  ratios: 'periodUs periods periodsNeeded meanReturnPercent deviationPercent downsideDeviationPercent',
  'ratios.{sharpe,sortino,calmar}': 'value why',
  quoting: 'ticks',
  'quoting.{bid,ask}':
    'quotedTicks withinTwoBpsTicks withinTwoBpsPercent withinTwoBpsPercentOfQuoted meanBps medianBps atTouchTicks atTouchPercent atTouchPercentOfQuoted',
  'quoting.{bid,ask}.histogram': '0-2 2-5 5-10 10+',
  'quoting.upTime': 'twoSidedTicks bidOnlyTicks askOnlyTicks neitherTicks twoSidedPercent anyPercent',
  'quoting.life.{both,bid,ask}': 'quotes filled fillPercent quotedQuantity filledQuantity quantityFillPercent',
  'quoting.life': 'refused canceled expired cancelFillRatio lives meanLifeUs medianLifeUs unfinished',
  'quoting.markouts': 'fills',
  'quoting.markouts.leftOut': 'inferred withoutMidCount',
  'quoting.markouts.horizons[]': 'horizonUs shorterThanTick tooNearEnd withoutMidCount',
  'quoting.markouts.horizons[].{both,buy,sell}': 'fills quantity meanBps medianBps halfSpreadBps realizedSpreadBps priceImpactBps',
  'quoting.inventory':
    'ticks asset mean meanAbsolute furthest furthestAtUs persistence halfLifeTicks halfLifeSeconds why samples samplesNeeded',
  trades: 'count closed open notEntered won lost realizedPnl',
  'trades.statistics': 'trades asset inOtherAssets barUs realizedOutsideLegs',
  'trades.statistics.{beforeFees,afterFees}':
    'won lost even winPercent grossProfit grossLoss total profitFactor expectancy averageWin averageLoss longestWinStreak longestLossStreak',
  'trades.statistics.holding.{all,won,lost}': 'trades meanUs medianUs longestUs',
  'trades.statistics.bars': 'mean median most',
  'trades.slippage': 'asset',
  'trades.slippage.leftOut': 'inferred earlierOrders withoutMidCount',
  'trades.statistics.{beforeFees,afterFees}.{largestWin,largestLoss,best,worst}': 'slotId trade side result closedAtUs',
  'trades.statistics.byExitReason[]': 'reason legs won lost quantity realizedPnl averagePnl',
  'trades.statistics.byLeg[]': 'leg legs won lost quantity realizedPnl averagePnl',
  'trades.slippage.rows[]': 'role orderType reference orders fills quantity meanBps worstBps cost',
  'trades.list[]':
    'slotId trade side positionSide stage equityBefore entryQuantity entryPrice exitPrice openSize dustQuantity realizedPnl fees openedAtUs enteredAtUs closedAtUs heldUs barsHeld',
  'trades.list[].legs[]': 'leg ratio filledQuantity exitPrice reason',
}

export const FIGURES: ReadonlySet<string> = new Set(
  Object.entries(FIGURES_BY_PLACE).flatMap(([place, names]) =>
    placesOf(place).flatMap((each) => names.split(' ').map((name) => `${each}.${name}`)),
  ),
)

function placesOf(place: string): string[] {
  const choice = /\{([^}]*)\}/.exec(place)
  return choice === null ? [place] : (choice[1] ?? '').split(',').flatMap((each) => placesOf(place.replace(choice[0], each)))
}

/** The figures in a part of a summary: all of them, and those that are not null. */
export function figuresIn(part: unknown): { readonly all: ReadonlySet<string>; readonly known: ReadonlySet<string> } {
  const [all, known] = [new Set<string>(), new Set<string>()]
  const walk = (place: string, value: unknown): void => {
    if (Array.isArray(value)) {
      for (const each of value) walk(`${place}[]`, each)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) walk(within(place, key), each)
    } else if (value !== null || !isGroup(place)) {
      all.add(place)
      if (value !== null) known.add(place)
    }
  }
  walk('', part)
  return { all, known }
}

/** Several figures, or null where there are none. */
function isGroup(place: string): boolean {
  return [...FIGURES].some((figure) => figure.startsWith(`${place}.`))
}

function within(place: string, key: string): string {
  if (place === '') return key
  return `${place}.${place.endsWith('ByAsset') ? '*' : key}`
}
