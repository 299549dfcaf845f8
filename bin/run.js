#!/usr/bin/env node
// Checks the Node version, then hands over to oclif. Plain enough to be parsed by any Node that is still around.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `dita needs Node 22.18 or newer, and this is Node ${process.versions.node}: install a newer one, or start dita with npx inside a project that has run npm ci.\n`,
  )
  process.exitCode = 2
} else {
  const { default: module } = await import('node:module')
  module.enableCompileCache?.()
  const { main } = await import('../dist/cli/main.js')
  await main(import.meta.url)
}
