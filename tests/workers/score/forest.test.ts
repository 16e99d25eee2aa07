import { describe, expect, test } from 'vitest'
import { loadModel, modelsDir } from '../../../models/load.ts'
import { guessFaults, readFaultModel } from '../../../workers/score/forest.ts'

async function shipped() {
  const loaded = await loadModel(modelsDir, 'faults')
  if (!loaded.ok) throw new Error(loaded.because)
  return readFaultModel(loaded.bytes)
}

describe('fault model', () => {
  test('the trees compute here what they computed where they were trained', async () => {
    const model = await shipped()
    const probe = Float32Array.from({ length: model.signs }, (_, i) => Math.sin(1 + 0.37 * i) * 3)
    const { blur, motion, noise } = guessFaults(model, probe)
    // Printed by models/train/faults.py when the file was made.
    expect(blur.mean).toBeCloseTo(0.31802, 3)
    expect(motion.mean).toBeCloseTo(1.25399, 3)
    expect(noise.mean).toBeCloseTo(1.508, 3)
    expect([blur, motion, noise].every(({ spread }) => spread > 0 && spread < 2)).toBe(true)
  })

  test('a picture read in another way than the trees were trained for is a bug with a name, not a wrong answer', async () => {
    const model = await shipped()
    expect(() => guessFaults(model, new Float32Array(model.signs - 1))).toThrow(/expected 95 signs, got 94/)
  })
})
