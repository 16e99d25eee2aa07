import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { checkModels, loadModel, modelsDir, readManifest } from '../../models/load.ts'

const layers = [16, 24, 32, 64, 96, 160, 320, 1280]

/** Mean |mean| and mean deviation of each tapped layer for R = 2x/299 − 1, G = 2y/299 − 1, B = sin(x/7)·sin(y/11) at n × n. */
async function statistics(file: string, n: number): Promise<{ mean: number; deviation: number }[]> {
  const session = await ort.InferenceSession.create(join(modelsDir, file), { intraOpNumThreads: 1, interOpNumThreads: 1 })
  const input = new Float32Array(3 * n * n)
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const i = y * n + x
      input[i] = (2 * x) / 299 - 1
      input[n * n + i] = (2 * y) / 299 - 1
      input[2 * n * n + i] = Math.sin(x / 7) * Math.sin(y / 11)
    }
  }
  const feat = (await session.run({ x: new ort.Tensor('float32', input, [1, 3, n, n]) }))['feat']?.data
  if (!(feat instanceof Float32Array)) throw new Error('no features')
  let at = 0
  return layers.map((channels) => {
    const mean = feat.subarray(at, at + channels).reduce((sum, v) => sum + Math.abs(v), 0) / channels
    const deviation = feat.subarray(at + channels, at + 2 * channels).reduce((sum, v) => sum + v, 0) / channels
    at += 2 * channels
    return { mean, deviation }
  })
}

describe('models', () => {
  test('what the manifest lists is there, whole, small, and has a card and a script', async () => {
    const entries = (await readManifest(modelsDir)) ?? []
    expect(entries.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['oidv4-backbone', 'general-backbone', 'likeness-descriptor', 'quality-head']),
    )
    expect((await checkModels(modelsDir)).map(({ state }) => state)).toEqual(entries.map(() => 'ok'))
    const files = await readdir(modelsDir, { recursive: true })
    for (const entry of entries) {
      expect((await stat(join(modelsDir, entry.file))).size).toBe(entry.bytes)
      expect(files).toEqual(expect.arrayContaining([`${entry.name.toUpperCase()}.md`, entry.madeBy]))
    }
    expect(entries.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(10e6)
    const weights = files.filter((file) => /\.(onnx|safetensors)$/.test(file))
    expect(weights.toSorted()).toEqual(entries.map(({ file }) => file).toSorted())
  })

  test('the converted networks compute what the originals compute', async () => {
    // oidv4: from TensorFlow Lite's reference kernels. general: fixed when it was converted (middle of the frame), so that a rebuild cannot drift unseen.
    const expected: Record<string, [number, number][]> = {
      'oidv4-backbone.onnx': [
        [0.88836, 4.10773],
        [1.55405, 2.57451],
        [1.10711, 2.36029],
        [2.32544, 2.31424],
        [0.99866, 1.78728],
        [0.5279, 1.46011],
        [0.22754, 0.75032],
        [0.19188, 0.32668],
      ],
      'general-backbone.onnx': [
        [1.29855, 2.60846],
        [2.61253, 4.93222],
        [3.84787, 5.82886],
        [3.84356, 3.40737],
        [2.26071, 2.15988],
        [2.13769, 1.34475],
        [1.17656, 0.60277],
        [0.09036, 0.07924],
      ],
    }
    for (const [file, golden] of Object.entries(expected)) {
      const side = file.startsWith('oidv4') ? 300 : 384
      for (const [i, { mean, deviation }] of (await statistics(file, side)).entries()) {
        const [goldenMean = Number.NaN, goldenDeviation = Number.NaN] = golden[i] ?? []
        expect([file, i, Math.abs(mean - goldenMean) < 2e-4, Math.abs(deviation - goldenDeviation) < 2e-4]).toEqual([file, i, true, true])
      }
    }
  })

  test('a missing, changed or unlisted model is a named state, never a crash', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'dropcard-models-'))
    try {
      expect(await checkModels(dir)).toEqual([{ name: 'manifest', state: 'missing', sha256: null }])
      await copyFile(join(modelsDir, 'manifest.json'), join(dir, 'manifest.json'))
      const names = ((await readManifest(dir)) ?? []).map(({ name }) => name)
      const head = await readFile(join(modelsDir, 'quality-head.safetensors'))
      head[head.length - 1] = (head.at(-1) ?? 0) ^ 255
      await writeFile(join(dir, 'quality-head.safetensors'), head)
      expect((await checkModels(dir)).map(({ state }) => state)).toEqual(
        names.map((name) => (name === 'quality-head' ? 'wrong-hash' : 'missing')),
      )
      expect(await loadModel(dir, 'quality-head')).toMatchObject({ ok: false, because: expect.stringMatching(/not the one expected/) })
      expect(await loadModel(dir, 'oidv4-backbone')).toMatchObject({ ok: false, because: expect.stringMatching(/is missing/) })
      expect(await loadModel(dir, '../secret')).toMatchObject({ ok: false, because: expect.stringMatching(/not in the list/) })
      for (const text of ['', '{', '{"manifest":1,"models":[{"name":"x","file":"../../etc/passwd"}]}', 'null']) {
        await writeFile(join(dir, 'manifest.json'), text)
        expect(await readManifest(dir)).toBeNull()
      }
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })
})
