import type { ActId, AssetId, ClipId, OffloadId, ProductId, StackId } from '../../../main/contract/ids.ts'
import type {
  AssetDetail,
  AssetView,
  ComponentView,
  OffloadPlan,
  OffloadReport,
  OffloadView,
  StackView,
} from '../../../main/contract/views.ts'

/** FAKE data for the window's tests and screenshots. The brands are asserted here, and only here, because nothing real hands them out. */

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0')

/** Digits 48–55 name the picture (one per stack), 56–63 the frame, so that the fake media server can draw frames of a stack alike. */
export const fakeId = (picture: number, frame: number): AssetId => `${'fa'.repeat(24)}${hex(picture, 8)}${hex(frame, 8)}` as AssetId
export const actIdOf = (value: string): ActId => value as ActId
export const offloadIdOf = (value: string): OffloadId => value as OffloadId
export const productIdOf = (value: string): ProductId => value as ProductId
const stackIdOf = (value: string): StackId => value as StackId
const clipIdOf = (value: string): ClipId => value as ClipId

/** Small repeatable noise in 0–1. */
export const noise = (seed: number): number => {
  const x = Math.sin(seed * 127.1 + 311.7) * 43758.5453
  return x - Math.floor(x)
}

const component = (value: number, pts: number, because: string, region: ComponentView['region'] = null): ComponentView => ({
  value,
  confidence: 0.9,
  points: pts,
  region,
  because,
})

function asset(picture: number, frame: number, at: Date, part: Partial<AssetView>): AssetView {
  return {
    id: fakeId(picture, frame),
    kind: 'photo',
    name: `IMG_${String(frame + 1).padStart(4, '0')}.JPG`,
    capturedAt: at.toISOString().slice(0, 19),
    camera: 'FUJIFILM X-T4',
    width: 6240,
    height: 4160,
    durationUs: null,
    analysis: 'ready',
    because: null,
    score: 50,
    confidence: 0.8,
    suggestion: 'maybe',
    decision: 'undecided',
    rating: null,
    label: null,
    stack: null,
    rank: null,
    reasons: [],
    hasThumb: true,
    addedAt: '2026-05-03T18:02:11.000Z',
    offload: offloadIdOf('offload-1'),
    ...part,
  }
}

export type FakeLibrary = { assets: AssetView[]; stacks: StackView[] }

/** A shoot of about `count` frames: bursts, singles, clips, two refused files, and some still waiting. */
export function fakeLibrary(count: number, options: { decided?: boolean; waiting?: boolean } = {}): FakeLibrary {
  const library: FakeLibrary = { assets: [], stacks: [] }
  let at = Date.UTC(2026, 4, 3, 9, 30)
  for (let picture = 0; library.assets.length < count; picture += 1) {
    const size = [1, 6, 1, 3, 1, 1, 4, 2, 9, 1][picture % 10] ?? 1
    const isClip = picture % 10 === 5
    const first = library.assets.length
    const stack = size > 1 ? stackIdOf(`stack-${picture}`) : null
    const scores = Array.from({ length: size }, (_, index) => Math.round(38 + noise(picture * 13 + index) * 55))
    const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
    for (let index = 0; index < size; index += 1) {
      const frame = first + index
      const score = scores[index] ?? 50
      const rank = order.indexOf(index) + 1
      at += size > 1 ? 400 : 45_000
      const isWaiting = options.waiting === true && frame > count * 0.6
      const suggestion = score > 74 && rank === 1 ? 'pick' : score < 50 || (size > 2 && rank > 2) ? 'reject' : 'maybe'
      library.assets.push(
        asset(picture, frame, new Date(at), {
          ...(isClip
            ? { kind: 'clip', name: `MVI_${String(frame + 1).padStart(4, '0')}.MP4`, durationUs: 14_200_000, width: 1920, height: 1080 }
            : {}),
          ...(isWaiting
            ? { analysis: 'waiting', score: null, suggestion: null, hasThumb: frame < count * 0.8 }
            : {
                score,
                suggestion,
                reasons:
                  score > 74
                    ? ['sharp on the product', 'even light']
                    : score < 50
                      ? ['label soft at 100 %', 'highlights gone on the glaze']
                      : ['slightly soft edge'],
              }),
          stack,
          rank: size > 1 && !isWaiting ? rank : null,
          ...(options.decided === true && frame < 24
            ? { decision: suggestion === 'pick' ? 'pick' : suggestion === 'reject' ? 'reject' : 'undecided' }
            : {}),
        }),
      )
      at += 0
    }
    const cover = library.assets[first + (order[0] ?? 0)]
    if (stack !== null && cover !== undefined)
      library.stacks.push({
        id: stack,
        cover: cover.id,
        members: library.assets.slice(first).map(({ id }) => id),
        kind: 'burst',
        reason: 'taken within a second of each other; the sharpest on top',
      })
    at += 20_000
  }
  refuse(library, 14, 'The file ends early: 41 % of the picture is missing. The original was copied as it is.')
  refuse(library, 28, 'Not a photo: the file starts with zeros instead of a JPEG marker.')
  return library
}

