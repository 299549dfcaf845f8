// Makes a long recording out of a short one: the same minutes again and again, one gzip member each, with stamps and ids
// that go on where those before them ended, so that a reader finds neither seam nor gap.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'

/** Of a USD-M capture with stamps in µs. Returns how many lines were written. */
export function writeLongRecording(source: string, target: string, times: number): number {
  const lines = gunzipSync(readFileSync(source))
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
  const stampOf = (line: string | undefined): number => Number(line?.slice(0, 16))
  const spanUs = stampOf(lines.at(-1)) - stampOf(lines[0]) + 1_000
  const diffs = lines.filter((line) => line.includes('"depthUpdate"'))
  const idSpan = idIn(diffs.at(-1), 'u') - idIn(diffs[0], 'pu')
  const trades = lines.filter((line) => line.includes('"e":"trade"'))
  const tradeSpan = idIn(trades.at(-1), 't') - idIn(trades[0], 't') + 1
  writeFileSync(target, '')
  for (let round = 0; round < times; round += 1) {
    const shifted = lines.map((line) => {
      const body = line
        .slice(16)
        .replace(/"(u|U|pu)":(\d+)/g, (_, key: string, id: string) => `"${key}":${Number(id) + round * idSpan}`)
        .replace(/"t":(\d+)/, (_, id: string) => `"t":${Number(id) + round * tradeSpan}`)
      return `${stampOf(line) + round * spanUs}${body}\n`
    })
    appendFileSync(target, gzipSync(shifted.join(''), { level: 1 }))
  }
  return lines.length * times
}

function idIn(line: string | undefined, key: string): number {
  const found = new RegExp(`"${key}":(\\d+)`).exec(line ?? '')
  if (found === null) throw new Error(`no ${key} in ${line}`)
  return Number(found[1])
}
