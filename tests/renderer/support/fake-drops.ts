import type { DropId } from '../../../main/contract/ids.ts'
import type { DropView } from '../../../main/contract/views.ts'
import type { PublishingParts } from './fake-parts.ts'

const dropIdOf = (value: string): DropId => value as DropId

const days = (count: number, hour: number): string => {
  const at = new Date(Date.now() + count * 86_400_000)
  return `${at.toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00`
}

/** The FAKE engine's drops. Scene `market`: one planned, one open, one missed. */
export function fakeDrops({ scene, listings, tell, refused }: Omit<PublishingParts, 'change'>) {
  const isBusy = scene === 'market'
  const some = listings().slice(0, 3)
  const dropLines = some.map(({ id, title }) => ({ productId: id, title, price: { minor: 4800, currency: 'EUR' }, stock: 3 }))
  const flip = { because: null, openedAt: null, openLateMs: null, closedAt: null, closeLateMs: null }
  const drop = (id: string, part: Partial<DropView>): DropView => ({
    id: dropIdOf(id),
    title: 'Autumn glazes',
    zone: 'Europe/Berlin',
    opensWall: days(2, 12),
    opensAt: new Date(Date.now() + 2 * 86_400_000 + 4_530_000).toISOString(),
    closesWall: days(4, 0),
    closesAt: new Date(Date.now() + 4 * 86_400_000).toISOString(),
    state: 'planned',
    products: dropLines,
    catalogs: [
      { catalog: 'local', state: 'planned', staged: 3, ...flip },
      { catalog: 'shopify', state: 'planned', staged: 1, ...flip },
    ],
    mustBeOn: [
      'this computer must be on at Saturday 12:00 (Europe/Berlin) to open it',
      'this computer must be on at Monday 00:00 (Europe/Berlin) to close it',
    ],
    ...part,
  })
  let drops: DropView[] = isBusy
    ? [
        drop('drop-1', {}),
        drop('drop-2', {
          title: 'Market leftovers',
          state: 'open',
          opensAt: new Date(Date.now() - 3_600_000).toISOString(),
          opensWall: days(0, 9),
          mustBeOn: ['this computer must be on at Monday 00:00 (Europe/Berlin) to close it'],
          catalogs: [
            {
              ...flip,
              catalog: 'local',
              state: 'open',
              staged: 3,
              openedAt: new Date(Date.now() - 3_600_000).toISOString(),
              openLateMs: 640,
            },
          ],
        }),
        drop('drop-3', {
          title: 'Spring seconds',
          state: 'missed',
          closesWall: null,
          closesAt: null,
          opensAt: '2026-04-04T10:00:00.000Z',
          opensWall: '2026-04-04T12:00',
          mustBeOn: [],
          catalogs: [
            { ...flip, catalog: 'local', state: 'missed', staged: 3, because: 'this computer was asleep until the window had passed' },
          ],
        }),
      ]
    : []
  return {
    titleOf: (dropId: string | null): string => drops.find(({ id }) => id === dropId)?.title ?? 'Everything',
    answers: {
      'drop.list': () => drops,
      'drop.save': ({
        dropId,
        ...input
      }: { dropId: string | null } & Pick<DropView, 'title' | 'zone' | 'opensWall' | 'closesWall'> & {
          products: { productId: string }[]
          catalogs: string[]
        }) => {
        const known = new Map(listings().map((one) => [one.id as string, one.title]))
        const view = drop(dropId ?? `drop-${drops.length + 1}`, {
          title: input.title,
          zone: input.zone,
          opensWall: input.opensWall,
          closesWall: input.closesWall,
          products: input.products.map((one) => ({ ...(one as DropView['products'][number]), title: known.get(one.productId) ?? '' })),
          catalogs: input.catalogs.map((catalog) => ({ ...flip, catalog, state: 'planned', staged: 0 })),
        })
        drops = [view, ...drops.filter(({ id }) => id !== view.id)]
        tell('drops.changed', {})
        return view
      },
      'drop.end': ({ dropId }: { dropId: string }) => {
        drops = drops.map((one) =>
          one.id === dropId ? { ...one, state: one.state === 'open' ? 'closed' : 'cancelled', mustBeOn: [] } : one,
        )
        tell('drops.changed', {})
        return drops.find(({ id }) => id === dropId) ?? refused('This drop is not in the library', null)
      },
    } as const,
  }
}
