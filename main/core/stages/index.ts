import { createFrames } from '../library/frames.ts'
import { analyseClip } from './analyse-clip.ts'
import { analysePhoto } from './analyse-photo.ts'
import { autoClips } from './auto-clips.ts'
import { clipSweep } from './clip-sweep.ts'
import { cutClip } from './cut-clip.ts'
import { dropFlip } from './drop-flip.ts'
import { exportClip } from './export-clip.ts'
import { groupStage } from './group.ts'
import { learnStage } from './learn.ts'
import { learnClipsStage } from './learn-clips.ts'
import { marksSync } from './marks-sync.ts'
import { offloadCopy } from './offload-copy.ts'
import { offloadFinish } from './offload-finish.ts'
import { offloadScan } from './offload-scan.ts'
import { publishFinish } from './publish-finish.ts'
import { publishListing } from './publish-listing.ts'
import { publishLook } from './publish-look.ts'
import { publishSweep } from './publish-sweep.ts'
import { renderPhoto } from './render-photo.ts'
import { rescorePhoto, subjectPhoto } from './rescore-photo.ts'
import { type AnyStage, seal } from './stage.ts'

/** Every stage; adding one is one line here. The engine does not start with a duplicate or missing name. */
export function stages(): ReadonlyMap<string, AnyStage> {
  const frames = createFrames()
  const all = [
    seal(offloadScan),
    seal(offloadCopy),
    seal(offloadFinish),
    seal(analysePhoto),
    seal(subjectPhoto),
    seal(rescorePhoto),
    seal(analyseClip),
    seal(groupStage(frames)),
    seal(learnStage(frames)),
    seal(marksSync),
    seal(renderPhoto),
    seal(cutClip),
    seal(autoClips),
    seal(exportClip),
    seal(clipSweep),
    seal(learnClipsStage),
    seal(publishListing),
    seal(publishLook),
    seal(publishSweep),
    seal(publishFinish),
    seal(dropFlip),
  ]
  const byName = new Map(all.map((stage) => [stage.name, stage]))
  if (byName.size !== all.length || byName.has('')) throw new TypeError('two stages share a name, or one has none')
  return byName
}
