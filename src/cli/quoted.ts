// A path as a shell takes it, in commands that people are told to type.

/** Without quotes where none are needed. */
export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
