import { z } from 'zod'
import { catalogName } from '../../contract/ids.ts'
import type { ConnectionTest, ConnectionView } from '../../contract/views.ts'
import type { Catalog, CatalogKind, Connection } from '../catalog.ts'
import { secretName } from '../catalogs.ts'
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import type { CommandContext } from './context.ts'

type Names = 'catalog.kinds' | 'catalog.list' | 'catalog.test' | 'catalog.connect' | 'catalog.disconnect' | 'catalog.resume'
type Values = Readonly<Record<string, string>>

/** Shops: what can be connected, trying a connection, keeping and forgetting it. */
export const connectionCommands = (ctx: CommandContext): Pick<Handlers, Names> => {
  const { db } = ctx.library
  const kindOf = (name: string): CatalogKind => {
    const kind = ctx.kinds.list().find((one) => one.kind === name)
    if (kind === undefined)
      throw new AppError('not-found', `There is no kind of shop called ${name}`, {
        next: `Use one of: ${ctx.kinds
          .list()
          .map((one) => one.kind)
          .join(', ')}.`,
      })
    return kind
  }
  /** Secrets that were not typed anew are those that are kept. */
  const withKept = async (name: string | null, kind: CatalogKind, secrets: Values): Promise<Record<string, string>> => {
    const all: Record<string, string> = {}
    for (const field of kind.fields.filter((one) => one.type === 'secret')) {
      const typed = secrets[field.name]
      const value = typed !== undefined && typed !== '' ? typed : name === null ? null : await ctx.secrets.get(secretName(name, field.name))
      if (value !== null) all[field.name] = value
    }
    return all
  }
  const tried = async (catalog: Catalog): Promise<ConnectionTest> => {
    const tested = await catalog.test(AbortSignal.timeout(30_000))
    const kept = { secrets: ctx.secrets.where }
    return tested.ok
      ? {
          ok: tested.value.missing.length === 0,
          shop: tested.value.shop,
          url: tested.value.url,
          missing: tested.value.missing,
          because: null,
          ...kept,
        }
      : { ok: false, shop: null, url: null, missing: [], because: tested.problem.message, ...kept }
  }
  const view = async (name: string): Promise<ConnectionView> => {
    const row = await db.selectFrom('connection').selectAll().where('name', '=', name).executeTakeFirst()
    if (row === undefined) throw new AppError('not-found', `There is no shop called ${name}`)
    const kind = ctx.kinds.list().find((one) => one.kind === row.kind)
    return {
      name: row.name,
      kind: row.kind,
      label: kind?.label ?? row.kind,
      config: z.record(z.string(), z.string()).parse(JSON.parse(row.config)),
      shop: row.shop,
      paused: row.paused,
      checkedAt: row.checked_at,
      embedded: false,
    }
  }
  return {
    'catalog.kinds': async () => ctx.kinds.list(),
    'catalog.list': async () => {
      const rows = await db.selectFrom('connection').select('name').orderBy('created_at').execute()
      const own = (await ctx.catalogs.names()).filter((name) => !rows.some((row) => row.name === name))
      const embedded = own.map(
        (name): ConnectionView => ({
          name,
          kind: name,
          label: 'This computer',
          config: {},
          shop: null,
          paused: null,
          checkedAt: null,
          embedded: true,
        }),
      )
      return [...embedded, ...(await Promise.all(rows.map((row) => view(row.name))))]
    },
    'catalog.test': async ({ name, kind: kindName, config, secrets }) => {
      const kind = kindOf(kindName)
      const opened = ctx.kinds.open(
        { name: name ?? kindName, kind: kindName, config: known(kind, config) },
        await withKept(name, kind, secrets),
      )
      if (!opened.ok) return { ok: false, shop: null, url: null, missing: [], because: opened.problem.message, secrets: ctx.secrets.where }
      const result = await tried(opened.value)
      if (name !== null)
        await db.updateTable('connection').set({ checked_at: ctx.now(), shop: result.shop }).where('name', '=', name).execute()
      return result
    },
    'catalog.connect': async ({ name: wanted, kind: kindName, config, secrets }) => {
      const kind = kindOf(kindName)
      const all = await withKept(wanted, kind, secrets)
      const missing = kind.fields.find(
        (field) => field.required && (field.type === 'secret' ? all[field.name] : (config[field.name] ?? '')) === '',
      )
      const lacking = missing ?? kind.fields.find((field) => field.required && field.type === 'secret' && all[field.name] === undefined)
      if (lacking !== undefined) throw new AppError('invalid-input', `${lacking.label} is needed`, { next: lacking.hint })
      const name = wanted ?? (await freeName(kindName))
      const connection: Connection = { name, kind: kindName, config: known(kind, config) }
      const opened = ctx.kinds.open(connection, all)
      if (!opened.ok) throw new AppError('invalid-input', opened.problem.message)
      const result = await tried(opened.value)
      if (result.because !== null)
        throw new AppError('unavailable', result.because, { next: 'Nothing was kept. Put it right and try again.' })
      // Secrets first: a connection without them would only be a promise.
      for (const [field, value] of Object.entries(all)) await ctx.secrets.set(secretName(name, field), value)
      const row = { kind: kindName, config: JSON.stringify(connection.config), paused: null, checked_at: ctx.now(), shop: result.shop }
      await db
        .insertInto('connection')
        .values({ name, created_at: ctx.now(), ...row })
        .onConflict((on) => on.column('name').doUpdateSet(row))
        .execute()
      ctx.catalogs.forget(name)
      await goOn(name)
      return view(name)
    },
    'catalog.disconnect': async ({ name }) => {
      const there = await view(name)
      await ctx.runner.cancel((_, input) => typeof input === 'object' && input !== null && 'catalog' in input && input.catalog === name)
      await db.transaction().execute(async (tx) => {
        await tx.deleteFrom('publication_media').where('catalog', '=', name).execute()
        await tx.deleteFrom('publication_version').where('catalog', '=', name).execute()
        await tx.deleteFrom('publication').where('catalog', '=', name).execute()
        await tx.deleteFrom('drop_catalog').where('catalog', '=', name).where('state', '=', 'planned').execute()
        await tx.deleteFrom('connection').where('name', '=', name).execute()
      })
      for (const field of ctx.kinds.list().find((one) => one.kind === there.kind)?.fields ?? [])
        if (field.type === 'secret') await ctx.secrets.set(secretName(name, field.name), null)
      ctx.catalogs.forget(name)
      ctx.emit('products.changed', {})
      return {}
    },
    'catalog.resume': async ({ name }) => {
      const row = await view(name)
      ctx.catalogs.forget(name)
      const opened = await ctx.catalogs.get(name)
      if (!opened.ok)
        return { ok: false, shop: row.shop, url: null, missing: [], because: opened.problem.message, secrets: ctx.secrets.where }
      const result = await tried(opened.value)
      if (result.because === null) {
        await db
          .updateTable('connection')
          .set({ paused: null, checked_at: ctx.now(), shop: result.shop })
          .where('name', '=', name)
          .execute()
        await goOn(name)
      }
      return result
    },
  }

  async function freeName(kind: string): Promise<string> {
    const taken = new Set(await ctx.catalogs.names())
    for (let n = 1; ; n++) {
      const name = catalogName.parse(n === 1 ? kind : `${kind}-${n}`)
      if (!taken.has(name)) return name
    }
  }

  /** What waited for the shop is worked on. */
  async function goOn(name: string): Promise<void> {
    await ctx.write(async (tx) => {
      const rows = await tx
        .selectFrom('publication')
        .select('product_id')
        .where('catalog', '=', name)
        .where('state', 'in', ['sending', 'hiding'])
        .execute()
      return {
        out: undefined,
        next: rows.map((row) => ({ stage: 'publish.listing', input: { catalog: name, productId: row.product_id } })),
      }
    })
    ctx.runner.rouse(name)
    ctx.dropsMoved()
    ctx.emit('products.changed', {})
  }
}

/** Only values that this kind asks for, and no secrets among them. */
const known = (kind: CatalogKind, config: Values): Record<string, string> =>
  Object.fromEntries(
    kind.fields
      .filter((field) => field.type !== 'secret')
      .flatMap((field) => {
        const value = config[field.name]?.trim()
        return value === undefined || value === '' ? [] : [[field.name, value] as const]
      }),
  )
