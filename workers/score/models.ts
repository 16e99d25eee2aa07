import { loadModel } from '../../models/load.ts'
import { readTensors } from '../../models/tensors.ts'
import { type Backbone, featureLength, openBackbone } from './features.ts'
import { readingCount } from './readings.ts'

/** Length of the likeness descriptor. */
export const descriptorLength = 192

/** A linear map from features to fewer values: standardise, clip, project. */
export type Projection = { mean: Float32Array; scale: Float32Array; matrix: Int8Array; columnScale: Float32Array }
/** Folded ridge regression: MOS = bias + objects·w + general·w + readings·w, each after standardising and clipping. */
export type QualityHead = { mean: Float32Array; scale: Float32Array; weights: Float32Array; bias: number }

/** What a thread has open. Parts that could not be opened are null, and `degraded` says why in words. */
export type Models = {
  objects: Backbone | null
  general: Backbone | null
  descriptor: Projection | null
  quality: QualityHead | null
  /** e.g. `oidv4-backbone@1`; goes into every score. */
  versions: string[]
  degraded: string[]
}

export const qualityLength = 2 * featureLength + readingCount

// Sessions live as long as their thread: opening them costs more than scoring a photo, and a session must not be shared between threads.
const opened = new Map<string, Promise<Models>>()

export function openModels(dir: string): Promise<Models> {
  const known = opened.get(dir) ?? open(dir)
  opened.set(dir, known)
  return known
}

async function open(dir: string): Promise<Models> {
  const models: Models = { objects: null, general: null, descriptor: null, quality: null, versions: [], degraded: [] }
  const [objects, general, descriptor, quality] = await Promise.all(
    ['oidv4-backbone', 'general-backbone', 'likeness-descriptor', 'quality-head'].map((name) => loadModel(dir, name)),
  )
  const use = async (loaded: typeof objects, start: (bytes: Buffer) => Promise<void> | void): Promise<void> => {
    if (!loaded) return
    if (!loaded.ok) {
      models.degraded.push(loaded.because)
      return
    }
    try {
      await start(loaded.bytes)
      models.versions.push(`${loaded.entry.name}@${loaded.entry.version}`)
    } catch (cause) {
      models.degraded.push(
        `model ${loaded.entry.name} cannot run here (${cause instanceof Error ? cause.message.split('\n')[0] : 'unknown error'})`,
      )
    }
  }
  await use(objects, async (bytes) => {
    models.objects = await openBackbone(await import('onnxruntime-node'), 'oidv4-backbone', bytes, 224, 'signed')
  })
  await use(general, async (bytes) => {
    models.general = await openBackbone(await import('onnxruntime-node'), 'general-backbone', bytes, 384, 'unit')
  })
  await use(descriptor, (bytes) => {
    const t = readTensors(bytes)
    models.descriptor = {
      mean: t.f32('mean', featureLength),
      scale: t.f32('scale', featureLength),
      matrix: t.i8('matrix', featureLength * descriptorLength),
      columnScale: t.f32('column-scale', descriptorLength),
    }
  })
  await use(quality, (bytes) => {
    const t = readTensors(bytes)
    models.quality = {
      mean: t.f32('mean', qualityLength),
      scale: t.f32('scale', qualityLength),
      weights: t.f32('weights', qualityLength),
      bias: t.f32('bias', 1)[0] ?? 0,
    }
  })
  return models
}
