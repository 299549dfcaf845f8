// Starts dita: the version at once, everything else through oclif. Every way out of the process is decided here.

import { readFileSync } from 'node:fs'

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
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: Error & { code?: string }) => {
      // A reader that has seen enough (`| head`) is no failure: what runs, runs on without it. Nor is a terminal that was closed, which
      // fails with EIO: it has sent SIGHUP, and that ends a session in good order.
      const isGone = error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY)
      if (!isGone) leave(error)
    })
  }
  process.on('uncaughtException', leave)
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