function refuse(library: FakeLibrary, at: number, because: string): void {
  const found = library.assets[at]
  if (found === undefined || found.kind === 'clip') return
  library.assets[at] = {
    ...found,
    analysis: 'refused',
    because,
    score: null,
    suggestion: null,
    hasThumb: false,
    reasons: [],
    width: null,
    height: null,
  }
}

export const fakeClip = (assetId: AssetId, range: { inUs: number; outUs: number }): AssetDetail['clips'][number] => ({
  id: clipIdOf(`${assetId}-own`),
  assetId,
  ...range,
  by: 'person',
  score: null,
  components: {},
  reasons: [],
})

export function fakeDetail(found: AssetView): AssetDetail {
  const good = (found.score ?? 50) / 100
  return {
    ...found,
    subject: found.kind === 'photo' && found.analysis === 'ready' ? { x: 0.32, y: 0.28, w: 0.3, h: 0.42 } : null,
    subjectBy: 'machine',
    components:
      found.analysis === 'ready'
        ? {
            subjectSharpness: component(good, Math.round(good * 30 - 8), good > 0.7 ? 'Sharpest on the product' : 'Label soft at 100 %', {
              x: 0.32,
              y: 0.28,
              w: 0.3,
              h: 0.42,
            }),
            exposure: component(0.72, 6, 'Product well lit; white background left alone'),
            highlights: component(0.3, -7, 'Highlights gone on the glaze', { x: 0.55, y: 0.2, w: 0.12, h: 0.14 }),
            framing: component(0.81, 5, 'Whole product in frame, room for a square crop'),
            noise: { ...component(0.6, 1, 'A little grain in the shadows'), confidence: 0.4 },
          }
        : {},
    model: found.analysis === 'ready' ? 'object-quality 1.0' : null,
    bytes: 9_812_344,
    storedAt: `2026/2026-05-03/${found.name}`,
    metadata: { lens: 'XF35mmF1.4 R', exposure: '1/250 s', aperture: 'f/4', iso: '400' },
    companions: found.kind === 'photo' && found.rank === 1 ? [found.name.replace('JPG', 'RAF')] : [],
    clips:
      found.kind === 'clip'
        ? [
            {
              id: clipIdOf(`${found.id}-1`),
              assetId: found.id,
              inUs: 1_200_000,
              outUs: 5_400_000,
              by: 'machine',
              score: 82,
              components: {},
              reasons: ['steady', 'product in the middle'],
            },
            {
              id: clipIdOf(`${found.id}-2`),
              assetId: found.id,
              inUs: 8_000_000,
              outUs: 11_600_000,
              by: 'machine',
              score: 67,
              components: {},
              reasons: ['slow turn'],
            },
          ]
        : [],
  }
}

