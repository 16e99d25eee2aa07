import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { SFTPWrapper } from 'ssh2'
import type { CatalogProblem, CatalogReply } from '../../../core/catalog.ts'
import { told } from '../http.ts'
import { createPool, type Session } from './pool.ts'
import { bytesOf, check, foldersOf, good, isFull, isGone, no, side, type Target, wrongSize } from './target.ts'
import { brokenLine } from './wire.ts'

/** `fingerprint`: of the server's key, as `ssh-keygen -lf` shows it: "SHA256:…". */
export type SftpPlace = {
  host: string
  port: number
  folder: string
  user: string
  password: string | null
  privateKey: string | null
  fingerprint: string
}

/** Status codes of the protocol: draft-ietf-secsh-filexfer-13, 9.1. Servers of version 3 know 0–8 only. */
const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3
const FULL = [14, 15]
const WIDTH = 8

/** A folder on a server with SSH. The server's key must be the one that was confirmed. */
export function sftpTarget(place: SftpPlace, timeoutMs: number): Target {
  const where = told(place.host)
  const at = (path: string): string => posix.join(place.folder, path) || '.'

  const problemOf = (thrown: unknown, changes: boolean): CatalogProblem => {
    const status = statusOf(thrown)
    const said = told(thrown instanceof Error ? thrown.message : '', [place.password ?? '', place.privateKey ?? ''])
    if (FULL.includes(status ?? -1) || /no space|quota|disk full/i.test(said)) {
      const full = isFull(where)
      if (!full.ok) return full.problem
    }
    if (status === PERMISSION_DENIED)
      return {
        class: 'auth',
        code: 'sftp-3',
        message: `${where} does not allow this: ${said}. Check the folder of the connection and the rights to it.`,
      }
    const broken = brokenLine(thrown, where, changes)
    if (broken !== null) return broken
    // A plain "Failure" is also what a full disk looks like.
    if (status !== null)
      return {
        class: 'retryable',
        code: `sftp-${status}`,
        message: `${where} could not do this: ${said}. It is tried again; if it stays, look at its free space and at the folder.`,
      }
    return { class: changes ? 'ambiguous' : 'retryable', code: 'sftp', message: `${where} gave an answer of no use (${said}).` }
  }
  const use = createPool((signal) => connect(place, where, timeoutMs, signal, problemOf), problemOf)
  const needFolders = async (sftp: Sftp, path: string): Promise<void> => {
    for (const folder of foldersOf(path)) {
      if ((await sftp.size(at(folder))) !== null) continue
      try {
        await sftp.mkdir(at(folder))
      } catch (thrown) {
        // Another request was faster.
        if ((await sftp.size(at(folder))) === null) throw thrown
      }
    }
  }

  const target: Target = {
    where,

    async put(path, body, _type, signal) {
      const checked = await check(body)
      if (!checked.ok) return checked
      const part = `${path}.${randomBytes(4).toString('hex')}.part`
      const sent = await use(false, signal, async (sftp) => {
        await needFolders(sftp, path)
        await sftp.write(at(part), body.kind === 'file' ? createReadStream(body.path) : [Buffer.from(body.text)])
        const size = await sftp.size(at(part))
        return size === bytesOf(body) ? good(null) : wrongSize(where, path, bytesOf(body), size)
      })
      const ended = sent.ok ? await target.move(part, path, signal) : sent
      if (!ended.ok && ended.problem.code !== 'offline' && ended.problem.class !== 'auth') await target.remove(part, signal)
      return ended
    },

    sizes: (folder, names, signal) =>
      use(false, signal, async (sftp) => {
        const found = await side(names, WIDTH, async (name) => good([name, await sftp.size(at(`${folder}/${name}`))] as const))
        return found.ok ? good(new Map(found.value.flatMap(([name, size]) => (size === null ? [] : [[name, size]])))) : found
      }),

    read: (path, most, signal) =>
      use(false, signal, async (sftp) => {
        const size = await sftp.size(at(path))
        if (size === null) return good(null)
        if (size > most) return no('conflict', 'in-the-way', `Expected a small file at ${path} in ${where}.`)
        const text = await sftp.read(at(path))
        return text.length === size
          ? good(text.toString('utf8'))
          : no('retryable', 'truncated', `${where} sent a part of ${path}. It is asked again.`)
      }),

    list: (folder, signal) =>
      use(false, signal, async (sftp) => {
        const names = await sftp.list(at(folder))
        if (names === null && folder === '')
          return no('permanent', 'no-folder', `${where} has no folder ${told(place.folder)}. Check it in the connection.`)
        return good(names ?? [])
      }),

    move: (from, to, signal) =>
      use(true, signal, async (sftp) => {
        await needFolders(sftp, to)
        if ((await sftp.size(at(from))) === null) return isGone(where, from)
        await sftp.rename(at(from), at(to))
        return good(null)
      }),

    remove: (path, signal) =>
      use(true, signal, async (sftp) => {
        await sftp.remove(at(path))
        return good(null)
      }),
  }
  return target
}

type Sftp = ReturnType<typeof promised>

