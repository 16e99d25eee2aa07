// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { type Box, clamp, type Rgb, release } from './pixels.ts'
import { stretch } from './renditions.ts'
import { sessionOptions } from './session.ts'

/** One face that both networks believe in. */
export type Face = {
  /** Fractions of the upright frame. */
  box: Box
  /** 0–1: of the finder and of the mesh, whichever is less sure. */
  sure: number
  /** Eye aspect ratio after Soukupová and Čech (2016), the mean of both eyes: about .2–.5 open, but each face has its own. */
  openness: number
  /** 0 = seen from the front, 1 = from the side, where nothing can be said about the eyes. */
  turned: number
}

export type FaceFinder = { find(small: Rgb, preview: Rgb): Promise<Face[]> }

type Runtime = { InferenceSession: typeof InferenceSession; Tensor: typeof Tensor }
type Found = { box: Box; sure: number; eyes: readonly [Point, Point] }
type Point = { x: number; y: number }

/** A face that the finder is this sure of is looked at closer; the mesh must be as sure. Chosen on photos looked at by eye (FACE-FINDER.md). */
const least = 0.6
const finderSide = 256
const meshSide = 192
/** A crowd is no portrait: the largest faces tell enough, and each costs a run of the mesh. */
const mostFaces = 6

/**
 * @param finder BlazeFace (Bazarevsky et al., 2019), @param mesh Face Mesh (Kartynnik et al., 2019); both converted by models/train/faces.py
 */
export async function openFaces(runtime: Runtime, finder: Uint8Array, mesh: Uint8Array): Promise<FaceFinder> {
  const first = await runtime.InferenceSession.create(finder, sessionOptions)
  const second = await runtime.InferenceSession.create(mesh, sessionOptions)
  const floats = (of: InferenceSession.OnnxValueMapType, name: string): Float32Array => {
    const data = of[name]?.data
    if (!(data instanceof Float32Array)) throw new Error(`the face network has no output ${name}`)
    return data
  }
  return {
    async find(small, preview) {
      const { input, scale, left, top } = await letterbox(small)
      const out = await first.run({ x: new runtime.Tensor('float32', input, [1, 3, finderSide, finderSide]) })
      release(input)
      const boxes = [
        ...decode(floats(out, 'logits16'), floats(out, 'boxes16'), 16, 2),
        ...decode(floats(out, 'logits32'), floats(out, 'boxes32'), 32, 6),
      ]
      const upright = (x: number, y: number): Point => ({ x: (x - left) / (scale * small.width), y: (y - top) / (scale * small.height) })
      const faces: Face[] = []
      for (const { box, sure, eyes } of distinct(boxes).slice(0, mostFaces)) {
        const from = upright(box.x, box.y)
        const to = upright(box.x + box.w, box.y + box.h)
        const frame = { x: from.x, y: from.y, w: to.x - from.x, h: to.y - from.y }
        const crop = around(preview, frame, upright(eyes[0].x, eyes[0].y), upright(eyes[1].x, eyes[1].y))
        const read = await second.run({ x: new runtime.Tensor('float32', crop, [1, 3, meshSide, meshSide]) })
        release(crop)
        const flag = floats(read, 'flag')[0] ?? 0
        if (flag < least) continue
        const points = floats(read, 'mesh')
        const x = clamp(frame.x)
        const y = clamp(frame.y)
        faces.push({
          box: { x, y, w: clamp(frame.x + frame.w) - x, h: clamp(frame.y + frame.h) - y },
          sure: Math.min(sure, flag),
          openness: (aspect(points, leftEye) + aspect(points, rightEye)) / 2,
          turned: turnedBy(points),
        })
      }
      return faces
    },
  }
}

async function letterbox(small: Rgb): Promise<{ input: Float32Array<ArrayBuffer>; scale: number; left: number; top: number }> {
  const scale = finderSide / Math.max(small.width, small.height)
  const width = Math.max(1, Math.round(small.width * scale))
  const height = Math.max(1, Math.round(small.height * scale))
  const { data } = await stretch(small, width, height)
  const left = (finderSide - width) >> 1
  const top = (finderSide - height) >> 1
  const n = finderSide * finderSide
  // Black around the photo: x / 127.5 - 1 of 0.
  const input = new Float32Array(3 * n).fill(-1)
  for (let y = 0, j = 0; y < height; y++) {
    let i = (top + y) * finderSide + left
    for (let x = 0; x < width; x++, i++, j += 3) {
      input[i] = data[j]! / 127.5 - 1
      input[n + i] = data[j + 1]! / 127.5 - 1
      input[2 * n + i] = data[j + 2]! / 127.5 - 1
    }
  }
  release(data)
  return { input, scale, left, top }
}

