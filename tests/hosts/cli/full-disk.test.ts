import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { platform, userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { dropcard, fixtureCard } from '../../support/cli.ts'
import { tempFolder } from '../../support/temp.ts'

function disk(size: string): string {
  const dir = join(tempFolder(), 'disk')
  mkdirSync(dir)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir])
  onTestFinished(() => void execFileSync('umount', ['-l', dir]))
  return join(dir, 'library')
}

describe.skipIf(platform() !== 'linux' || userInfo().uid !== 0)('a full disk [needs root on Linux]', () => {
  test('what does not fit is named, the rest is published, and room stays for the library itself', async () => {
    const library = disk('24m')
    const result = await dropcard(['run', fixtureCard, '--library', library, '--json'])
    const job = z
      .object({
        offload: z.object({
          assets: z.array(z.object({ outcome: z.string(), because: z.string().optional() })),
          safeToErase: z.object({ verdict: z.string() }),
        }),
        publish: z.object({ published: z.number().positive(), waiting: z.literal(0) }),
      })
      .parse(result.json)
    const failed = job.offload.assets.filter((one) => one.outcome !== 'copied')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.map((one) => one.because?.includes('the disk is full'))).toEqual(failed.map(() => true))
    expect([result.code, job.offload.safeToErase.verdict]).toEqual([2, 'not-safe'])
  })

  test('a library that cannot be written ends at once, with the reason and the next step', async () => {
    const result = await dropcard(['run', fixtureCard, '--library', disk('400k'), '--json'])
    expect([result.code, result.json]).toMatchObject([3, { error: { code: 'no-space', next: expect.stringContaining('Free some space') } }])
  })
})
