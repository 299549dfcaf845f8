// The parts of an explanation about quotes: where they stood, how long, what came of them, and what the market did after their
// fills. Words only.

import { readDecimal } from '../kernel/decimal.ts'
import { CLOSING_STRATEGY } from '../names.ts'
import {
  type Block,
  type Cell,
  count,
  duration,
  figure,
  type NamedRow,
  namedRows,
  type Part,
  percent,
  plain,
  quantity,
} from './document.ts'
import { amountText, countText, durationText, oneLine, plural, timeText } from './format.ts'
import type { MarkoutHorizonSummary, MarkoutsSummary, QuoteLifeSummary, QuotingSummary } from './quoting-view.ts'
import type { SummaryView } from './summary-view.ts'

export function quotingParts({ quoting, instrument }: SummaryView): Part[] {
  const { life, markouts, inventory } = quoting
  const isQuoting = quoting.bid.quotedTicks + quoting.ask.quotedTicks > 0
  return [
    {
      title: 'Quotes against the touch (bps of the mid; 0 at the touch, below 0 behind it)',
      blocks: isQuoting ? placeBlocks(quoting) : [],
    },
    { title: 'What became of the quotes', blocks: life.both.quotes + life.refused === 0 ? [] : lifeBlocks(life, instrument.quantityAsset) },
    { title: 'After the fills of quotes (bps in our favour)', blocks: markouts.fills === 0 ? [] : markoutBlocks(markouts) },
    {
      title: 'Inventory over the ticks',
      blocks: inventory.furthest === null || inventory.furthest === '0' ? [] : inventoryBlocks(inventory),
    },
  ]
}

function placeBlocks(quoting: QuotingSummary): Block[] {
  const side = (name: string, figures: QuotingSummary['bid']): Cell[] => [
    plain(name),
    count(figures.quotedTicks),
    percent(figures.withinTwoBpsPercent),
    percent(figures.withinTwoBpsPercentOfQuoted),
    figure(figures.meanBps),
    figure(figures.medianBps),
    ...Object.values(figures.histogram).map(count),
  ]
  const { upTime } = quoting
  const at = (figures: QuotingSummary['bid']): string => percent(figures.atTouchPercent).text
  return [
    {
      head: ['', 'quoted', '≤2 bps of all', 'of quoted', 'mean', 'median', '0-2', '2-5', '5-10', '10+'],
      rows: [side('bid', quoting.bid), side('ask', quoting.ask)],
      right: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    },
    {
      lines: [
        `of ${plural(quoting.ticks, 'tick')}`,
        `at the touch or before it: bid ${at(quoting.bid)}, ask ${at(quoting.ask)} of all ticks`,
        `two-sided ${percent(upTime.twoSidedPercent).text} of the ticks, on some side ${percent(upTime.anyPercent).text}: ` +
          `${countText(upTime.bidOnlyTicks)} with a bid only, ${countText(upTime.askOnlyTicks)} with an ask only, ${countText(upTime.neitherTicks)} with neither`,
      ],
    },
  ]
}

function lifeBlocks(life: QuoteLifeSummary, asset: string): Block[] {
  const side = (name: string, figures: QuoteLifeSummary['both']): Cell[] => [
    plain(name),
    count(figures.quotes),
    count(figures.filled),
    percent(figures.fillPercent),
    quantity(figures.quotedQuantity),
    quantity(figures.filledQuantity),
    percent(figures.quantityFillPercent),
  ]
  const lived =
    life.lives === 0 ? '' : `; they rested ${duration(life.meanLifeUs).text} on average, ${duration(life.medianLifeUs).text} in the median`
  const others = [
    `${countText(life.canceled)} canceled`,
    `${countText(life.expired)} expired`,
    `${countText(life.refused)} refused by the venue`,
    ...(life.unfinished > 0 ? [`${countText(life.unfinished)} not over at the end`] : []),
  ]
  // All of the quotes ended as one of these or as filled: what the columns count beyond that had fills, and ended otherwise.
  const twice = life.both.filled + life.canceled + life.expired + life.unfinished - life.both.quotes
  const both =
    twice <= 0 ? '' : ` (${countText(twice)} of these had fills as well, and ${twice === 1 ? 'counts' : 'count'} under filled too)`
  const ratio = life.cancelFillRatio === null ? '' : `; ${figure(life.cancelFillRatio).text} canceled for each that was filled`
  return [
    {
      head: ['', 'quotes', 'filled', 'share', `quoted ${asset}`, `filled ${asset}`, 'share'],
      rows: [side('bid', life.bid), side('ask', life.ask), side('both', life.both)],
      right: [1, 2, 3, 4, 5, 6],
    },
    { lines: [`${others.join(', ')}${both}${ratio}${lived}`] },
  ]
}

