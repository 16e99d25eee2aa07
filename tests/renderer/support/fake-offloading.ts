import type { AssetId } from '../../../main/contract/ids.ts'
import type { EventName, EventOf } from '../../../main/contract/ipc.ts'
import type { WireError } from '../../../main/contract/reply.ts'
import {
  type AssetView,
  type CardChoice,
  type CardView,
  type ManifestReport,
  type OffloadView,
  type PeekView,
  type Settings,
  type TrashedView,
  usualLook,
  type VerifyReport,
} from '../../../main/contract/views.ts'
import type { CallOut } from '../../../renderer/bridge.ts'
import { type FakeLibrary, fakeId, fakePlan } from './fake-data.ts'
import type { Scene } from './fake-scenes.ts'

const fakeSettings: Settings = {
  template: '{date:YYYY-MM-DD}/{card}/{name}',
  dayStartHour: 3,
  cameraOffsets: { 'FUJIFILM X-T4': 3600 },
  verify: 'destination',
  backups: ['/media/BACKUP/Dropcard'],
  ejectWhenDone: false,
  notify: true,
  sound: false,
  marks: 'off',
  webhook: null,
  shopTitle: null,
  strictness: 'balanced',
  clips: {
    look: usualLook,
    auto: {
      etsy: { on: true, most: 2, approval: true, folder: null },
      'instagram-reels': { on: true, most: 3, approval: false, folder: '/home/mira/Social/reels' },
    },
  },
  watched: ['/home/mira/Phone'],
  cards: { 'volume:6A1F-22C0': 'offload' },
}

const fakeCards: CardView[] = [
  { path: '/media/EOS_DIGITAL', label: 'EOS_DIGITAL', kind: 'card', key: 'volume:3333-4444', choice: 'ask' },
  { path: '/media/PHONE', label: 'PHONE', kind: 'folder', key: null, choice: 'ask' },
  { path: '/media/DASHCAM', label: 'DASHCAM', kind: 'card', key: 'volume:9999-0000', choice: 'ignore' },
]

const fakePeek = (): PeekView => ({
  shots: Array.from({ length: 40 }, (_, index) => ({
    name: index % 10 === 5 ? `MVI_${String(index + 1).padStart(4, '0')}.MP4` : `IMG_${String(index + 1).padStart(4, '0')}.JPG`,
    kind: index % 10 === 5 ? 'clip' : 'photo',
    capturedAt: '2026-05-03T09:30:00',
    token: index === 3 ? null : fakeId(index, index),
  })),
  more: 200,
  cameras: [
    { name: 'Canon EOS R8', shots: 31, firstAt: '2026-05-03T09:30:00', token: fakeId(0, 0) },
    { name: 'Apple iPhone 16', shots: 9, firstAt: '2026-05-03T11:30:40', token: null },
  ],
})

const fakeDisk = (isGood: boolean): ManifestReport => ({
  manifests: ['/media/BACKUP/manifests/2026-05-03T18-02-11-000Z-1f2e3d4c.mhl'],
  at: '/media/BACKUP',
  listed: 264,
  identical: isGood ? 264 : 261,
  bytes: 2_400_000_000,
  damaged: isGood
    ? []
    : [{ path: '/media/BACKUP/originals/2026-05-03/EOS_DIGITAL/IMG_0044.JPG', because: 'it has 4096 bytes instead of 8123456' }],
  missing: isGood ? [] : [{ path: '/media/BACKUP/originals/2026-05-03/EOS_DIGITAL/IMG_0051.JPG', because: 'it is not there any more' }],
  unchecked: isGood
    ? []
    : [
        {
          path: '/media/BACKUP/originals/2026-05-03/EOS_DIGITAL/C0001.MP4',
          because: 'its checksum (xxh64) cannot be computed here; only its size was compared',
        },
      ],
  extra: [{ path: '/media/BACKUP/originals/2026-05-03/EOS_DIGITAL/notes.txt', because: 'no manifest names it: nothing is known about it' }],
  checkedAt: '2026-05-03T19:00:00.000Z',
})

const fakeCheck = (isGood: boolean): VerifyReport => ({
  checked: 1204,
  identical: isGood ? 1204 : 1202,
  bytes: 11_800_000_000,
  damaged: isGood
    ? []
    : [{ path: '2026-05-03/EOS_DIGITAL/IMG_0044.JPG', because: 'its bytes are not what was copied (bit rot, or changed by a program)' }],
  missing: isGood ? [] : [{ path: '2026-05-03/EOS_DIGITAL/IMG_0051.JPG', because: 'the file is not in its place' }],
  at: '2026-05-03T19:00:00.000Z',
})

type Refused = { ok: false; error: WireError }
const tooFull = 'The disk has 1.1 GB free, and this card needs 2.4 GB. Free some space or choose another folder for this copy.'

