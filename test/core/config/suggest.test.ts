// The key somebody may have meant.

import { expect, test } from 'vitest'
import { configKeys } from '../../../src/core/config/config-keys.ts'
import { suggestKey } from '../../../src/core/config/suggest.ts'

test('C01 every key with one letter left out is recognised where it stands', () => {
  const keys = configKeys()
  for (const key of keys) {
    const name = key.path.at(-1) ?? ''
    if (name.length < 5) continue
    const slip = `${name.slice(0, 2)}${name.slice(3)}`
    expect(suggestKey([...key.path.slice(0, -1), slip], keys)).toContain(`Did you mean \`${name}\`?`)
  }
})
