import type { AssetId, ClipId, ExportId } from '../../../main/contract/ids.ts'
import type { EventName, EventOf } from '../../../main/contract/ipc.ts'
import type { WireError } from '../../../main/contract/reply.ts'
import type {
  AssetView,
  ChannelView,
  ClipChoice,
  ClipExportPlan,
  ClipExportView,
  ClipLook,
  ComponentView,
  ReviewClip,
  TakeView,
} from '../../../main/contract/views.ts'
import type { CallOut } from '../../../renderer/bridge.ts'
import { type FakeLibrary, noise } from './fake-data.ts'
import type { Scene } from './fake-scenes.ts'

const open = { min: null, max: null }
const channel = (name: string, label: string, about: string, part: Partial<ChannelView> = {}): ChannelView => ({
  name,
  label,
  about,
  aspect: open,
  seconds: open,
  bytes: open,
  sound: 'allowed',
  shape: null,
  source: 'https://example.com/rules (2026-09)',
  ...part,
})
const upright = { width: 1080, height: 1920 }
const fakeChannels: ChannelView[] = [
  channel('plain', 'Plain video', 'Plays everywhere, keeps the shape of the take'),
  channel('instagram-reels', 'Instagram Reels', 'Upright, up to 15 minutes', { shape: upright, seconds: { min: 3, max: 900 } }),
  channel('facebook-reels', 'Facebook Reels', 'Upright, 3 to 90 seconds', {
    shape: upright,
    seconds: { min: 3, max: 90 },
    sound: 'required',
  }),
  channel('tiktok', 'TikTok', 'Upright, up to 10 minutes', { shape: upright, seconds: { min: 1, max: 600 } }),
  channel('youtube-shorts', 'YouTube Shorts', 'Upright, up to 3 minutes', { shape: upright, seconds: { min: 1, max: 180 } }),
  channel('pinterest', 'Pinterest', 'Video pins, from 4 seconds', { shape: upright, seconds: { min: 4, max: 900 } }),
  channel('shopify', 'Shopify', 'Product video in the gallery'),
  channel('etsy', 'Etsy', 'Listing video, 5 to 15 seconds, Etsy removes the sound', { seconds: { min: 5, max: 15 }, sound: 'removed' }),
  channel('woocommerce', 'WooCommerce', 'Product video, small enough for most hosts'),
  channel('archive', 'Archive cut', 'A lossless copy to keep, not to publish: it begins at the keyframe before'),
]

const part = (value: number, points: number, because: string): ComponentView => ({ value, confidence: 0.9, points, region: null, because })
const said = [
  'steady hand',
  'sharp on the product',
  'the product turns slowly',
  'even light',
  'begins and ends in a calm moment',
  'a pan that settles',
]

function clipsOf(asset: AssetView, seed: number): ReviewClip[] {
  const count = 1 + (seed % 4)
  return Array.from({ length: count }, (_, index) => {
    const inUs = Math.round((0.8 + index * 4.1 + noise(seed + index) * 1.5) * 1e6)
    const outUs = inUs + Math.round((index === 2 ? 2.4 : 5 + noise(seed * 3 + index) * 6) * 1e6)
    const isOwn = seed % 5 === 2 && index === 0
    const score = Math.round(91 - index * 13 - noise(seed) * 12)
    return {
      id: `clip-${asset.id.slice(-16)}-${index + 1}` as ClipId,
      assetId: asset.id,
      inUs,
      outUs,
      by: isOwn ? 'person' : 'machine',
      score: isOwn ? null : score,
      components: isOwn
        ? {}
        : {
            steady: part(0.9, 24, 'Steady hand'),
            sharp: part(0.8, 21, 'Sharp on the product'),
            lively: part(0.5, 9, 'The product turns slowly'),
          },
      reasons: isOwn ? [] : [said[(seed + index) % said.length] ?? '', said[(seed + index + 2) % said.length] ?? ''],
      choice: 'undecided',
      name: `${asset.name.replace(/\..*/, '')}, ${index + 1}`,
    }
  })
}

