import { Refusal, type TaskHandler } from '../protocol.ts'
import { openTake, type Take } from './container/take.ts'
import { needFfmpeg } from './ffmpeg/tools.ts'
import { choose } from './find/choose.ts'
import { measureHeight, measureWidth } from './find/frames.ts'
import { crispestOf, momentsOf } from './find/moments.ts'
import { planSearch, type Search } from './find/plan.ts'
import type { Timeline } from './find/ranges.ts'
import { listen } from './find/sound.ts'
import { sight } from './find/subject.ts'
import { type Watched, watch } from './find/watch.ts'

/** Name and version of what chose; raise it with every change of a measure, weight or threshold. */
export const model = 'clip-measures@2'

/**
 * Finds the seconds of a take worth keeping, cheapest look first: packets and sound of all of it, then its keyframes, then every picture of the most
 * promising seconds. Short takes and takes with rare keyframes are decoded whole. Clips are never shorter or longer than asked; a take with no piece
 * that long yields none, and `rejected` says why.
 */
export const find: TaskHandler<'cut.find'> = async ({ path, minUs, maxUs, most, modelsDir }, { signal, progress }) => {
  if (!(minUs > 0 && maxUs >= minUs))
    throw new Refusal('unsupported', `lengths ${minUs}–${maxUs} µs: expected a least length above 0 and not above the longest`)
  const ffmpeg = await needFfmpeg()
  const take = await openTake(path, signal)
  const sound = await listen(ffmpeg, take, signal)
  const share = (from: number, to: number) => (done: number) => progress(Math.round(1000 * (from + (to - from) * done)), 1000)
  const search = await planSearch(ffmpeg, take, sound, { minUs, maxUs, most }, signal, share(0.05, 0.3))
  const seen = await watchAll(take, search, modelsDir !== null, signal, share(search.passed === null ? 0.05 : 0.3, 0.9))
  const kept = seen.flatMap((one) => one.kept)
  const { sightings, because } = await sight(kept, { width: measureWidth, height: measureHeight }, take.media.video, modelsDir, signal)
  const timeline = timelineOf(take, search, seen)
  const { chosen, left } = choose({ ...timeline, sound, sightings }, { minUs, maxUs, most })
  return {
    model,
    info: take.info,
    clips: chosen.map(({ inUs, outUs, measures }) => ({ inUs, outUs, measures })),
    rejected: [...left, ...(search.passed ?? [])]
      .map(({ inUs, outUs, because: reason }) => ({ inUs: Math.round(inUs), outUs: Math.round(outUs), because: reason }))
      .sort((a, b) => a.inUs - b.inUs),
    degraded: because === null ? [] : [because],
  }

  async function watchAll(
    of: Take,
    { spans }: Search,
    keep: boolean,
    stop: AbortSignal,
    done: (share: number) => void,
  ): Promise<Watched[]> {
    const all: Watched[] = []
    const totalUs = spans.reduce((sum, { inUs, outUs }) => sum + outUs - inUs, 0)
    let before = 0
    for (const span of spans) {
      const onTime = (timeUs: number) => done(Math.min(1, (before + timeUs - span.inUs) / totalUs))
      const watched = await watch(ffmpeg, of, search.passed === null ? null : span, { keep, totalUs }, stop, onTime)
      if (watched !== null) all.push(watched)
      before += span.outUs - span.inUs
    }
    if (all.length === 0)
      throw new Refusal('damaged', `${of.media.source.name}: not one picture of it can be decoded; copy it from the card again`)
    return all
  }
}

/** Puts what was watched on one timeline; sharpness is judged against the crispest pictures of all of it. */
function timelineOf(take: Take, search: Search, seen: readonly Watched[]): Omit<Timeline, 'sound' | 'sightings'> {
  const crispest = crispestOf(seen.flatMap(({ frames }) => frames.map(({ detail }) => detail)))
  // Some streams show a few frames before their own zero; players do not.
  const startUs = Math.max(0, (search.passed === null ? seen[0]?.timesUs[0] : take.rate.firstUs) ?? 0)
  const whole = seen[0]
  const endUs =
    search.passed === null && whole !== undefined
      ? Math.round((whole.timesUs.at(-1) ?? 0) + (take.rate.stepUs ?? take.rate.durationUs))
      : take.rate.firstUs + take.rate.durationUs
  return {
    spans: search.passed === null ? [{ inUs: startUs, outUs: endUs }] : seen.map(({ span }) => span),
    moments: seen.flatMap(({ frames, timesUs, cuts }) => momentsOf(frames, timesUs, new Set(cuts), crispest)),
    cutsUs: seen.flatMap(({ cuts, timesUs }) => cuts.map((frame) => timesUs[frame] ?? 0)),
    blends: seen.flatMap(({ blends }) => blends),
    frameTimesUs: seen.flatMap(({ timesUs }) => timesUs),
    startUs,
    endUs,
  }
}
