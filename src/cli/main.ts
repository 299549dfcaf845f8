// Starts oclif.
import { execute } from '@oclif/core'

export async function main(binUrl: string): Promise<void> {
  await execute({ dir: binUrl })
}
