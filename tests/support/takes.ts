import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { needFfmpeg } from '../../workers/cut/ffmpeg/tools.ts'

/**
 * A card of small takes, each another picture, quick to cut: `<card>/DCIM/100MADE/MVI_0001.MP4` and so on.
 * @returns the card
 */
export async function cardOfTakes(card: string, count: number, seconds: number, size = '320x180'): Promise<string> {
  const { path: ffmpeg } = await needFfmpeg()
  const folder = join(card, 'DCIM', '100MADE')
  await mkdir(folder, { recursive: true })
  for (let n = 1; n <= count; n++) {
    const name = `MVI_${String(n).padStart(4, '0')}.MP4`
    const picture = `testsrc2=s=${size}:r=25:d=${seconds},hue=h=${n * 17}`
    const sound = `sine=f=${300 + 20 * n}:d=${seconds}`
    const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25', '-c:a', 'aac']
    // Hours apart, so that no two are chapters of one recording.
    const at = ['-metadata', `creation_time=2026-05-01T${String(n % 24).padStart(2, '0')}:00:00Z`]
    await execa(ffmpeg, [
      '-nostdin',
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      picture,
      '-f',
      'lavfi',
      '-i',
      sound,
      ...coding,
      ...at,
      join(folder, name),
    ])
  }
  return card
}