function markoutBlocks({ fills, leftOut, horizons }: MarkoutsSummary): Block[] {
  const row = (horizon: MarkoutHorizonSummary): Cell[] => {
    const { both, buy, sell } = horizon
    return [
      plain(durationText(horizon.horizonUs)),
      count(both.fills),
      bps(both.meanBps),
      bps(both.medianBps),
      bps(buy.meanBps),
      bps(sell.meanBps),
      bps(both.halfSpreadBps),
      bps(both.realizedSpreadBps),
      bps(both.priceImpactBps),
    ]
  }
  const out = [
    ...(leftOut.inferred > 0 ? [`${countText(leftOut.inferred)} inferred`] : []),
    ...(leftOut.withoutMidCount > 0 ? [`${countText(leftOut.withoutMidCount)} without a fresh mid`] : []),
  ]
  const tooShort = horizons.filter(({ shorterThanTick }) => shorterThanTick).map(({ horizonUs }) => durationText(horizonUs))
  const lines = [
    `of ${plural(fills, 'fill')}${out.length === 0 ? '' : `; left out: ${out.join(', ')}`}; realised spread = half-spread − impact`,
    ...(tooShort.length === 0 ? [] : [`nothing is known after ${tooShort.join(', ')}: the ticks are further apart`]),
  ]
  return [
    {
      head: ['after', 'fills', 'mean', 'median', 'buys', 'sales', 'half-spread', 'realised', 'impact'],
      rows: horizons.filter(({ shorterThanTick }) => !shorterThanTick).map(row),
      right: [1, 2, 3, 4, 5, 6, 7, 8],
    },
    { lines },
  ]
}

const bps = (value: string | null): Cell => figure(value, { isSigned: true })

function inventoryBlocks(inventory: QuotingSummary['inventory']): Block[] {
  const { asset, why } = inventory
  const halfLife = inventory.halfLifeTicks === null ? plain('not known') : plain(`${figure(inventory.halfLifeTicks).text} ticks`)
  const rows: NamedRow[] = [
    ['mean', quantity(inventory.mean), asset],
    ['mean size', quantity(inventory.meanAbsolute), asset],
    [
      'furthest from zero',
      quantity(inventory.furthest),
      `${asset}${inventory.furthestAtUs === null ? '' : ` at ${timeText(inventory.furthestAtUs)}`}`,
    ],
    ['half-life', halfLife, why === null ? `(${figure(inventory.halfLifeSeconds).text} s)${beyondText(inventory)}` : oneLine(why)],
  ]
  return [namedRows(rows)]
}

/** A line that is drawn beyond what was seen is a guess, and says so. */
function beyondText({ halfLifeTicks, ticks }: QuotingSummary['inventory']): string {
  if (halfLifeTicks === null || readDecimal(halfLifeTicks) <= readDecimal(String(ticks))) return ''
  return `, longer than the ${plural(ticks, 'tick')} it was drawn from: a guess`
}

/** `0.90 bps against us`. */
function movedText(bps: string): string {
  const size = amountText(bps.replace('-', ''), 2)
  return bps === '0' ? 'nowhere' : `${size} bps ${bps.startsWith('-') ? 'against us' : 'in our favour'}`
}

/** One sentence for the first screen; null where nothing was quoted. */
export function quotingSentence({ quoting, strategy }: SummaryView): string | null {
  // What only closes offers at the other side's touch: that is no quoting.
  if (strategy === CLOSING_STRATEGY) return null
  const { bid, ask, upTime, markouts } = quoting
  if (bid.quotedTicks + ask.quotedTicks === 0) return null
  const share = (side: QuotingSummary['bid']): string => percent(side.withinTwoBpsPercent).text
  const judged = markouts.horizons.findLast(({ both, horizonUs }) => both.meanBps !== null && horizonUs <= 60_000_000)
  const after =
    judged?.both.meanBps == null
      ? ''
      : `; ${durationText(judged.horizonUs)} after a fill the mid had moved ${movedText(judged.both.meanBps)} on average`
  return `quoted both sides ${percent(upTime.twoSidedPercent).text} of the time; within 2 bps of the touch: bid ${share(bid)}, ask ${share(ask)}${after}`
}
