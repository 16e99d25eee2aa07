import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refusal, type TaskArgs, type TaskOut } from '../../protocol.ts'
import type { Render } from '../channels/channel.ts'
import { readMp4 } from '../container/boxes.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import { drawCaptions } from './burn/captions.ts'
import { drawOverlay } from './burn/overlay.ts'
import { chooseCover } from './cover.ts'
import { copyClip, encodeClip } from './encode.ts'
import { openFinder } from './framing/finder.ts'
import { type Framing, frameClip } from './framing/frame.ts'
import { type Looked, lookAt } from './framing/look.ts'
import { along, type Sight, sightsOf } from './framing/sight.ts'
import { findLevel, highestPeak, type Level, type Loudness, measureLoudness, usualCeiling } from './loudness.ts'
import { canLayer, canPad, type Layer, needFilters } from './picture.ts'
import { type Plan, soundFilters } from './plan.ts'
import { notAsked, steadying } from './stabilise.ts'

export type Asked = TaskArgs<'cut.clip'>
type Told = Pick<TaskOut<'cut.clip'>, 'cover' | 'crop' | 'because' | 'notes'>

/** What was made, and what is known of it. `loudness`: measured on the file; null where there was no sound to bring to a level. */
export type Made = Told & { loudness: Loudness | null }

export type Making = { ffmpeg: Ffmpeg; asked: Asked; plan: Plan; render: Render; signal: AbortSignal; progress(share: number): void }

/** Looks at the clip, frames it, levels its sound and encodes it into `part`. Refusals name what failed; nothing but `part` is left behind. */
export async function makeClip({ ffmpeg, asked, plan, render, signal, progress }: Making, part: string): Promise<Made> {
  needFilters(ffmpeg)
  const notes: string[] = []
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-clip-'))
  try {
    const steady = asked.stabilise ? steadying(ffmpeg, plan, folder) : notAsked
    if (steady.note !== null) notes.push(steady.note)
    const looked = await lookAt(ffmpeg, plan, steady.look, signal, (share) => progress(share * 0.2))
    const { sights, because } = await sightsFor(asked.modelsDir, looked, signal, (share) => progress(0.2 + share * 0.1))
    const framing = frame(ffmpeg, asked, plan, looked, sights, notes)
    if (because !== null && asked.reframe === 'follow' && framing.kind !== 'whole') notes.push(`${because}: the product is not looked for`)
    const level = await levelOf(ffmpeg, plan, signal)
    const layers = await layersFor(ffmpeg, asked, plan, folder, notes)
    progress(0.33)
    const picture = { plan, framing, steady, layers }
    await encodeClip(ffmpeg, { picture, level, render, path: part, signal, progress: (share) => progress(0.33 + share * 0.62) })
    await expectPictures(plan, part)
    const loudness = await settle(ffmpeg, plan, render, level, part, signal, notes)
    const coverUs = Math.round((chooseCover(looked, sights ?? [], framing, plan.frames) / plan.framesPerSecond) * 1e6)
    progress(1)
    return { cover: { atUs: coverUs }, crop: framing.kind, because: framing.because, notes, loudness }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A take that breaks off or is damaged gives fewer pictures than its packets promise; one less is a matter of rounding. */
async function expectPictures({ take, frames }: Plan, part: string): Promise<void> {
  const count = (await readMp4(part)).tracks.find((track) => track.kind === 'video')?.samples ?? 0
  if (count >= frames - 1) return
  const { name } = take.media.source
  throw new Refusal('damaged', `${name}: only ${count} of ${frames} pictures of these seconds can be decoded; choose another part of it`)
}

type Sights = { sights: Sight[] | null; because: string | null }

async function sightsFor(
  modelsDir: string | null,
  looked: Looked,
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<Sights> {
  if (modelsDir === null) return { sights: null, because: 'no models were given' }
  const { finder, because } = await openFinder(modelsDir)
  return { sights: finder === null ? null : await sightsOf(looked, finder, signal, progress), because }
}

function frame(ffmpeg: Ffmpeg, { reframe }: Asked, plan: Plan, looked: Looked, sights: readonly Sight[] | null, notes: string[]): Framing {
  const { info } = plan.take
  const own = info.width / info.height
  const target = plan.size.width / plan.size.height
  const wanted = { own, target, frames: plan.frames, framesPerSecond: plan.framesPerSecond, cuts: looked.cuts }
  const framing = frameClip(along(sights ?? [], own > target ? 'x' : 'y'), { ...wanted, reframe })
  if (framing.kind !== 'pad' || canPad(ffmpeg)) return framing
  notes.push('no overlay or split in this ffmpeg: cut instead of padded')
  return frameClip([], { ...wanted, reframe: 'center' })
}

/** How the clip's sound is levelled; null for no sound, room noise, or a track that cannot be decoded (it becomes silence). */
async function levelOf(ffmpeg: Ffmpeg, plan: Plan, signal: AbortSignal, ceiling = usualCeiling): Promise<Level | null> {
  const { media } = plan.take
  if (plan.sound !== 'take' || media.audio === null) return null
  const sound = { input: plan.input, map: `0:${media.audio.index}`, filters: soundFilters(plan), bytes: media.source.bytes, signal }
  return findLevel(ffmpeg, sound, ceiling)
}

async function layersFor(ffmpeg: Ffmpeg, { overlay, captions }: Asked, plan: Plan, folder: string, notes: string[]): Promise<Layer[]> {
  const isAsked = captions !== null || (overlay !== null && Object.values(overlay).some((text) => text !== null && text.trim() !== ''))
  if (!isAsked) return []
  if (!canLayer(ffmpeg)) {
    notes.push('no overlay in this ffmpeg: no title, price, code or captions on the clip')
    return []
  }
  const { layers, freeAbove } =
    overlay === null ? { layers: [], freeAbove: plan.size.height } : await drawOverlay(overlay, plan.size, folder, notes)
  return captions === null ? layers : [...layers, ...(await drawCaptions(captions, plan, plan.size, freeAbove, folder, notes))]
}

/**
 * Measures the finished file as a stranger would. AAC may lift a peak over the limit that held before it: then the sound alone is made again, lower.
 * A level that cannot be is no fault, but is told.
 */
async function settle(
  ffmpeg: Ffmpeg,
  plan: Plan,
  render: Render,
  first: Level | null,
  part: string,
  signal: AbortSignal,
  notes: string[],
): Promise<Loudness | null> {
  if (first === null) return null
  const measure = () =>
    measureLoudness(ffmpeg, {
      input: ['-protocol_whitelist', 'file,pipe', '-f', 'mov', '-i', `file:${part}`],
      map: '0:a',
      filters: [],
      bytes: 0,
      signal,
    })
  let [level, heard] = [first, await measure()]
  let ceiling = usualCeiling
  for (let round = 0; round < 3 && heard !== null && heard.truePeak > highestPeak; round++) {
    ceiling -= heard.truePeak - highestPeak + 0.2
    level = (await levelOf(ffmpeg, plan, signal, ceiling)) ?? level
    // A name that is swept with the part itself, should this be the end.
    const again = `${part.replace(/\.part$/, '')}.00000000.part`
    try {
      await copyClip(ffmpeg, part, again, { plan, level, render }, signal)
      await rename(again, part)
    } finally {
      await rm(again, { force: true })
    }
    heard = await measure()
  }
  if (level.reached) return heard
  notes.push(`the sound cannot be brought to −14 LUFS without distortion: it is at ${heard?.integrated.toFixed(1) ?? 'an unknown level'}`)
  return null
}
