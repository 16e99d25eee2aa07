import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Look } from './features.ts'
import { sessionOptions } from './session.ts'
import { grid } from './subject.ts'

type Runtime = { InferenceSession: typeof InferenceSession; Tensor: typeof Tensor }

/** Name, channels and side of maps of the object backbone, as it gives them at 224 × 224. */
export type Maps = readonly (readonly [name: string, channels: number, side: number])[]

/** Says one value for each cell of the grid, from maps of the object backbone and signs of its own: no second look at the photo. */
export type Head = (look: Look, signs: Float32Array) => Promise<Float32Array>

/** @param signs name of the network's own input of so many channels, grid × grid each; @param says name of its output */
export async function openHead(
  runtime: Runtime,
  weights: Uint8Array,
  maps: Maps,
  signs: { name: string; channels: number },
  says: string,
): Promise<Head> {
  const session = await runtime.InferenceSession.create(weights, sessionOptions)
  return async (look, own) => {
    const feeds: Record<string, Tensor> = { [signs.name]: new runtime.Tensor('float32', own, [1, signs.channels, grid, grid]) }
    for (const [name, channels, side] of maps) {
      const map = look.maps[name]
      if (map?.length !== channels * side * side) throw new Error(`the backbone gives no ${name} of ${channels} × ${side} × ${side}`)
      feeds[name] = new runtime.Tensor('float32', map, [1, channels, side, side])
    }
    const heat = (await session.run(feeds))[says]?.data
    if (!(heat instanceof Float32Array) || heat.length !== grid * grid) throw new Error(`expected a map of ${grid} × ${grid}`)
    return heat
  }
}
