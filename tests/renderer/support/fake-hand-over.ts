import type { AssetId } from '../../../main/contract/ids.ts'
import type { FakeLibrary } from './fake-data.ts'

/** The part of the FAKE engine that answers about copies for other programs and lists of names. */
export const fakeHandOver = (library: FakeLibrary) => ({
  'marks.sync': () => ({}),
  'marks.stop': () => ({}),
  'marks.export': ({ assetIds, path }: { assetIds: AssetId[]; path: string }) => ({
    path,
    written: assetIds.length - 1,
    bytes: 4_200_000 * assetIds.length,
    refused: library.assets.slice(0, 1).map((asset) => ({ assetId: asset.id, name: asset.name, because: 'no room left on this disk' })),
    stopped: false,
  }),
  'list.write': ({ assetIds }: { assetIds: AssetId[] }) => ({
    text: library.assets
      .filter(({ id }) => assetIds.includes(id))
      .map(({ name }) => `${name}\n`)
      .join(''),
  }),
  'list.read': ({ text }: { text: string }) => ({
    assetIds: library.assets.filter(({ name }) => text.includes(name)).map(({ id }) => id),
    unknown: text.split('\n').filter((line) => line !== '' && library.assets.every(({ name }) => !line.includes(name))),
  }),
})
