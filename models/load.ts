import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isAbsolute, join, normalize } from 'node:path'
import { z } from 'zod'

/** What `models/manifest.json` says about one file of weights. The manifest is data of ours, but read back from a disk: parsed like any other. */
export const manifestEntry = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.number().int().positive(),
  file: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().positive(),
  /** Shape, value range and colour order of the input, in words. */
  input: z.string(),
  licence: z.string(),
  source: z.string(),
  /** The committed script that made the file. */
  madeBy: z.string(),
  /** What is measured on it, with the protocol; details stand in the model card. */
  metrics: z.record(z.string(), z.string()),
})
export type ManifestEntry = z.infer<typeof manifestEntry>
const manifest = z.strictObject({ manifest: z.literal(1), models: z.array(manifestEntry) })

export type ModelState = { name: string; state: 'ok' | 'missing' | 'wrong-hash'; sha256: string | null }
export type Loaded = { ok: true; entry: ManifestEntry; bytes: Buffer } | { ok: false; name: string; because: string }

/** Where the weights of this checkout or package are. */
export const modelsDir: string = import.meta.dirname

/** The parsed manifest, or null when it is missing or not what it should be. */
export async function readManifest(dir: string): Promise<ManifestEntry[] | null> {
  try {
    return manifest.parse(JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8'))).models
  } catch {
    return null
  }
}

/** State of every model in the manifest, for `doctor`. A missing manifest is one entry of that name. Never throws. */
export async function checkModels(dir: string): Promise<ModelState[]> {
  const entries = await readManifest(dir)
  if (!entries) return [{ name: 'manifest', state: 'missing', sha256: null }]
  return Promise.all(
    entries.map(async (entry): Promise<ModelState> => {
      const bytes = await readWeights(dir, entry)
      if (!bytes) return { name: entry.name, state: 'missing', sha256: null }
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { name: entry.name, state: sha256 === entry.sha256 ? 'ok' : 'wrong-hash', sha256 }
    }),
  )
}

/** Reads one model's weights and gives them out only when their hash is the manifest's. Never throws: the reason is a value. */
export async function loadModel(dir: string, name: string): Promise<Loaded> {
  const entries = await readManifest(dir)
  if (!entries) return { ok: false, name, because: `the list of models in ${dir} is missing or damaged` }
  const entry = entries.find((candidate) => candidate.name === name)
  if (!entry) return { ok: false, name, because: `model ${name} is not in the list of models` }
  const bytes = await readWeights(dir, entry)
  if (!bytes) return { ok: false, name, because: `model ${name} is missing (${entry.file}); reinstall Dropcard to get it back` }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== entry.sha256) {
    return {
      ok: false,
      name,
      because: `model ${name} is not the one expected (hash ${sha256.slice(0, 12)}… instead of ${entry.sha256.slice(0, 12)}…); reinstall Dropcard`,
    }
  }
  return { ok: true, entry, bytes }
}

async function readWeights(dir: string, entry: ManifestEntry): Promise<Buffer | null> {
  // The pattern already forbids separators; a file outside the folder is never opened even so.
  if (isAbsolute(entry.file) || normalize(entry.file).startsWith('..')) return null
  try {
    return await readFile(join(dir, entry.file))
  } catch {
    return null
  }
}
