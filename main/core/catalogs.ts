import { z } from 'zod'
import type { Catalog, CatalogKinds, CatalogReply, Connection, Secrets } from './catalog.ts'
import type { Reader } from './library/db.ts'

/** The catalogs of this library: the local one, which is always there, and what was connected. */
export interface Catalogs {
  /** Opened when it is first asked for; `permanent` when there is none of that name. */
  get(name: string): Promise<CatalogReply<Catalog>>
  names(): Promise<string[]>
  /** Its connection or its secrets changed. */
  forget(name: string): void
}

export const secretName = (catalog: string, field: string): string => `catalog/${catalog}/${field}`

export function createCatalogs(options: { read: Reader; own: readonly Catalog[]; kinds: CatalogKinds; secrets: Secrets }): Catalogs {
  const { read, own, kinds, secrets } = options
  const opened = new Map<string, Promise<CatalogReply<Catalog>>>()
  const open = async (name: string): Promise<CatalogReply<Catalog>> => {
    const row = await read.selectFrom('connection').selectAll().where('name', '=', name).executeTakeFirst()
    if (row === undefined) return none(`There is no catalog called ${name}.`)
    const kind = kinds.list().find((one) => one.kind === row.kind)
    if (kind === undefined) return none(`This version of Dropcard does not know shops of the kind ${row.kind}.`)
    const connection: Connection = { name, kind: row.kind, config: z.record(z.string(), z.string()).parse(JSON.parse(row.config)) }
    const known: Record<string, string> = {}
    for (const field of kind.fields.filter((one) => one.type === 'secret')) {
      const value = await secrets.get(secretName(name, field.name))
      if (value !== null) known[field.name] = value
      else if (field.required)
        return {
          ok: false,
          problem: {
            class: 'auth',
            code: 'no-secret',
            message: `The ${field.label} of ${name} is not on this computer (looked in ${secrets.where}). Connect the shop again.`,
          },
        }
    }
    return kinds.open(connection, known)
  }
  return {
    async get(name) {
      const fixed = own.find((one) => one.name === name)
      if (fixed !== undefined) return { ok: true, value: fixed }
      const there = opened.get(name) ?? open(name)
      opened.set(name, there)
      const reply = await there
      // What is wrong may be put right: it is looked at anew.
      if (!reply.ok) opened.delete(name)
      return reply
    },
    async names() {
      const rows = await read.selectFrom('connection').select('name').orderBy('created_at').execute()
      return [...own.map((one) => one.name), ...rows.map((row) => row.name)]
    },
    forget: (name) => void opened.delete(name),
  }
}

const none = (message: string): CatalogReply<Catalog> => ({ ok: false, problem: { class: 'permanent', code: 'not-found', message } })
