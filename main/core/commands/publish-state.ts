import { productId } from '../../contract/ids.ts'
import { type PublishState, publishState as publishStateShape, type QueueLine, queueLine } from '../../contract/views.ts'
import type { Runner } from '../jobs/runner.ts'
import type { Reader } from '../library/db.ts'
import { differencesIn, filesOf, pausedBecause, thaw } from '../library/publications.ts'

export async function publishState(read: Reader, catalog: string, resting: ReturnType<Runner['resting']>): Promise<PublishState> {
  // Asked for after each step of publishing: thousands that are as they should be are counted from the index, and only what waits for a person is read.
  const counts = await read
    .selectFrom('publication')
    .select((of) => ['state', of.fn.countAll<number>().as('n')])
    .where('catalog', '=', catalog)
    .groupBy('state')
    .execute()
  const rows = await read
    .selectFrom('publication')
    .innerJoin('product', 'product.id', 'publication.product_id')
    .select(['publication.state', 'publication.because', 'publication.difference', 'publication.product_id', 'product.title'])
    .where('catalog', '=', catalog)
    .where('publication.state', 'in', ['failed', 'conflict'])
    .execute()
  const finishing = await read
    .selectFrom('job')
    .select('id')
    .where('stage', '=', 'publish.finish')
    .where('key', '=', catalog)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst()
  const page = await read.selectFrom('meta').select('value').where('key', '=', `catalog.page.${catalog}`).executeTakeFirst()
  const rest = resting.get(catalog)
  const named = (row: (typeof rows)[number]) => ({ productId: productId.parse(row.product_id), title: row.title })
  const of = (state: string) => rows.filter((row) => row.state === state)
  const count = (...states: string[]) => counts.reduce((sum, row) => sum + (states.includes(row.state) ? row.n : 0), 0)
  return publishStateShape.parse({
    catalog,
    waiting: count('rendering', 'sending', 'hiding') + (finishing === undefined ? 0 : 1),
    published: count('published'),
    hidden: count('hidden'),
    failed: of('failed').map((row) => ({ ...named(row), because: row.because ?? 'it could not be published' })),
    conflicts: of('conflict').map((row) => ({
      ...named(row),
      differences: differencesIn(row.difference),
    })),
    paused: await pausedBecause(read, catalog),
    resting: rest === undefined ? null : { because: rest.because, until: new Date(rest.until).toISOString() },
    page: page?.value ?? null,
  } satisfies PublishState)
}

export async function publishQueue(read: Reader, catalog: string | null, limit: number): Promise<QueueLine[]> {
  const rows = await read
    .selectFrom('publication')
    .innerJoin('product', 'product.id', 'publication.product_id')
    .select([
      'publication.catalog',
      'publication.product_id',
      'product.title',
      'publication.state',
      'publication.because',
      'publication.frozen',
      'publication.url',
      'publication.at',
      (e) =>
        e
          .selectFrom('publication_media as m')
          .select((n) => n.fn.countAll<number>().as('n'))
          .whereRef('m.catalog', '=', 'publication.catalog')
          .whereRef('m.product_id', '=', 'publication.product_id')
          .where('m.state', '=', 'there')
          .as('there'),
      (e) =>
        e
          .selectFrom('job')
          .select('job.because')
          .where('job.stage', '=', 'publish.listing')
          .where('job.state', '=', 'queued')
          .where('job.key', '=', (k) => k.fn<string>('concat', ['publication.catalog', k.val('/'), 'publication.product_id']))
          .limit(1)
          .as('waits'),
    ])
    .$if(catalog !== null, (query) => query.where('publication.catalog', '=', catalog ?? ''))
    .orderBy('publication.at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => {
    const total =
      row.frozen === null
        ? 0
        : new Set(
            filesOf(thaw(row.frozen, (path) => path).media.map((one) => ({ ...one, sources: [], poster: null }))).map((one) => one.key),
          ).size
    return queueLine.parse({
      catalog: row.catalog,
      productId: row.product_id,
      title: row.title,
      state: row.state,
      because: row.because ?? row.waits,
      done: Math.min(row.there ?? 0, total),
      total,
      url: row.url,
      at: row.at,
    })
  })
}
