// Starts dita: the version at once, everything else through oclif. Every way out of the process is decided here.

import { readFileSync } from 'node:fs'
import { isGone } from './standard-streams.ts'

export async function main(binUrl: string): Promise<void> {
  const argv = process.argv.slice(2)
  guardProcess(argv)
  if (argv[0] === '--version') {
    process.stdout.write(`${versionText(binUrl)}\n`)
    return
  }
  try {
    const { dispatch } = await import('./dispatch.ts')
    await dispatch(argv, binUrl)
  } catch (thrown) {
    await report(thrown, argv)
  }
}

/** What nobody handled ends the process: the state it is in is unknown, and the journal is safe at any instant. */
function guardProcess(argv: readonly string[]): void {
  let leaving = false
  const leave = (thrown: unknown): void => {
    if (leaving) return
    leaving = true
    void report(thrown, argv).finally(() => process.exit(process.exitCode ?? 1))
  }
  // Nobody left to write to is no failure: what runs, runs on without, or is hung up in good order.
  const harmless = new WeakSet<object>()
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (isGone(error, stream)) harmless.add(error)
      else leave(error)
    })
  }
  // The library of commands throws an error of standard output once more, where it knows no other.
  process.on('uncaughtException', (thrown: unknown) => {
    if (!(thrown instanceof Error && harmless.has(thrown))) leave(thrown)
  })
  process.on('unhandledRejection', leave)
}

function versionText(binUrl: string): string {
  const { name, version }: { name: string; version: string } = JSON.parse(readFileSync(new URL('../package.json', binUrl), 'utf8'))
  return `${name}/${version} ${process.platform}-${process.arch} node-${process.version}`
}

async function report(thrown: unknown, argv: readonly string[]): Promise<void> {
  const [{ reportFailure }, { wantsJson }] = await Promise.all([import('./failure.ts'), import('./json.ts')])
  const command = argv[0] === undefined || argv[0].startsWith('-') ? undefined : argv[0]
  reportFailure(thrown, { json: wantsJson(argv), command })
}
