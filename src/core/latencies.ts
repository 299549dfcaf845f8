// How long things took, many of them, in little room: a histogram in logarithmic buckets. Measurements only, never money.

/** Each bucket reaches a tenth further than the one before: its geometric middle is at most 4.9 % off from all that is in it. */
const GROWTH = 1.1
const LOG_GROWTH = Math.log(GROWTH)
/** The last bucket begins beyond a year. */
const LAST_BUCKET = 330

/** Everything is rounded to the nearest bucket but the largest, which is kept as it was. */
export class Latencies {
  readonly #buckets = new Map<number, number>()
  #count = 0
  #largestUs = 0

  /** In microseconds. What is below one, or below zero because two clocks disagree, counts as none. */
  add(us: number): void {
    const bucket = us < 1 ? -1 : Math.min(Math.floor(Math.log(us) / LOG_GROWTH), LAST_BUCKET)
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
    this.#count += 1
    if (us > this.#largestUs) this.#largestUs = us
  }

  addAll(others: Latencies): void {
    for (const [bucket, count] of others.#buckets) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count)
    this.#count += others.#count
    this.#largestUs = Math.max(this.#largestUs, others.#largestUs)
  }

  get count(): number {
    return this.#count
  }

  /** Exact, in microseconds; zero where nothing was measured. */
  get largestUs(): number {
    return this.#largestUs
  }

  /** What a share of all stayed within (0.5: the median), at most 5 % off, in microseconds; null where nothing was measured. */
  quantileUs(share: number): number | null {
    if (this.#count === 0) return null
    const rank = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    for (const [bucket, count] of [...this.#buckets].sort(([one], [other]) => one - other)) {
      seen += count
      if (seen >= rank) return bucket < 0 ? 0 : Math.min(GROWTH ** (bucket + 0.5), this.#largestUs)
    }
    return this.#largestUs
  }

  /** `{"largestUs":…,"buckets":{"12":3}}`. */
  toText(): string {
    const buckets = Object.fromEntries([...this.#buckets].sort(([one], [other]) => one - other))
    return JSON.stringify({ largestUs: Math.round(this.#largestUs), buckets })
  }

  /** Of a text that `toText` wrote; null of any other. */
  static ofText(text: string): Latencies | null {
    const read = readHistogram(text)
    if (read === null) return null
    const latencies = new Latencies()
    for (const [bucket, count] of read.buckets) {
      latencies.#buckets.set(bucket, count)
      latencies.#count += count
    }
    latencies.#largestUs = read.largestUs
    return latencies
  }
}

function readHistogram(text: string): { readonly largestUs: number; readonly buckets: [number, number][] } | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { largestUs, buckets } = value as { readonly largestUs?: unknown; readonly buckets?: unknown }
  if (typeof largestUs !== 'number' || typeof buckets !== 'object' || buckets === null) return null
  const read = Object.entries(buckets).map(([bucket, count]): [number, number] => [Number(bucket), Number(count)])
  return read.every((pair) => pair.every(Number.isSafeInteger)) ? { largestUs, buckets: read } : null
}
