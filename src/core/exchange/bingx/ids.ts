// Order ids as the venue makes them: snowflakes, larger than any number that JavaScript holds exactly. Pure.

/** ms = (id >> 22) + this; seen in recorded ids. */
const EPOCH_MS = 1_288_834_974_657
const COUNTER_BITS = 22n
const COUNTER_MASK = 2n ** COUNTER_BITS - 1n

/** An id of its time and its place in the count. Always odd, so that whoever reads it as a number gets another one. */
export function snowflake(ms: number, count: number): string {
  return String((BigInt(ms - EPOCH_MS) << COUNTER_BITS) | ((BigInt(count) * 2n + 1n) & COUNTER_MASK))
}
