import { describe, expect, test } from 'vitest'
import { blameForFile, EXIT } from '../../src/core/errors.ts'

const failed = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code })

describe('a file that somebody named and that could not be written', () => {
  test.each(['ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR', 'EROFS', 'ENAMETOOLONG'])('is wrong usage where its path cannot be: %s', (code) => {
    expect(blameForFile(failed(code))).toEqual({ fault: 'user', exitCode: EXIT.usage })
  })

  test.each(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE'])('is never wrong usage where the machine failed: %s', (code) => {
    expect(blameForFile(failed(code))).toEqual({ fault: 'machine', exitCode: EXIT.defect })
  })

  test('is no wrong usage where nobody knows why', () => {
    expect(blameForFile('words')).toEqual({ fault: 'machine', exitCode: EXIT.defect })
  })
})
