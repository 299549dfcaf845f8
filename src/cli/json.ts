// Whether a command line asks for JSON. On its own, so that an error can be told before oclif is loaded.

/** Whether one JSON object is asked for; what stands after `--` are arguments. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}
