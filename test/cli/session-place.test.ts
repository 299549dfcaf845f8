// Which config and store a session says that it goes by.

import { expect, test } from 'vitest'
import { placeText } from '../../src/cli/session-place.ts'

test.each([
  ['/desk/dita.yaml', '/desk/.dita/dita.db', 'config dita.yaml, store .dita/dita.db'],
  ['other/demo.yaml', '/desk/.dita/dita.db', 'config other/demo.yaml, store .dita/dita.db'],
  // One folder too high: the workspace is below, and this trades elsewhere.
  [null, '/home/me/.local/share/dita/dita.db', 'config built-in (no dita.yaml here), store /home/me/.local/share/dita/dita.db'],
  ['/dita.yaml', '/.dita/dita.db', 'config /dita.yaml, store /.dita/dita.db'],
])('config %s with store %s', (configPath, storePath, text) => {
  expect(placeText({ configPath, storePath, workingFolder: '/desk' })).toBe(text)
})