function takesOf(library: FakeLibrary, scene: Scene): TakeView[] {
  const clips = library.assets.filter(({ kind }) => kind === 'clip')
  return clips.map((asset, index): TakeView => {
    const isRefused = index === 3
    const isWaiting = scene === 'waiting' && index > 4
    const found = isRefused || isWaiting || index === 4 ? [] : clipsOf(asset, index + 1)
    return {
      assetId: asset.id,
      name: asset.name,
      capturedAt: asset.capturedAt,
      durationUs: isWaiting ? null : index === 1 ? 1_325_000_000 : 14_200_000 + index * 7_000_000,
      analysis: isRefused ? 'refused' : isWaiting ? 'waiting' : 'ready',
      because: isRefused ? 'The file ends early: no picture can be decoded. The original was copied as it is.' : null,
      hasThumb: !isRefused && !isWaiting,
      chapters: index === 1 ? [asset.id, `${asset.id.slice(0, -4)}beef` as AssetId] : [asset.id],
      productId: null,
      clips: found,
      left:
        isRefused || isWaiting
          ? []
          : [
              { assetId: asset.id, inUs: 0, outUs: 800_000, because: 'the camera is being picked up' },
              { assetId: asset.id, inUs: 7_400_000, outUs: 9_100_000, because: 'shaken: the picture jumps by 4 % from frame to frame' },
              { assetId: asset.id, inUs: 12_600_000, outUs: 14_200_000, because: 'the camera is being put down' },
            ],
    }
  })
}

type Look = { clipIds: ClipId[]; channels: string[]; look: ClipLook; folder: string | null }

