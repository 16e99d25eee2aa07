import { type Loaded, loadModel } from '../../../../models/load.ts'
import { type Face, openFaces } from '../../../score/faces.ts'
import { openBackbone } from '../../../score/features.ts'
import type { Rgb } from '../../../score/pixels.ts'
import { locate } from '../../../score/region.ts'
import { stretch } from '../../../score/renditions.ts'
import { openSubjectHead } from '../../../score/saliency.ts'
import { cellMap, grid, type Subject } from '../../../score/subject.ts'

/** `across` and `down`: how much of the product lies in each of the columns and rows of a grid over the picture. */
export type Product = Subject & { across: number[]; down: number[] }

/** Says where the product and the faces are on a picture whose longest side is at most 480 pixels. */
export type Finder = { product(small: Rgb): Promise<Product>; faces: ((small: Rgb) => Promise<Face[]>) | null }
export type OpenFinder = { finder: Finder | null; because: string | null }

// Sessions live as long as their thread, as in workers/score/models.ts; a clip needs four of the nine models.
const opened = new Map<string, Promise<OpenFinder>>()

/** `finder` null: it cannot be had here, and `because` says why. Never throws for a model that is missing or damaged. */
export function openFinder(dir: string): Promise<OpenFinder> {
  const known = opened.get(dir) ?? start(dir)
  opened.set(dir, known)
  return known
}

async function start(dir: string): Promise<OpenFinder> {
  const bytesOf = async (name: string): Promise<Buffer> => {
    const loaded: Loaded = await loadModel(dir, name)
    if (!loaded.ok) throw new Error(loaded.because)
    return loaded.bytes
  }
  try {
    const runtime = await import('onnxruntime-node')
    const backbone = await openBackbone(runtime, 'oidv4-backbone', await bytesOf('oidv4-backbone'), 224, 'signed')
    const head = await openSubjectHead(runtime, await bytesOf('subject-head'))
    const faces = await Promise.all([bytesOf('face-finder'), bytesOf('face-mesh')])
      .then(([first, mesh]) => openFaces(runtime, first, mesh))
      .catch(() => null)
    const product = async (small: Rgb): Promise<Product> => {
      const look = await backbone.look(await stretch(small, backbone.side, backbone.side))
      const cells = cellMap(small)
      const heat = await head.heat(look, cells)
      return { ...locate(cells, look, heat, null), ...sums(heat) }
    }
    return { finder: { product, faces: faces === null ? null : (small) => faces.find(small, small) }, because: null }
  } catch (cause) {
    return { finder: null, because: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'unknown error' }
  }
}

/** Squared, so that what is likely counts and what is merely possible does not add up. */
function sums(heat: Float32Array): { across: number[]; down: number[] } {
  const across = Array.from({ length: grid }, () => 0)
  const down = Array.from({ length: grid }, () => 0)
  for (const [i, value] of heat.entries()) {
    const [x, y] = [i % grid, Math.floor(i / grid)]
    across[x] = (across[x] ?? 0) + value * value
    down[y] = (down[y] ?? 0) + value * value
  }
  return { across, down }
}
