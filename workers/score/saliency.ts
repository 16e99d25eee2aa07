import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Look } from './features.ts'
import type { Rgb } from './pixels.ts'
import { sessionOptions } from './session.ts'
import { cueMap, grid } from './subject.ts'

/** Says for each cell of the frame how much it looks like the subject, from maps of the object backbone: no second look at the photo. */
export type SubjectHead = { heat(look: Look, small: Rgb): Promise<Float32Array> }

/** Channels and side of each map, as the backbone gives them at 224 × 224. */
const shapes = { map32: [32, 28], map64: [64, 14], map96: [96, 14], map320: [320, 7], map1280: [1280, 7] } as const

type Runtime = { InferenceSession: typeof InferenceSession; Tensor: typeof Tensor }

/** @param weights made by models/train/subject.py */
export async function openSubjectHead(runtime: Runtime, weights: Uint8Array): Promise<SubjectHead> {
  const session = await runtime.InferenceSession.create(weights, sessionOptions)
  return {
    async heat(look, small) {
      const feeds: Record<string, Tensor> = { rule: new runtime.Tensor('float32', cueMap(small), [1, 2, grid, grid]) }
      for (const [name, [channels, side]] of Object.entries(shapes)) {
        const map = look.maps[name]
        if (map?.length !== channels * side * side) throw new Error(`the backbone gives no ${name} of ${channels} × ${side} × ${side}`)
        feeds[name] = new runtime.Tensor('float32', map, [1, channels, side, side])
      }
      const heat = (await session.run(feeds))['subject']?.data
      if (!(heat instanceof Float32Array) || heat.length !== grid * grid) throw new Error(`expected a map of ${grid} × ${grid}`)
      return heat
    },
  }
}