/** The calls that are used, as promises. What is not there is null, not an error. */
function promised(sftp: SFTPWrapper, broke: Promise<never>, timeoutMs: number) {
  // A server can keep the connection alive and still never answer a question.
  const call = <T>(act: (done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T> => {
    const clock = createClock(timeoutMs)
    const answer = new Promise<T>((resolve, reject) => act((error, value) => (error ? reject(error) : resolve(value as T))))
    return Promise.race([broke, clock.over, answer]).finally(clock.stop)
  }
  const orNull = async <T>(what: Promise<T>): Promise<T | null> => {
    try {
      return await what
    } catch (thrown) {
      if (statusOf(thrown) === NO_SUCH_FILE) return null
      throw thrown
    }
  }
  return {
    size: async (path: string): Promise<number | null> =>
      (await orNull(call<{ size: number }>((done) => sftp.stat(path, done))))?.size ?? null,
    mkdir: (path: string) => call<void>((done) => sftp.mkdir(path, done)),
    list: async (path: string) => {
      const entries = await orNull(call<{ filename: string; attrs: { isDirectory(): boolean } }[]>((done) => sftp.readdir(path, done)))
      return entries?.map((entry) => ({ name: entry.filename, isFolder: entry.attrs.isDirectory() })) ?? null
    },
    read: (path: string) => call<Buffer>((done) => sftp.readFile(path, done)),
    write: (path: string, source: AsyncIterable<Buffer> | Iterable<Buffer>) => {
      const clock = createClock(timeoutMs)
      async function* going() {
        for await (const chunk of source) {
          clock.goesOn()
          yield chunk
        }
        clock.goesOn()
      }
      return Promise.race([broke, clock.over, pipeline(going, sftp.createWriteStream(path))]).finally(clock.stop)
    },
    remove: (path: string) => orNull(call<void>((done) => sftp.unlink(path, done))),
    /** Onto a file that is there as well: by OpenSSH's extension, else by taking the old one away first. */
    rename: async (from: string, to: string) => {
      try {
        await call<void>((done) => sftp.ext_openssh_rename(from, to, done))
      } catch (thrown) {
        if (!(thrown instanceof Error && /not support|extended|unsupported/i.test(thrown.message))) throw thrown
        await orNull(call<void>((done) => sftp.unlink(to, done)))
        await call<void>((done) => sftp.rename(from, to, done))
      }
    },
  }
}

/** Ends what does not get on for this long. */
function createClock(timeoutMs: number) {
  const { promise: over, reject } = Promise.withResolvers<never>()
  over.catch(() => undefined)
  const end = () => reject(new Error('timed out'))
  let timer = setTimeout(end, timeoutMs)
  return {
    over,
    stop: () => clearTimeout(timer),
    goesOn() {
      clearTimeout(timer)
      timer = setTimeout(end, timeoutMs)
    },
  }
}

async function connect(
  place: SftpPlace,
  where: string,
  timeoutMs: number,
  signal: AbortSignal,
  problemOf: (thrown: unknown, changes: boolean) => CatalogProblem,
): Promise<CatalogReply<Session<Sftp>>> {
  // Thirty modules that only few connections need.
  const { Client } = await import('ssh2')
  const client = new Client()
  let found: string | null = null
  let isOpen = false
  const { promise: broke, reject: breakIt } = Promise.withResolvers<never>()
  broke.catch(() => undefined)
  const stop = () => client.destroy()
  signal.addEventListener('abort', stop, { once: true })
  client.on('error', (error) => breakIt(error))
  client.on('close', () => {
    isOpen = false
    breakIt(new Error('the connection closed'))
  })
  try {
    const ready = new Promise<void>((resolve) => client.once('ready', resolve))
    client.connect({
      host: place.host,
      port: place.port,
      username: place.user,
      ...(place.password === null ? {} : { password: place.password }),
      ...(place.privateKey === null ? {} : { privateKey: place.privateKey }),
      readyTimeout: timeoutMs,
      // A server that says nothing for this long is gone.
      keepaliveInterval: Math.max(500, Math.floor(timeoutMs / 3)),
      keepaliveCountMax: 3,
      hostVerifier: (key: Buffer) => {
        found = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
        return found === place.fingerprint
      },
    })
    await Promise.race([broke, ready])
    // Many small questions: none waits for company.
    client.setNoDelay(true)
    const sftp = await Promise.race([
      broke,
      new Promise<SFTPWrapper>((resolve, reject) => client.sftp((error, value) => (error ? reject(error) : resolve(value)))),
    ])
    isOpen = true
    const socket = (client as unknown as { _sock?: { ref(): void; unref(): void } })._sock
    return good({
      client: promised(sftp, broke, timeoutMs),
      isOpen: () => isOpen,
      close: stop,
      hold: (isHeld) => void (isHeld ? socket?.ref() : socket?.unref()),
    })
  } catch (thrown) {
    client.destroy()
    if (found !== null && found !== place.fingerprint) return unknownKey(where, found, place.fingerprint)
    if (thrown instanceof Error && 'level' in thrown && thrown.level === 'client-authentication')
      return no('auth', 'sign-in', `${where} does not accept the sign-in. Check name, password or key in the connection.`)
    return { ok: false, problem: problemOf(thrown, false) }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function unknownKey(where: string, found: string, wanted: string): CatalogReply<never> {
  if (wanted === '')
    return no(
      'auth',
      'host-key',
      `${where} shows the key ${found}. If that is the one your host tells you, enter it as the fingerprint of the connection.`,
    )
  return no(
    'auth',
    'host-key',
    `${where} shows another key (${found}) than was confirmed (${told(wanted, [], 60)}). Somebody may stand between. Ask your host before you change it.`,
  )
}

const statusOf = (thrown: unknown): number | null =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number' ? thrown.code : null
