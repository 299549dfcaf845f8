// How much memory a long run may take before the engine looks for what died. Must run before much is made.

import { setFlagsFromString } from 'node:v8'

/**
 * What is live in a session, or in the explanation of one, is small and steady, and what a feed or a table leaves behind dies young.
 * Left alone, the engine lets the heap grow to twice as much before it looks; these cost no time that can be measured.
 */
const HEAP_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=40'] as const

export function keepHeapSmall(): void {
  for (const flag of HEAP_FLAGS) setFlagsFromString(flag)
}
