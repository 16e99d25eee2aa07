import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layer } from '../picture.ts'
import type { Plan, Size } from '../plan.ts'
import { safeArea } from './overlay.ts'
import { largestSrt, onClip, parseSrt } from './srt.ts'
import { hasFont, plate } from './words.ts'

/** Each is an input of ffmpeg: enough for a clip of five minutes. */
const mostCaptions = 100

/**
 * The captions of this clip as pictures in `folder`, each with its place and the pictures it is shown on. They are drawn here and not by libass: it needs a font configuration that static builds do not bring, and fails silently without.
 * @param freeAbove captions stay above this line (pixels from the top)
 */
export async function drawCaptions(
  path: string,
  plan: Plan,
  size: Size,
  freeAbove: number,
  folder: string,
  notes: string[],
): Promise<Layer[]> {
  const bytes = await readAll(path)
  if (bytes === null) {
    notes.push('the caption file cannot be read, or is larger than 4 MB: no captions')
    return []
  }
  const all = onClip(parseSrt(bytes), plan.inUs, plan.frames, plan.framesPerSecond)
  const shown = all.slice(0, mostCaptions)
  if (shown.length < all.length) notes.push(`only the first ${mostCaptions} of ${all.length} captions are on the clip`)
  if (shown.length === 0) {
    notes.push('the caption file has no captions for these seconds')
    return []
  }
  if (!(await hasFont())) {
    notes.push('no font on this computer: no captions')
    return []
  }
  const safe = safeArea(size)
  const unit = Math.min(size.width, size.height) / 1080
  const bottom = Math.min(freeAbove, Math.round(safe.bottom * size.height)) - Math.round(14 * unit)
  const layers: Layer[] = []
  for (const [n, { from, to, text }] of shown.entries()) {
    const drawn = await plate(text, {
      size: Math.round(50 * unit),
      width: Math.round((safe.right - safe.left) * size.width),
      bold: true,
      align: 'centre',
      lines: 3,
    })
    if (drawn === null) continue
    const file = join(folder, `caption-${n}.png`)
    await writeFile(file, drawn.png)
    layers.push({ file, x: Math.round((size.width - drawn.width) / 2), y: Math.max(0, bottom - drawn.height), shown: { from, to } })
  }
  return layers
}

async function readAll(path: string): Promise<Uint8Array | null> {
  try {
    await using file = await open(path, 'r')
    const status = await file.stat()
    if (!status.isFile() || status.size > largestSrt) return null
    return await file.readFile()
  } catch {
    return null
  }
}
