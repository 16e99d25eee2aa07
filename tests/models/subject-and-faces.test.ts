import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { modelsDir } from '../../models/load.ts'

const run = async (file: string, feeds: Record<string, ort.Tensor>): Promise<(name: string) => Float32Array> => {
  const session = await ort.InferenceSession.create(join(modelsDir, file), { intraOpNumThreads: 1, interOpNumThreads: 1 })
  const out = await session.run(feeds)
  return (name) => {
    const data = out[name]?.data
    if (!(data instanceof Float32Array)) throw new Error(`${file} has no output ${name}`)
    return data
  }
}

/** R = (x + y) / (2n - 2), G = .5 + .5 sin(x / 7) sin(y / 11), B = 1 - y / (n - 1), then scaled as the network wants it. */
function picture(side: number, scale: (value: number) => number): ort.Tensor {
  const n = side * side
  const data = new Float32Array(3 * n)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const i = y * side + x
      data[i] = scale((x + y) / (2 * side - 2))
      data[n + i] = scale(0.5 + 0.5 * Math.sin(x / 7) * Math.sin(y / 11))
      data[2 * n + i] = scale(1 - y / (side - 1))
    }
  }
  return new ort.Tensor('float32', data, [1, 3, side, side])
}

const facts = (values: Float32Array): number[] => [
  values.length,
  values.reduce((sum, v) => sum + v, 0) / values.length,
  values[0] ?? Number.NaN,
  values.at(-1) ?? Number.NaN,
]

const near = (found: number[], golden: number[]): boolean =>
  found.every((value, i) => Math.abs(value - (golden[i] ?? Number.NaN)) <= 2e-4 * Math.max(1, Math.abs(value)))

describe('networks for the subject and for faces', () => {
  test('the face networks compute what the publisher’s files compute in TensorFlow.js 4.22', async () => {
    const finder = await run('face-finder.onnx', { x: picture(256, (v) => 2 * v - 1) })
    const mesh = await run('face-mesh.onnx', { x: picture(192, (v) => v) })
    const golden: [Float32Array, number[]][] = [
      [finder('logits16'), [512, -158.24676, -3.83414, -3.31922]],
      [finder('boxes16'), [8192, 6.28703, -3.88924, -16.61817]],
      [finder('logits32'), [384, -5.9138, -2.54861, -20.41341]],
      [finder('boxes32'), [6144, 19.52071, 5.1206, -15.54366]],
      [mesh('flag'), [1, 0.00239, 0.00239, 0.00239]],
      [mesh('mesh'), [1404, 67.81247, 105.13637, 3.47638]],
    ]
    for (const [values, expected] of golden) expect([facts(values), near(facts(values), expected)]).toEqual([facts(values), true])
  })

  test('the subject head computes what it computed where it was trained', async () => {
    const shapes = { map32: [32, 28], map64: [64, 14], map96: [96, 14], map320: [320, 7], map1280: [1280, 7], rule: [2, 28] } as const
    const feeds = Object.fromEntries(
      Object.entries(shapes).map(([name, [channels, side]]) => {
        const data = Float32Array.from({ length: channels * side * side }, (_, i) => Math.sin(i / 3))
        return [name, new ort.Tensor('float32', data, [1, channels, side, side])]
      }),
    )
    const heat = (await run('subject-head.onnx', feeds))('subject')
    const mean = heat.reduce((sum, v) => sum + v, 0) / heat.length
    // Its weights are stored as float16: a thousandth is what that costs.
    const seen = [heat.length, mean, heat[0] ?? Number.NaN, heat[14 * 28 + 14] ?? Number.NaN]
    expect([seen, seen.every((value, i) => Math.abs(value - (subjectGolden[i] ?? Number.NaN)) < 1e-3)]).toEqual([seen, true])
  })

  test('the skin head computes what it computed where it was trained', async () => {
    const shapes = { map32: [32, 28], map64: [64, 14], map96: [96, 14], map320: [320, 7], colour: [12, 28] } as const
    const feeds = Object.fromEntries(
      Object.entries(shapes).map(([name, [channels, side]]) => {
        const data = Float32Array.from({ length: channels * side * side }, (_, i) => Math.sin(i / 3))
        return [name, new ort.Tensor('float32', data, [1, channels, side, side])]
      }),
    )
    const skin = (await run('skin-head.onnx', feeds))('skin')
    const golden = [784, 0.00277, 0.03472, 0.00021, 0.08398]
    const found = [skin.length, skin.reduce((sum, v) => sum + v, 0) / skin.length, skin[0] ?? 0, skin[14 * 28 + 14] ?? 0, Math.max(...skin)]
    expect([found, near(found, golden)]).toEqual([found, true])
  })
})

/** Printed by models/train/subject.py from PyTorch. */
const subjectGolden = [784, 0.15474, 0.05898, 0.00428]
