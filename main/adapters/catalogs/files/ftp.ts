import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { Client, FTPError } from 'basic-ftp'
import type { CatalogProblem, CatalogReply } from '../../../core/catalog.ts'
import { told } from '../http.ts'
import { createPool, type Session } from './pool.ts'
import { bytesOf, check, foldersOf, good, isFull, isGone, no, type Target, wrongSize } from './target.ts'
import { brokenLine } from './wire.ts'

/** From so many names on, one list is faster than asking for each. */
const MOST_ASKED = 6

export type FtpPlace = {
  host: string
  port: number
  secure: boolean | 'implicit'
  folder: string
  user: string
  password: string
  ca?: string
}

/** A folder on an FTP server, with TLS; files are sent under another name and renamed when they are whole. */
export function ftpTarget(place: FtpPlace, timeoutMs: number): Target {
  const where = told(place.host)
  const secrets = [place.password]
  const at = (path: string): string => posix.join(place.folder, path)

  const problemOf = (thrown: unknown, changes: boolean): CatalogProblem => {
    if (thrown instanceof FTPError && thrown.code < 600) return refusal(thrown, where, secrets)
    const broken = brokenLine(thrown, where, changes)
    if (broken !== null) return broken
    const detail = told(thrown instanceof Error ? thrown.message : 'unknown', secrets)
    return { class: changes ? 'ambiguous' : 'retryable', code: 'ftp', message: `${where} gave an answer of no use (${detail}).` }
  }
  const open = async (signal: AbortSignal): Promise<CatalogReply<Session<Client>>> => {
    // Data goes to the host that we asked for, wherever a server points.
    const client = new Client(timeoutMs, { allowSeparateTransferHost: false })
    const stop = () => client.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const { host, port, user, password, secure } = place
      const secureOptions = place.ca === undefined ? {} : { secureOptions: { ca: place.ca, host } }
      await client.access({ host, port, user, password, secure, ...secureOptions })
      return good({
        client,
        isOpen: () => !client.closed,
        close: () => client.close(),
        hold: (isHeld) => void (isHeld ? client.ftp.socket.ref() : client.ftp.socket.unref()),
      })
    } catch (thrown) {
      client.close()
      return { ok: false, problem: problemOf(thrown, false) }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
  const use = createPool(open, problemOf)
  const needFolders = async (client: Client, path: string): Promise<void> => {
    // There already is 550 with most servers; what is really wrong shows when a file is sent.
    for (const folder of foldersOf(path)) await client.send(`MKD ${at(folder)}`, true)
  }
  const sizeOf = async (client: Client, path: string): Promise<number | null> => {
    try {
      return await client.size(at(path))
    } catch (thrown) {
      if (thrown instanceof FTPError && thrown.code === 550) return null
      throw thrown
    }
  }

  const target: Target = {
    where,

    async put(path, body, _type, signal) {
      const checked = await check(body)
      if (!checked.ok) return checked
      const part = `${path}.${randomBytes(4).toString('hex')}.part`
      const sent = await use(false, signal, async (client) => {
        await needFolders(client, path)
        const source = body.kind === 'file' ? createReadStream(body.path) : Readable.from([Buffer.from(body.text)])
        await client.uploadFrom(source, at(part))
        const size = await sizeOf(client, part)
        return size === bytesOf(body) ? good(null) : wrongSize(where, path, bytesOf(body), size)
      })
      const ended = sent.ok ? await target.move(part, path, signal) : sent
      if (!ended.ok && ended.problem.code !== 'offline' && ended.problem.class !== 'auth') await target.remove(part, signal)
      return ended
    },

    sizes: (folder, names, signal) =>
      use(false, signal, async (client) => {
        const found = new Map<string, number>()
        if (names.length <= MOST_ASKED) {
          for (const name of names) {
            const size = await sizeOf(client, `${folder}/${name}`)
            if (size !== null) found.set(name, size)
          }
          return good(found)
        }
        const wanted = new Set(names)
        for (const one of await listed(client, at(folder))) if (one.isFile && wanted.has(one.name)) found.set(one.name, one.size)
        return good(found)
      }),

    read: (path, most, signal) =>
      use(false, signal, async (client) => {
        const size = await sizeOf(client, path)
        if (size === null) return good(null)
        if (size > most) return no('conflict', 'in-the-way', `Expected a small file at ${path} in ${where}.`)
        const chunks: Buffer[] = []
        let length = 0
        const sink = new Writable({
          write(chunk: Buffer, _encoding, done) {
            length += chunk.length
            chunks.push(chunk)
            done(length > most ? new Error('more than was said') : null)
          },
        })
        await client.downloadTo(sink, at(path))
        // A connection that ends early looks like the end of the file.
        if (length !== size) return no('retryable', 'truncated', `${where} sent ${length} of ${size} bytes of ${path}. It is asked again.`)
        return good(Buffer.concat(chunks).toString('utf8'))
      }),

    list: (folder, signal) =>
      use(false, signal, async (client) => {
        if (folder === '') await client.cd(at('') || '/')
        return good((await listed(client, at(folder))).map((one) => ({ name: one.name, isFolder: one.isDirectory })))
      }),

    move: (from, to, signal) =>
      use(true, signal, async (client) => {
        await needFolders(client, to)
        try {
          await client.rename(at(from), at(to))
        } catch (thrown) {
          if (!(thrown instanceof FTPError) || thrown.code !== 550) throw thrown
          // Either there is nothing to move, or this server does not rename onto a file.
          if ((await sizeOf(client, from)) === null) return isGone(where, from)
          if ((await sizeOf(client, to)) === null) throw thrown
          await client.remove(at(to))
          await client.rename(at(from), at(to))
        }
        return good(null)
      }),

    remove: (path, signal) =>
      use(true, signal, async (client) => {
        const reply = await client.remove(at(path), true)
        if (reply.code >= 400 && (await sizeOf(client, path)) !== null) throw new FTPError(reply)
        return good(null)
      }),
  }
  return target
}

async function listed(client: Client, folder: string) {
  try {
    return (await client.list(folder)).filter((one) => one.name !== '.' && one.name !== '..')
  } catch (thrown) {
    if (thrown instanceof FTPError && thrown.code === 550) return []
    throw thrown
  }
}

/** Reply codes: RFC 959, 4.2; 552 is "exceeded storage allocation", 452 "insufficient storage". */
function refusal({ code, message }: FTPError, where: string, secrets: readonly string[]): CatalogProblem {
  const said = told(message, secrets)
  const problem = (kind: CatalogProblem['class'], text: string): CatalogProblem => ({ class: kind, code: `ftp-${code}`, message: text })
  if (code === 452 || code === 552 || /quota|disk full|no space/i.test(message)) {
    const full = isFull(where)
    if (!full.ok) return full.problem
  }
  if (code === 530 || code === 331 || code === 332)
    return problem('auth', `${where} does not accept the sign-in: ${said} Check name and password in the connection.`)
  if (code === 550 || code === 553)
    return problem('auth', `${where} does not allow this: ${said} Check the folder of the connection and the rights to it.`)
  if (code === 421) return problem('throttled', `${where} has no free connection: ${said} It goes on by itself.`)
  if (code >= 400 && code < 500) return problem('retryable', `${where} could not do this now: ${said} It is tried again.`)
  return problem('permanent', `${where} refuses this: ${said}`)
}