/** Anchors sit in the middle of each cell; a row is [cx, cy, w, h] and six points, all in pixels from the anchor. Points 0 and 1 are the eyes. */
function decode(logits: Float32Array, rows: Float32Array, stride: number, each: number): Found[] {
  const across = finderSide / stride
  const found: Found[] = []
  for (let i = 0; i < logits.length; i++) {
    const sure = 1 / (1 + Math.exp(-logits[i]!))
    if (!(sure >= least)) continue
    const cell = Math.floor(i / each)
    const ax = ((cell % across) + 0.5) * stride
    const ay = (Math.floor(cell / across) + 0.5) * stride
    const at = 16 * i
    const w = rows[at + 2]!
    const h = rows[at + 3]!
    if (!(w > 4 && h > 4)) continue
    const point = (k: number): Point => ({ x: ax + rows[at + 4 + 2 * k]!, y: ay + rows[at + 5 + 2 * k]! })
    found.push({ box: { x: ax + rows[at]! - w / 2, y: ay + rows[at + 1]! - h / 2, w, h }, sure, eyes: [point(0), point(1)] })
  }
  return found
}

/** Drops what overlaps a surer box by more than .3 of their union; the largest first. */
function distinct(found: readonly Found[]): Found[] {
  const kept: Found[] = []
  for (const one of found.toSorted((a, b) => b.sure - a.sure)) if (kept.every((other) => overlap(one.box, other.box) <= 0.3)) kept.push(one)
  return kept.sort((a, b) => b.box.w * b.box.h - a.box.w * a.box.h)
}

function overlap(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y)
  if (w <= 0 || h <= 0) return 0
  return (w * h) / (a.w * a.h + b.w * b.h - w * h)
}

/** The square the mesh was made for: 1.5 times the longer side of the face, turned so that the eyes lie level. RGB / 255, three planes. */
function around(rgb: Rgb, face: Box, one: Point, two: Point): Float32Array<ArrayBuffer> {
  const { data, width, height } = rgb
  const side = 1.5 * Math.max(face.w * width, face.h * height)
  const angle = Math.atan2((two.y - one.y) * height, (two.x - one.x) * width)
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  const cx = (face.x + face.w / 2) * width
  const cy = (face.y + face.h / 2) * height
  const n = meshSide * meshSide
  const out = new Float32Array(3 * n)
  for (let y = 0, i = 0; y < meshSide; y++) {
    const dy = ((y + 0.5) / meshSide - 0.5) * side
    for (let x = 0; x < meshSide; x++, i++) {
      const dx = ((x + 0.5) / meshSide - 0.5) * side
      const u = cx + cos * dx - sin * dy - 0.5
      const v = cy + sin * dx + cos * dy - 0.5
      const x0 = Math.floor(u)
      const y0 = Math.floor(v)
      if (x0 < 0 || y0 < 0 || x0 + 1 >= width || y0 + 1 >= height) continue
      const fx = u - x0
      const fy = v - y0
      const j = 3 * (y0 * width + x0)
      const k = j + 3 * width
      for (let c = 0; c < 3; c++) {
        const upper = data[j + c]! * (1 - fx) + data[j + 3 + c]! * fx
        const lower = data[k + c]! * (1 - fx) + data[k + 3 + c]! * fx
        out[c * n + i] = (upper * (1 - fy) + lower * fy) / 255
      }
    }
  }
  return out
}

/** Corners and lids in the order p0…p5 of the eye aspect ratio. */
const leftEye = [362, 385, 387, 263, 373, 380] as const
const rightEye = [33, 160, 158, 133, 153, 144] as const

function aspect(mesh: Float32Array, eye: readonly [number, number, number, number, number, number]): number {
  const gap = (a: number, b: number): number => Math.hypot(mesh[3 * a]! - mesh[3 * b]!, mesh[3 * a + 1]! - mesh[3 * b + 1]!)
  return (gap(eye[1], eye[5]) + gap(eye[2], eye[4])) / Math.max(1e-3, 2 * gap(eye[0], eye[3]))
}

/** How unequally the tip of the nose (1) divides the face from cheek (234) to cheek (454). */
function turnedBy(mesh: Float32Array): number {
  const one = Math.abs(mesh[3]! - mesh[3 * 234]!)
  const two = Math.abs(mesh[3 * 454]! - mesh[3]!)
  return clamp(Math.abs(one - two) / Math.max(1e-3, one + two))
}
