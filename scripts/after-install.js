// What npm leaves to do once it has installed dita's packages: it runs this in a checkout, and never where dita is a dependency.

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linkVitest } from './install.js'
import { trim } from './trim.js'

try {
  trim(dirname(dirname(fileURLToPath(import.meta.url))), process)
  linkVitest()
} catch (error) {
  // Nothing depends on it: an install is not worth failing for that.
  process.stderr.write(`node_modules could not be tidied up: ${error.message}\n`)
}