/** The part of the FAKE engine that answers about cards, plans, settings, checks and the trash. */
export function fakeOffloading(parts: {
  scene: Scene
  library: FakeLibrary
  offloads: OffloadView[]
  tell<N extends EventName>(name: N, event: EventOf<N>): void
  refused: (message: string, next: string | null) => Refused
}) {
  const { scene, library, offloads, tell, refused } = parts
  const removed = scene === 'full' ? library.assets.slice(40, 49).map((asset, index) => ({ ...asset, id: fakeId(900 + index, index) })) : []
  const trash = new Map<AssetId, AssetView>(removed.map((asset) => [asset.id, asset]))
  let deleted = 0
  let cards = scene === 'card' || scene === 'slow' ? fakeCards.slice(0, 1) : scene === 'full' ? fakeCards : []
  let settings: Settings = scene === 'empty' ? { ...fakeSettings, backups: [], watched: [], cards: {}, cameraOffsets: {} } : fakeSettings
  const become = (offloadId: string, state: OffloadView['state']): Record<string, never> => {
    const at = offloads.findIndex(({ id }) => id === offloadId)
    const found = offloads[at]
    if (found !== undefined) {
      const next = { ...found, state, finishedAt: state === 'cancelled' ? '2026-05-03T18:03:00.000Z' : null }
      offloads[at] = next
      tell('offload.changed', next)
    }
    return {}
  }
  return {
    'card.list': () => cards,
    'card.sample': (): CallOut<'card.sample'> => ({
      path: '/opt/dropcard/sample',
      label: 'Sample card',
      kind: 'sample',
      key: null,
      choice: 'ask',
    }),
    'card.choose': ({ key, choice }: { key: string; choice: CardChoice }) => {
      cards = cards.map((card) => (card.key === key ? { ...card, choice } : card))
      settings = { ...settings, cards: { ...settings.cards, [key]: choice } }
      return {}
    },
    'card.eject': () =>
      scene === 'bad' ? { ejected: false, because: 'a program is still reading from it' } : { ejected: true, because: null },
    'card.peek': () => (scene === 'problem' ? refused('The card cannot be read.', null) : fakePeek()),
    'settings.get': () => settings,
    'settings.set': (patch: Partial<Settings>) => {
      if (patch.template !== undefined && !/\{(name|stem|seq)/.test(patch.template))
        return refused('the file name needs {name}, {stem} or {seq}, or all files would be called the same', null)
      settings = { ...settings, ...patch }
      tell('settings.changed', settings)
      return settings
    },
    'offload.plan': ({ path }: { path: string }) =>
      scene === 'slow'
        ? new Promise<never>(() => undefined)
        : fakePlan(
            path,
            path.split('/').at(-1) ?? path,
            scene === 'live' ? 40 : 240,
            scene === 'problem' ? tooFull : null,
            scene === 'live' ? [] : settings.backups,
          ),
    'offload.cancel': ({ offloadId }: { offloadId: string }) => become(offloadId, 'cancelled'),
    'offload.pause': ({ offloadId }: { offloadId: string }) => become(offloadId, 'paused'),
    'offload.resume': ({ offloadId }: { offloadId: string }) => become(offloadId, 'copying'),
    'library.verify': async () => {
      for (const done of [200, 700]) {
        tell('progress', { what: 'Checking originals', done, total: 1204 })
        await new Promise((next) => setTimeout(next, 150))
      }
      tell('progress', { what: 'Checking originals', done: 1204, total: 1204 })
      return fakeCheck(scene !== 'bad' && scene !== 'problem')
    },
    'manifest.verify': async () => {
      tell('progress', { what: 'Checking a disk', done: 100, total: 264 })
      await new Promise((next) => setTimeout(next, 150))
      tell('progress', { what: 'Checking a disk', done: 264, total: 264 })
      return fakeDisk(scene !== 'bad' && scene !== 'problem')
    },
    'verify.stop': () => ({}),
    'trash.list': () => ({
      trash: [...trash.values()].map(
        (asset, index): TrashedView => ({
          id: asset.id,
          kind: asset.kind,
          name: asset.name,
          removedAt: `2026-05-0${1 + (index % 3)}T12:00:00.000Z`,
          bytes: 8_100_000 + index,
          companions: index % 4 === 0 ? 1 : 0,
          hasThumb: asset.hasThumb,
          because: index === 5 ? 'its file is not in the trash folder any more' : null,
        }),
      ),
      deleted,
    }),
    'trash.empty': ({ assetIds }: { assetIds: AssetId[] | null }) => {
      const going = (assetIds ?? [...trash.keys()]).filter((id) => trash.delete(id))
      deleted += going.length
      return { deleted: going, bytes: going.length * 8_100_000, left: [] }
    },
    'asset.remove': ({ assetIds }: { assetIds: AssetId[] }) => {
      if (scene === 'refusing') return refused('The originals could not be moved: the disk is read-only.', 'Make the disk writable.')
      const going = new Set(assetIds)
      for (const asset of library.assets) if (going.has(asset.id)) trash.set(asset.id, asset)
      library.assets = library.assets.filter(({ id }) => !going.has(id))
      tell('assets.changed', { assetIds })
      return { removed: assetIds }
    },
    'asset.restore': ({ assetIds }: { assetIds: AssetId[] }) => {
      const restored = assetIds.filter((id) => trash.has(id))
      library.assets = [...library.assets, ...restored.flatMap((id) => trash.get(id) ?? [])]
      for (const id of restored) trash.delete(id)
      tell('assets.changed', { assetIds: restored })
      return { restored, left: [] }
    },
  }
}
