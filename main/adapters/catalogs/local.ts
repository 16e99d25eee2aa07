import { homedir } from 'node:os'
import { isAbsolute, parse, relative, resolve, sep } from 'node:path'
import type { Catalog, CatalogKind, CatalogReply, Connection } from '../../core/catalog.ts'
import type { Clock } from '../../core/ports.ts'
import { createLocalCatalog } from './local/catalog.ts'

/** A folder of web pages, made by this program alone. */
export const localKind: CatalogKind = {
  kind: 'local',
  label: 'Local shop',
  about: 'A small shop of plain web pages in a folder on this computer. Look at it here, or put the folder on any web host.',
  tested: 'real server',
  fields: [
    {
      name: 'title',
      label: 'Name of the shop',
      type: 'text',
      required: false,
      hint: 'Stands at the top of every page. Left empty, the name of your shop in the settings is used.',
      example: 'Harbour Ceramics',
      choices: null,
    },
    {
      name: 'baseUrl',
      label: 'Web address',
      type: 'url',
      required: false,
      hint: 'Where the folder will be on the web, if you know it. Feeds, search engines, previews and printed codes need it.',
      example: 'https://shop.example/',
      choices: null,
    },
    {
      name: 'folder',
      label: 'Folder',
      type: 'folder',
      required: false,
      hint: 'Where the pages are written: an empty folder. Left empty, it is kept inside the library.',
      example: null,
      choices: null,
    },
  ],
}

export type LocalDeps = {
  clock: Clock
  /** Where the pages go when no folder was chosen. */
  defaultDir: string
  /** Of this connection alone: what must not be served. On the disk of the library. */
  stateDir: string
}

/** Checks the values of a connection; reads and writes nothing. */
export function openLocal(connection: Connection, _secrets: Readonly<Record<string, string>>, deps: LocalDeps): CatalogReply<Catalog> {
  const value = (name: string): string | null => connection.config[name]?.trim() || null
  const baseUrl = addressOf(value('baseUrl'))
  if (!baseUrl.ok) return baseUrl
  const dir = folderOf(value('folder'), deps)
  if (!dir.ok) return dir
  return {
    ok: true,
    value: createLocalCatalog({
      name: connection.name,
      dir: dir.value,
      stateDir: deps.stateDir,
      clock: deps.clock,
      title: value('title'),
      baseUrl: baseUrl.value,
    }),
  }
}

const wrong = (code: string, message: string): CatalogReply<never> => ({ ok: false, problem: { class: 'permanent', code, message } })

/** Ends in a slash, so that addresses of pages can be put behind it. */
function addressOf(text: string | null): CatalogReply<string | null> {
  if (text === null) return { ok: true, value: null }
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    return wrong('bad-address', `Expected a web address like https://shop.example/, got "${text.slice(0, 200)}".`)
  if (url.username !== '' || url.password !== '')
    return wrong('bad-address', 'The web address holds a user name or a password, which every page would show. Leave it out.')
  if (url.search !== '' || url.hash !== '')
    return wrong('bad-address', 'Expected a web address without "?" and "#": the folder in which the pages will be.')
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return { ok: true, value: url.href }
}

function folderOf(text: string | null, deps: LocalDeps): CatalogReply<string> {
  if (text === null) return { ok: true, value: deps.defaultDir }
  if (!isAbsolute(text)) return wrong('bad-folder', `Expected the full path of a folder, got "${text.slice(0, 200)}".`)
  const dir = resolve(text)
  if (dir === parse(dir).root || dir === resolve(homedir()))
    return wrong('bad-folder', `${dir} is too general to be a shop: everything in it would be served. Choose an empty folder.`)
  if (lies(deps.stateDir, dir))
    return wrong('bad-folder', `${dir} holds the library: everything in it would be served. Choose an empty folder outside of it.`)
  return { ok: true, value: dir }
}

const lies = (path: string, inside: string): boolean => {
  const way = relative(inside, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
