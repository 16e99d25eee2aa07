import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPhoto } from '../../../workers/score/open.ts'
import { tempFolder } from '../../support/temp.ts'
import { canonRaw, fujiRaw, preview, tiffRaw } from '../peek/made.ts'

test('a RAW of a container that the reader does not know has the time, camera and turn that the look at the card found', async () => {
  const dir = tempFolder()
  const large = await preview(1280, 960)
  const files = {
    'canon.CR3': await canonRaw(large, 6),
    'olympus.ORF': await tiffRaw('RO', large, 0),
    'panasonic.RW2': await tiffRaw('U\0', large, 0),
    'fuji.RAF': await fujiRaw(large),
  }
  const found: unknown[] = []
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(dir, name), bytes)
    const { facts, width, height } = await openPhoto(join(dir, name))
    found.push([name, facts.capturedAt, facts.cameraModel, facts.orientation, width < height])
  }
  expect(found).toEqual([
    ['canon.CR3', '2026-05-01T10:00:00.250', 'Canon EOS R8', 6, true],
    ['olympus.ORF', '2026-05-01T10:00:00.250', 'Canon EOS R8', 8, true],
    ['panasonic.RW2', '2026-05-01T10:00:00.250', 'Canon EOS R8', 8, true],
    ['fuji.RAF', '2026-05-01T10:00:00.250', 'Canon EOS R8', 1, false],
  ])
})
