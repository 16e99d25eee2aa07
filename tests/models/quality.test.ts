import { describe, expect, test } from 'vitest'
import { loadModel, modelsDir } from '../../models/load.ts'
import { readTensors } from '../../models/tensors.ts'
import { learned } from '../../workers/score/learned.ts'
import { openModels } from '../../workers/score/models.ts'
import type { Rgb } from '../../workers/score/pixels.ts'
import { predictMos, qualityInput, qualityLength } from '../../workers/score/quality.ts'
import { readingVector } from '../../workers/score/readings.ts'
import { fit, stretch } from '../../workers/score/renditions.ts'

/** A soft disc with fine texture on a slow shade. */
function drawn({ width, height }: { width: number; height: number }): Rgb {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shape = 1 / (1 + Math.exp((Math.hypot(x - 300, y - 250) - 140) * 0.8))
      const grain = 20 * Math.sin(x / 1.7) * Math.sin(y / 2.3) + 12 * Math.sin((x + y) / 3.1)
      for (const [base, lift] of [
        [90 + 40 * Math.sin(x / 150), 100],
        [110 + 30 * Math.cos(y / 120), 40],
        [120 - 20 * Math.sin((x - y) / 180), -40],
      ] as const)
        data[i++] = Math.max(0, Math.min(255, Math.round(base + shape * (lift + grain))))
    }
  }
  return { data, width, height }
}

const head = async () => {
  const loaded = await loadModel(modelsDir, 'quality-head')
  if (!loaded.ok) throw new Error(loaded.because)
  const t = readTensors(loaded.bytes)
  const f32 = (name: string) => t.f32(name, qualityLength)
  return { mean: f32('mean'), scale: f32('scale'), weights: f32('weights'), bias: t.f32('bias', 1)[0] ?? Number.NaN }
}

describe('quality head', () => {
  test('its sum is the one training made, cut included', async () => {
    const own = await head()
    // Input i lies 6·sin(i) deviations from its mean: a third of them beyond the cut. Expected: computed by numpy from the same file.
    const input = Float32Array.from({ length: qualityLength }, (_, i) => (own.mean[i] ?? 0) + (6 * Math.sin(i)) / (own.scale[i] ?? 1))
    expect(predictMos(input, own)).toBeCloseTo(54.853068, 4)
  })

  test('its input has one layout: two blocks of layers (deviations and last means as logs), correlations, readings', () => {
    const ramp = Float32Array.from({ length: 3984 }, (_, i) => i / 1000)
    const correlations = Float32Array.from({ length: 4560 }, (_, i) => i / 4560)
    const small = drawn({ width: 480, height: 360 })
    const input = qualityInput({ objects: ramp, general: ramp.map((v) => -v), correlations }, small)
    const at = [0, 15, 16, 31, 32, 1423, 1424, 3983, 3984, 3984 + 15, 3984 + 16, 7968, 7968 + 4559].map((i) => input[i] ?? Number.NaN)
    const expected = [0, 0.015, Math.log(0.026), Math.log(0.041), 0.032, Math.log(1.433), Math.log(1.434), Math.log(3.993), 0, -0.015]
    for (const [i, value] of [...expected, Math.log(0.01), 0, 4559 / 4560].entries()) expect(at[i]).toBeCloseTo(value, 5)
    expect([...input.subarray(-8)]).toEqual([...readingVector(small)])
    expect(() => qualityInput({ objects: ramp.subarray(1), general: ramp, correlations }, small)).toThrow('expected 3984 features')
    expect(() => qualityInput({ objects: ramp, general: ramp, correlations: ramp }, small)).toThrow('expected 4560 correlations')
  })

  test('from pixels to figure, a drawn picture keeps what it got; without the object network there is none', async () => {
    const models = await openModels(modelsDir)
    const { objects } = models
    if (!objects) throw new Error(models.degraded.join('; '))
    const rgb = drawn({ width: 640, height: 480 })
    const shown = await objects.features(await stretch(rgb, objects.side, objects.side))
    const { quality, embedding } = await learned(models, shown, rgb, await fit(rgb, 480))
    expect(quality?.value).toBeCloseTo(0.3915, 2)
    expect(embedding?.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 5)
    expect((await learned(models, null, rgb, rgb)).quality).toBeNull()
  })
})
