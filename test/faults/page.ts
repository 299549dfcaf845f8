// Where the fault matrix stands in docs/RELIABILITY.md: between two markers, with nothing else between them.

export const START = '<!-- fault matrix: made by scripts/fault-matrix.ts -->'
export const END = '<!-- end of the fault matrix -->'

/** The page with another matrix; at its end where it had none. */
export function placed(page: string, matrix: string): string {
  const [from, to] = [page.indexOf(START), page.indexOf(END)]
  const block = `${START}\n\n${matrix}\n${END}`
  return from < 0 || to < from ? `${page.trimEnd()}\n\n${block}\n` : page.slice(0, from) + block + page.slice(to + END.length)
}

/** The matrix of a page, or null where it has none. */
export function matrixIn(page: string): string | null {
  const [from, to] = [page.indexOf(START), page.indexOf(END)]
  return from < 0 || to < from ? null : page.slice(from + START.length, to).trim()
}
