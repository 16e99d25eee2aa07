/**
 * Scenes for synthetic faults: camera photos, one of each scene, split by camera model. The rule was fixed before anything was trained, so that it
 * also splits media that nobody here has seen.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openPhoto } from '../../workers/score/open.ts'
import type { Rgb } from '../../workers/score/pixels.ts'

export type Scene = { path: string; name: string; sha256: string; camera: string; pixels: number; heldOut: boolean }

/** A third of the camera models, by the hash of the model's name; photos without one count as a camera of their own. */
export const isHeldOut = (camera: string): boolean => (createHash('sha256').update(`dropcard ${camera}`).digest()[0] ?? 0) % 3 === 0

/** Not scenes: thumbnails, film scans, heat pictures, copies of another file, series (they have a yardstick of their own), what is squeezed below quality 60. */
const left =
  /Film Scanner|Landscape_[02-8]|Portrait_[16]|FLIR|focus-stack|gainmap_old|portrait-orientation|no_profile|Multiple ICC|alpha-layer|gamma_dalai|DC-3Z \(low/i

/** Every usable photo below the folder, in the order of its path. `least`: pixels. */
export async function findScenes(folder: string, least: number): Promise<Scene[]> {
  const scenes: Scene[] = []
  const seen = new Set<string>()
  for (const name of (await readdir(folder, { recursive: true })).filter((n) => /\.jpe?g$/i.test(n)).toSorted()) {
    const path = join(folder, name)
    if (left.test(name) || !(await stat(path)).isFile()) continue
    try {
      const { rgb, width, height, facts, jpeg, lost } = await openPhoto(path)
      const sha256 = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
      if (width * height < least || lost > 0 || (jpeg?.quality ?? 0) < 60 || seen.has(sha256) || isEmpty(rgb)) continue
      seen.add(sha256)
      const camera = [facts.cameraMake, facts.cameraModel].filter((part) => part !== null).join(' ') || sha256
      scenes.push({ path, name, sha256, camera, pixels: width * height, heldOut: isHeldOut(camera) })
    } catch {
      // Not a photo that can be opened: no scene either.
    }
  }
  return scenes
}

/** A cap left on the lens: nothing a fault could be done to. */
function isEmpty({ data }: Rgb): boolean {
  let [sum, squares, n] = [0, 0, 0]
  for (let i = 1; i < data.length; i += 3 * 997) {
    const value = data[i] ?? 0
    sum += value
    squares += value * value
    n++
  }
  return squares / n - (sum / n) ** 2 < 36
}
