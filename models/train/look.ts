/** The two networks and the readings as the quality head is asked with them: one place for training and for measuring. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import sharp from 'sharp'
import { openBackbone } from '../../workers/score/features.ts'
import { openPhoto } from '../../workers/score/open.ts'
import type { Rgb } from '../../workers/score/pixels.ts'
import { qualityInput } from '../../workers/score/quality.ts'
import { fit, middle, previewSide, stretch, thumbSide } from '../../workers/score/renditions.ts'

/** `objects`: 3,984 raw features; `asIs`, `mirrored`: the head's input for the photo and for its mirror image. */
export type Looked = { objects: Float32Array; asIs: Float32Array; mirrored: Float32Array }

/** What the product sees of one picture: raw features of the object backbone, and the head's input. */
export async function openSight(): Promise<(rgb: Rgb) => Promise<{ shown: Float32Array; input: Float32Array }>> {
  const see = await open()
  return async (rgb) => see(await viewsOf(rgb))
}

export async function openLook(): Promise<(path: string) => Promise<Looked>> {
  const see = await open()
  return async (path) => {
    const { square, large, small } = await viewsOf((await openPhoto(path)).rgb)
    const own = await see({ square, large, small })
    const turned = await see({ square: mirror(square), large: mirror(large), small: mirror(small) })
    return { objects: own.shown, asIs: own.input, mirrored: turned.input }
  }
}

/** Decodes bytes of ours to pixels. */
export async function pixelsOf(bytes: Buffer): Promise<Rgb> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

type Views = { square: Rgb; large: Rgb; small: Rgb }

async function viewsOf(rgb: Rgb): Promise<Views> {
  const preview = await fit(rgb, previewSide)
  return { square: await stretch(preview, 224, 224), large: await middle(preview, 384), small: await fit(preview, thumbSide) }
}

async function open(): Promise<(views: Views) => Promise<{ shown: Float32Array; input: Float32Array }>> {
  const models = join(import.meta.dirname, '..')
  const objects = await openBackbone(ort, 'oidv4-backbone', await readFile(join(models, 'oidv4-backbone.onnx')), 224, 'signed')
  const general = await openBackbone(ort, 'general-backbone', await readFile(join(models, 'general-backbone.onnx')), 384, 'unit')
  return async ({ square, large, small }) => {
    const shown = (await objects.features(square)).slice()
    const { features, maps } = await general.look(large)
    const { corr } = maps
    if (!corr) throw new Error('the general backbone gives no correlations: convert it again')
    return { shown, input: qualityInput({ objects: shown, general: features, correlations: corr }, small) }
  }
}

function mirror({ data, width, height }: Rgb): Rgb {
  const turned = new Uint8Array(data.length)
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = width - 1; x >= 0; x--, o += 3) turned.set(data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3), o)
  }
  return { data: turned, width, height }
}
