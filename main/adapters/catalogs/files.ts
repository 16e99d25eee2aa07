import { isAbsolute, parse, resolve } from 'node:path'
import type { Catalog, CatalogKind, CatalogReply, Connection, ConnectionField } from '../../core/catalog.ts'
import { createFilesCatalog } from './files/catalog.ts'
import type { Places } from './files/feeds.ts'
import { folderTarget } from './files/folder.ts'
import { ftpTarget } from './files/ftp.ts'
import { s3Target } from './files/s3.ts'
import { sftpTarget } from './files/sftp.ts'
import { no, type Target } from './files/target.ts'
import { webdavTarget } from './files/webdav.ts'
import { shopAddress, told } from './http.ts'

const field = (
  name: string,
  label: string,
  type: ConnectionField['type'],
  hint: string,
  example: string | null = null,
): ConnectionField => ({
  name,
  label,
  type,
  required: false,
  hint,
  example,
  choices: null,
})

export const filesKind: CatalogKind = {
  kind: 'files',
  label: 'Files',
  about:
    'For any other shop: pictures, one JSON file a listing and a feed (CSV, JSON) in a folder, by FTP, SFTP, WebDAV or in an S3 bucket. Opening and closing is done by this computer.',
  tested: 'stand-in',
  fields: [
    {
      name: 'target',
      label: 'Where to',
      type: 'choice',
      required: true,
      hint: 'How the files get there.',
      example: null,
      choices: [
        { value: 'folder', label: 'A folder on this computer or network' },
        { value: 'ftp', label: 'FTP with TLS' },
        { value: 'sftp', label: 'SFTP (SSH)' },
        { value: 's3', label: 'S3 bucket' },
        { value: 'webdav', label: 'WebDAV' },
      ],
    },
    field('folder', 'Folder', 'folder', 'For a folder: an empty one that is there already.'),
    field(
      'address',
      'Address',
      'text',
      'Server and folder. FTP: ftps://… or ftp://… (both with TLS). SFTP: sftp://… WebDAV: https://… S3: https://endpoint/bucket/folder.',
      'sftp://example.org/var/www/shop',
    ),
    field('user', 'User name', 'text', 'S3: the access key ID.'),
    field('password', 'Password', 'secret', 'S3: the secret access key.'),
    field(
      'privateKey',
      'Private key',
      'secret',
      'SFTP only, instead of a password: the whole text of an OpenSSH key without a passphrase.',
    ),
    field(
      'fingerprint',
      'Fingerprint of the server',
      'text',
      'SFTP only. Your host shows it; leave it empty and test the connection to see which key the server has.',
      'SHA256:…',
    ),
    field('region', 'Region', 'text', 'S3 only; many services take us-east-1 or auto.', 'eu-central-1'),
    field(
      'baseUrl',
      'Web address of the files',
      'url',
      'Where buyers find this folder on the web. Feeds need it.',
      'https://cdn.example/shop/',
    ),
    field(
      'pages',
      'Address of a product page',
      'text',
      'With {handle} where the name of the product goes.',
      'https://shop.example/products/{handle}',
    ),
  ],
}

const wrong = (message: string): CatalogReply<never> => no('permanent', 'connection', message)

/** Any place that takes files. Checks the values of the connection and sends nothing. */
export function openFiles(
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  deps: { timeoutMs?: number /** Of a certificate authority; for tests. */; ca?: string } = {},
): CatalogReply<Catalog> {
  const places = placesOf(connection)
  if (!places.ok) return places
  const target = targetOf(connection, secrets, deps)
  return target.ok ? { ok: true, value: createFilesCatalog(connection.name, target.value, places.value) } : target
}

function targetOf(
  { config }: Connection,
  secrets: Readonly<Record<string, string>>,
  { timeoutMs = 60_000, ca }: { timeoutMs?: number; ca?: string },
): CatalogReply<Target> {
  const text = (name: string): string => config[name]?.trim() ?? ''
  const kind = text('target')
  if (kind === 'folder') {
    const folder = text('folder')
    if (!isAbsolute(folder)) return wrong(`Expected the full path of a folder, got "${told(folder)}".`)
    if (resolve(folder) === parse(folder).root) return wrong(`${folder} is too general: choose an empty folder.`)
    return { ok: true, value: folderTarget(resolve(folder)) }
  }
  const user = text('user')
  const password = secrets['password'] ?? ''
  if (kind === 's3' || kind === 'webdav') {
    const address = shopAddress(text('address'))
    if (!address.ok) return address
    if (kind === 'webdav') {
      if (user.includes(':')) return wrong('A user name for WebDAV holds no colon.')
      return { ok: true, value: webdavTarget(address.value, { user, password }, timeoutMs) }
    }
    if (address.value.pathname === '/') return wrong('Expected endpoint and bucket, like https://s3.example/my-bucket.')
    if (user === '' || password === '') return wrong('Expected an access key ID and its secret.')
    const keys = { accessKey: user, secretKey: password, region: text('region') || 'us-east-1' }
    return { ok: true, value: s3Target(address.value, keys, timeoutMs) }
  }
  const url = URL.parse(text('address'))
  if (kind !== 'ftp' && kind !== 'sftp') return wrong(`Expected folder, ftp, sftp, s3 or webdav, got "${told(kind, [], 30)}".`)
  if (url === null || url.hostname === '')
    return wrong(`Expected an address like ${kind === 'ftp' ? 'ftps' : 'sftp'}://example.org/folder.`)
  if (url.username !== '' || url.password !== '')
    return wrong('The address must not hold a name or password: enter them in their own fields.')
  if (user === '') return wrong('Expected a user name.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const folder = decodeURIComponent(url.pathname)
  if (/[\r\n\0]/.test(folder)) return wrong('The folder in the address holds a line break.')
  if (kind === 'ftp') {
    if (url.protocol !== 'ftp:' && url.protocol !== 'ftps:') return wrong('Expected an address that starts with ftp:// or ftps://.')
    const port = url.port === '' ? 21 : Number(url.port)
    const isHere = /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host)
    const secure = port === 990 ? ('implicit' as const) : url.protocol === 'ftps:' || !isHere
    return { ok: true, value: ftpTarget({ host, port, secure, folder, user, password, ...(ca === undefined ? {} : { ca }) }, timeoutMs) }
  }
  if (url.protocol !== 'sftp:') return wrong('Expected an address that starts with sftp://.')
  const privateKey = secrets['privateKey']?.trim() || null
  if (privateKey === null && password === '') return wrong('Expected a password or a private key.')
  const fingerprint = text('fingerprint').replace(/=+$/, '')
  const port = url.port === '' ? 22 : Number(url.port)
  return { ok: true, value: sftpTarget({ host, port, folder, user, password: password || null, privateKey, fingerprint }, timeoutMs) }
}

function placesOf({ config }: Connection): CatalogReply<Places> {
  const base = config['baseUrl']?.trim() || null
  const pages = config['pages']?.trim() || null
  const isWeb = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '')
  if (base !== null && !isWeb(base)) return wrong(`Expected a web address like https://cdn.example/shop/, got "${told(base)}".`)
  if (pages !== null && !(isWeb(pages) && pages.includes('{handle}')))
    return wrong(`Expected a web address with {handle} in it, got "${told(pages)}".`)
  const slashed = base === null || base.endsWith('/') ? base : `${base}/`
  return { ok: true, value: { base: slashed, page: (handle) => pages?.replaceAll('{handle}', handle) ?? null } }
}