export const fakePlan = (
  path: string,
  label: string,
  count: number,
  problem: string | null = null,
  backups: string[] = [],
): OffloadPlan => ({
  path,
  label,
  files: Array.from({ length: count }, (_, index) => ({
    source: `DCIM/100CANON/IMG_${String(index + 1).padStart(4, '0')}.JPG`,
    kind: index % 10 === 5 ? 'clip' : 'photo',
    bytes: 9_800_000,
    action: index % 9 === 0 ? 'have' : index % 60 === 59 ? 'removed' : 'copy',
    companions: index % 4 === 0 ? [`DCIM/100CANON/IMG_${String(index + 1).padStart(4, '0')}.CR3`] : [],
    to: index < 8 ? `2026-05-03/${label}/IMG_${String(index + 1).padStart(4, '0')}.JPG` : null,
  })),
  ignored: [
    { source: 'DCIM/CANONMSC/M0100.CTG', because: 'Camera index file, holds no picture' },
    { source: 'DCIM/100CANON/._IMG_0001.JPG', because: 'Left behind by another computer (AppleDouble)' },
    { source: 'DCIM/100CANON/._IMG_0002.JPG', because: 'Left behind by another computer (AppleDouble)' },
    { source: 'NOTES.TXT', because: 'Not a photo, a clip or a companion of one' },
  ],
  bytes: count * 9_800_000,
  seconds: 95,
  freeBytes: 184_300_000_000,
  destinations: [
    { path: '/home/mira/Dropcard', freeBytes: 184_300_000_000, enough: true },
    ...backups.map((folder) => ({ path: folder, freeBytes: problem === null ? 612_000_000_000 : 1_100_000_000, enough: problem === null })),
  ],
  problem,
})

export const fakeOffload = (part: Partial<OffloadView>): OffloadView => ({
  id: offloadIdOf('offload-1'),
  path: '/media/EOS_DIGITAL',
  label: 'EOS_DIGITAL',
  state: 'done',
  startedAt: '2026-05-03T18:02:11.000Z',
  finishedAt: '2026-05-03T18:04:40.000Z',
  files: 240,
  filesDone: 240,
  bytes: 2_352_000_000,
  bytesDone: 2_352_000_000,
  because: null,
  ...part,
})

export function fakeReport(offload: OffloadView, { isSafe }: { isSafe: boolean }): OffloadReport {
  const trouble: OffloadReport['assets'] = isSafe
    ? []
    : [
        {
          source: 'DCIM/100CANON/IMG_0088.JPG',
          id: null,
          stored: null,
          kind: 'photo',
          outcome: 'verifyFailed',
          because: 'Read back different twice (expected 5b1c…, got 99e0…)',
        },
        {
          source: 'DCIM/100CANON/MVI_0093.MP4',
          id: null,
          stored: null,
          kind: 'clip',
          outcome: 'error',
          because: 'The card reported a read error at 41.2 MB',
        },
      ]
  return {
    offload,
    counts: { copied: 214, skipped: 24, conflict: 0, verifyFailed: isSafe ? 0 : 1, sourceMissing: 0, error: isSafe ? 0 : 1 },
    assets: [
      ...Array.from({ length: 238 }, (_, index) => ({
        source: `DCIM/100CANON/IMG_${index}.JPG`,
        id: fakeId(index, index),
        stored: `2026/2026-05-03/IMG_${index}.JPG`,
        kind: index % 10 === 5 ? ('clip' as const) : ('photo' as const),
        outcome: index < 214 ? ('copied' as const) : ('skipped' as const),
      })),
      ...trouble,
    ],
    ignored: fakePlan('', '', 1).ignored.map((one) => ({ ...one, travels: false, matters: false })),
    safeToErase: isSafe
      ? { verdict: 'safe', because: [] }
      : { verdict: 'not-safe', because: ['1 photo read back different from the card', '1 clip could not be read from the card'] },
    manifest: '/home/mira/Dropcard/manifests/EOS_DIGITAL_2026-05-03_180211.mhl',
  }
}
