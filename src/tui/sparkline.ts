// A course of numbers as one line of blocks. For a look at its shape only: the numbers stand elsewhere.

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const MIDDLE = '▄'

/** At most `width` blocks, from the lowest to the highest of what is shown; empty where there are fewer than two numbers. */
export function sparkline(amounts: readonly string[], width: number): string {
  const numbers = amounts.map(Number).filter(Number.isFinite)
  if (numbers.length < 2 || width < 2) return ''
  const shown = thinned(numbers, Math.floor(width))
  const low = Math.min(...shown)
  const span = Math.max(...shown) - low
  if (span === 0) return MIDDLE.repeat(shown.length)
  return shown.map((number) => BLOCKS[Math.round(((number - low) / span) * (BLOCKS.length - 1))] ?? MIDDLE).join('')
}

/** The last number of each of `width` stretches of equal length. */
function thinned(numbers: readonly number[], width: number): number[] {
  if (numbers.length <= width) return [...numbers]
  return Array.from({ length: width }, (_, place) => numbers[Math.ceil(((place + 1) * numbers.length) / width) - 1] ?? 0)
}