/** The FAKE's takes, clips, choices and exports. */
export function fakeClips({
  scene,
  library,
  tell,
  refused,
}: {
  scene: Scene
  library: FakeLibrary
  tell: <N extends EventName>(name: N, event: EventOf<N>) => void
  refused: (message: string, next: string | null) => { ok: false; error: WireError }
}) {
  let takes = scene === 'empty' ? [] : takesOf(library, scene)
  let exports: ClipExportView[] = []
  let serial = 0
  const all = (): ReviewClip[] => takes.flatMap(({ clips }) => clips)
  const noTool = () => refused('Clips cannot be made here: no ffmpeg was found', 'Install ffmpeg, or set DROPCARD_FFMPEG to its path.')
  const nextId = (): ExportId => {
    serial += 1
    return `export-${serial}` as ExportId
  }
  const wish = (clip: ReviewClip, name: string, state: ClipExportView['state'], rest: Partial<ClipExportView> = {}): ClipExportView => ({
    id: nextId(),
    clipId: clip.id,
    assetId: clip.assetId,
    channel: name,
    state,
    share: null,
    file: null,
    folder: null,
    auto: false,
    because: null,
    notes: [],
    at: '2026-05-03T18:02:11.000Z',
    ...rest,
  })
  const fileOf = (clip: ReviewClip, name: string): string => `${clip.name.replace(', ', '-')}-${name}.mp4`
  if (scene === 'decided') {
    takes = takes.map((take, index) => ({
      ...take,
      clips: take.clips.map((clip, at) => ({
        ...clip,
        choice: index > 6 ? 'undecided' : at === 0 ? 'approved' : at === 2 ? 'rejected' : 'undecided',
      })),
    }))
    const [one, two, three, four] = all()
    if (one !== undefined && two !== undefined && three !== undefined && four !== undefined)
      exports = [
        wish(one, 'etsy', 'done', { file: fileOf(one, 'etsy'), auto: true }),
        wish(one, 'instagram-reels', 'making', { share: 0.42 }),
        wish(one, 'tiktok', 'queued'),
        wish(two, 'etsy', 'waiting', { auto: true }),
        wish(three, 'facebook-reels', 'refused', {
          because: 'length: expected 3 to 90 s, came 2.4 s; choose a longer or shorter part of the take',
        }),
        wish(four, 'tiktok', 'cancelled', { because: 'cancelled' }),
      ]
  }
  const plan = ({ clipIds, channels, look, folder }: Look): ClipExportPlan => {
    const result: ClipExportPlan = { make: [], have: [], refused: [], folders: [] }
    for (const name of channels) {
      result.folders.push({ channel: name, folder: folder ?? `/home/mira/Dropcard/exports/${name}` })
      const rules = fakeChannels.find((one) => one.name === name)
      for (const clip of all().filter(({ id }) => clipIds.includes(id))) {
        const seconds = (clip.outUs - clip.inUs) / 1e6
        const line = { clipId: clip.id, assetId: clip.assetId, channel: name, name: clip.name, file: fileOf(clip, name) }
        if (rules?.seconds.min != null && seconds < rules.seconds.min)
          result.refused.push({
            clipId: clip.id,
            channel: name,
            name: clip.name,
            rule: 'length',
            because: `${seconds.toFixed(1)} s is too short for ${rules.label}, which takes ${rules.seconds.min} to ${rules.seconds.max} s`,
            next: 'Move its in or out point in the culling room, or leave this channel out.',
          })
        else if (exports.some((one) => one.clipId === clip.id && one.channel === name && one.state === 'done')) result.have.push(line)
        else result.make.push({ ...line, seconds, notes: look.title ? ['the take belongs to no product: no title, price or code'] : [] })
      }
    }
    return result
  }
  const change = (id: string, next: Partial<ClipExportView>): void => {
    exports = exports.map((one) => (one.id === id ? { ...one, ...next } : one))
  }
  const run = (): void => {
    const timer = setInterval(() => {
      const now = exports.find((one) => one.state === 'making') ?? exports.findLast((one) => one.state === 'queued')
      if (now === undefined) {
        clearInterval(timer)
        return
      }
      const share = (now.share ?? 0) + 0.25
      const clip = all().find(({ id }) => id === now.clipId)
      if (share >= 1 && clip !== undefined) change(now.id, { state: 'done', share: null, file: fileOf(clip, now.channel) })
      else change(now.id, { state: 'making', share })
      if (share < 1 && now.state === 'making') tell('export.progress', { exportId: now.id, share })
      else tell('exports.changed', {})
    }, 120)
  }
  return {
    'clip.takes': ({ choice = null }: { choice?: ClipChoice | null }): CallOut<'clip.takes'> => ({
      takes: choice === null ? takes : takes.filter(({ clips }) => clips.some((clip) => clip.choice === choice)),
      more: false,
      counts: {
        takes: takes.length,
        clips: all().length,
        approved: all().filter((clip) => clip.choice === 'approved').length,
        rejected: all().filter((clip) => clip.choice === 'rejected').length,
        undecided: all().filter((clip) => clip.choice === 'undecided').length,
        live: 3,
      },
    }),
    'clip.choose': ({ sets }: { sets: { clipIds: ClipId[]; choice: ClipChoice }[] }) => {
      if (scene === 'refusing')
        return refused('The choice could not be saved: the disk of the library is full.', 'Free some space, then choose again.')
      const wanted = new Map(sets.flatMap(({ clipIds, choice }) => clipIds.map((id) => [id, choice] as const)))
      takes = takes.map((take) => ({ ...take, clips: take.clips.map((clip) => ({ ...clip, choice: wanted.get(clip.id) ?? clip.choice })) }))
      tell('clips.changed', {})
      return { changed: [...wanted.keys()] }
    },
    'clip.channels': () => ({ channels: fakeChannels }),
    'clip.exportPlan': (input: Look) => (scene === 'problem' ? noTool() : plan(input)),
    'clip.export': (input: Look) => {
      const { make, refused: left } = plan(input)
      const made = make.flatMap((line) => {
        const clip = all().find(({ id }) => id === line.clipId)
        return clip === undefined ? [] : [wish(clip, line.channel, 'queued')]
      })
      exports = [...made, ...exports]
      tell('exports.changed', {})
      run()
      return { exports: made, refused: left }
    },
    'clip.exports': () => exports,
    'clip.cancel': ({ exportIds }: { exportIds: ExportId[] | null }) => {
      const isOpen = (one: ClipExportView): boolean => one.state === 'queued' || one.state === 'making' || one.state === 'waiting'
      const ids = exports.filter((one) => isOpen(one) && (exportIds === null || exportIds.includes(one.id))).map(({ id }) => id)
      for (const id of ids) change(id, { state: 'cancelled', share: null, because: 'cancelled' })
      tell('exports.changed', {})
      return { cancelled: ids.length }
    },
    'clip.retry': ({ exportIds }: { exportIds: ExportId[] | null }) => {
      const ids = exports
        .filter((one) => (one.state === 'refused' || one.state === 'cancelled') && (exportIds === null || exportIds.includes(one.id)))
        .map(({ id }) => id)
      for (const id of ids) change(id, { state: 'queued', because: null })
      tell('exports.changed', {})
      run()
      return { retried: ids.length }
    },
    'clip.taste': (): CallOut<'clip.taste'> => ({
      active: true,
      choices: 46,
      needed: 20,
      words: ['a steady hand counts more', 'quiet moments are fine'],
    }),
  }
}
