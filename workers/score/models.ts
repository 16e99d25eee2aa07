import { loadModel, readManifest } from '../../models/load.ts'
import { readTensors } from '../../models/tensors.ts'
import { type FaceFinder, openFaces } from './faces.ts'
import { type Backbone, featureLength, openBackbone } from './features.ts'
import { type FaultModel, readFaultModel } from './forest.ts'
import { type QualityHead, qualityLength } from './quality.ts'
import { openSubjectHead, type SubjectHead } from './saliency.ts'
import { openSkinHead, type SkinHead } from './skin.ts'

/** Length of the likeness descriptor. */
export const descriptorLength = 192

/** A linear map from features to fewer values: standardise, clip, project. */
export type Projection = { mean: Float32Array; scale: Float32Array; matrix: Int8Array; columnScale: Float32Array }

/** What a thread has open. Parts that could not be opened are null, and `degraded` says why in words. */
export type Models = {
  objects: Backbone | null
  general: Backbone | null
  descriptor: Projection | null
  quality: QualityHead | null
  subject: SubjectHead | null
  faces: FaceFinder | null
  faults: FaultModel | null
  skin: SkinHead | null
  /** e.g. `oidv4-backbone@1`; goes into every score. */
  versions: string[]
  degraded: string[]
}

/** Changes when a measure changes its meaning: stored scores of an older version are then made anew. */
export const measuresVersion = 'photo-measures@4'

/** Everything that is opened, in the order in which scores name it. */
const names = [
  'oidv4-backbone',
  'general-backbone',
  'likeness-descriptor',
  'quality-head',
  'subject-head',
  'face-finder',
  'face-mesh',
  'faults',
  'skin-head',
]

/** What scores are made with when all models are there and run: the `model` of every such score. */
export async function modelString(dir: string): Promise<string> {
  const versions = new Map((await readManifest(dir))?.map(({ name, version }) => [name, `${name}@${version}`]))
  return [measuresVersion, ...names.flatMap((name) => versions.get(name) ?? [])].join('+')
}

// Sessions live as long as their thread: opening them costs more than scoring a photo, and a session must not be shared between threads.
const opened = new Map<string, Promise<Models>>()

export function openModels(dir: string): Promise<Models> {
  const known = opened.get(dir) ?? open(dir)
  opened.set(dir, known)
  return known
}

async function open(dir: string): Promise<Models> {
  const models: Models = {
    objects: null,
    general: null,
    descriptor: null,
    quality: null,
    subject: null,
    faces: null,
    faults: null,
    skin: null,
    versions: [],
    degraded: [],
  }
  const [objects, general, descriptor, quality, subject, finder, mesh, faults, skin] = await Promise.all(
    names.map((name) => loadModel(dir, name)),
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
  await use(subject, async (bytes) => {
    models.subject = await openSubjectHead(await import('onnxruntime-node'), bytes)
  })
  // One is of no use without the other.
  if (finder?.ok && mesh?.ok) {
    await use(finder, async () => {
      models.faces = await openFaces(await import('onnxruntime-node'), finder.bytes, mesh.bytes)
    })
    if (models.faces !== null) models.versions.push(`${mesh.entry.name}@${mesh.entry.version}`)
  } else for (const one of [finder, mesh]) if (one && !one.ok) models.degraded.push(one.because)
  await use(faults, (bytes) => {
    models.faults = readFaultModel(bytes)
  })
  await use(skin, async (bytes) => {
    models.skin = await openSkinHead(await import('onnxruntime-node'), bytes)
  })
  const place = (version: string): number => names.indexOf(version.replace(/@.*/, ''))
  models.versions.sort((a, b) => place(a) - place(b))
  return models
}
