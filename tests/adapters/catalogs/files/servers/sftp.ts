import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import ssh2, { type Attributes, type Connection, type SFTPWrapper } from 'ssh2'
import type { LineFault, LineServer } from './ftp.ts'

const { Server, utils } = ssh2
const { OPEN_MODE, STATUS_CODE } = utils.sftp

/** One of 300 ed25519 keys that `ssh2` 1.17 makes is one that it cannot read itself ("Malformed OpenSSH public key", 10 of 3,000): then another is made. */
function keyPair(): { private: string; public: Buffer } {
  for (;;) {
    const made = utils.generateKeyPairSync('ed25519')
    const [pub, own] = [utils.parseKey(made.public), utils.parseKey(made.private)]
    if (!(pub instanceof Error) && !(own instanceof Error)) return { private: made.private, public: pub.getPublicSSH() }
  }
}

/** A server with the SSH of the `ssh2` package and a small SFTP part of our own on a real folder, with faults on order. */
export async function sftpStandIn(root: string): Promise<LineServer & { fingerprint: string; userKey: string }> {
  const password = { now: 'sftp-secret' }
  const asked: string[] = []
  let choose: (command: string, path: string) => LineFault = () => ({ kind: 'none' })
  const host = keyPair()
  const user = keyPair()
  const fingerprint = `SHA256:${createHash('sha256').update(host.public).digest('base64').replace(/=+$/, '')}`
  const clients = new Set<Connection>()

  const start = async (port: number) => {
    const server = new Server({ hostKeys: [host.private] }, (client) => {
      clients.add(client)
      ;(client as unknown as { _sock: { setNoDelay(on: boolean): void } })._sock.setNoDelay(true)
      client.on('error', () => {})
      client.on('close', () => clients.delete(client))
      client.on('authentication', (ctx) => {
        const isRight =
          ctx.username === 'seller' &&
          ((ctx.method === 'password' && ctx.password === password.now) || (ctx.method === 'publickey' && ctx.key.data.equals(user.public)))
        if (isRight) ctx.accept()
        else ctx.reject(['password', 'publickey'])
      })
      client.on('ready', () => {
        client.on('session', (accept) => {
          accept().on('sftp', (acceptSftp) => serve(acceptSftp(), client))
        })
      })
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }

  const serve = (sftp: SFTPWrapper, client: Connection) => {
    const handles = new Map<number, { file: FileHandle | null; names: string[] | null; path: string }>()
    let last = 0
    const give = (id: number, what: { file: FileHandle | null; names: string[] | null; path: string }) => {
      handles.set(++last, what)
      const handle = Buffer.alloc(4)
      handle.writeUInt32BE(last)
      sftp.handle(id, handle)
    }
    client.on('close', () => {
      for (const { file } of handles.values()) void file?.close().catch(() => {})
    })
    const of = (handle: Buffer) => handles.get(handle.readUInt32BE())
    const attributes = async (path: string): Promise<Attributes | null> => {
      const it = await stat(join(root, path)).catch(() => null)
      return it === null ? null : { mode: it.mode, size: it.size, uid: 0, gid: 0, atime: 0, mtime: 0 }
    }
    const breakOff = () => {
      // The socket below, so that nothing more is said.
      ;(client as unknown as { _sock: { resetAndDestroy(): void } })._sock.resetAndDestroy()
    }
    /** Does one request, as it is told to. */
    const on = (command: string, id: number, path: string, act: (fault: LineFault) => Promise<number | null>) => {
      asked.push(`${command} ${path}`)
      const fault = choose(command, path)
      if (fault.kind === 'hang') return
      if (fault.kind === 'answer') return sftp.status(id, Number(fault.line.split(' ')[0]), fault.line.slice(fault.line.indexOf(' ') + 1))
      if (fault.kind === 'reset' && !fault.after) return breakOff()
      act(fault).then(
        (status) => {
          if (fault.kind === 'reset' || fault.kind === 'cut') return breakOff()
          if (status !== null) sftp.status(id, status)
        },
        (thrown: unknown) =>
          sftp.status(id, (thrown as { code?: string }).code === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE),
      )
    }
    const told = (fault: LineFault) => fault.kind !== 'reset'

    sftp.on('OPEN', (id, path, flags) =>
      on('OPEN', id, path, async (fault) => {
        const isWritten = (flags & OPEN_MODE.WRITE) !== 0
        const file = await open(join(root, path), isWritten ? 'w' : 'r')
        if (told(fault)) give(id, { file, names: null, path })
        return null
      }),
    )
    sftp.on('WRITE', (id, handle, offset, data) => {
      const it = of(handle)
      on('WRITE', id, it?.path ?? '', async (fault) => {
        const part = fault.kind === 'cut' || fault.kind === 'full' ? data.subarray(0, fault.bytes) : data
        await it?.file?.write(part, 0, part.length, offset)
        return fault.kind === 'full' ? 4 : STATUS_CODE.OK
      })
    })
    sftp.on('READ', (id, handle, offset, length) => {
      const it = of(handle)
      on('READ', id, it?.path ?? '', async (fault) => {
        const buffer = Buffer.alloc(Math.min(length, 32_768))
        const { bytesRead } = (await it?.file?.read(buffer, 0, buffer.length, offset)) ?? { bytesRead: 0 }
        if (bytesRead === 0) return STATUS_CODE.EOF
        if (told(fault)) sftp.data(id, buffer.subarray(0, bytesRead))
        return null
      })
    })
    sftp.on('CLOSE', (id, handle) => {
      const it = of(handle)
      on('CLOSE', id, it?.path ?? '', async () => {
        await it?.file?.close()
        return STATUS_CODE.OK
      })
    })
    const statOf = (command: string) => (id: number, path: string) =>
      on(command, id, path, async (fault) => {
        const found = await attributes(path)
        if (found === null) return STATUS_CODE.NO_SUCH_FILE
        if (told(fault)) sftp.attrs(id, found)
        return null
      })
    sftp.on('STAT', statOf('STAT'))
    sftp.on('LSTAT', statOf('LSTAT'))
    sftp.on('FSTAT', (id, handle) => statOf('FSTAT')(id, of(handle)?.path ?? ''))
    sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK))
    sftp.on('OPENDIR', (id, path) =>
      on('OPENDIR', id, path, async (fault) => {
        const names = await readdir(join(root, path))
        if (told(fault)) give(id, { file: null, names, path })
        return null
      }),
    )
    sftp.on('READDIR', (id, handle) => {
      const it = of(handle)
      on('READDIR', id, it?.path ?? '', async (fault) => {
        const names = it?.names?.splice(0) ?? []
        if (names.length === 0) return STATUS_CODE.EOF
        const entries = await Promise.all(
          names.map(async (filename) => ({
            filename,
            longname: filename,
            attrs: (await attributes(join(it?.path ?? '', filename))) as Attributes,
          })),
        )
        if (told(fault)) sftp.name(id, entries)
        return null
      })
    })
    sftp.on('MKDIR', (id, path) => on('MKDIR', id, path, async () => mkdir(join(root, path)).then(() => STATUS_CODE.OK)))
    sftp.on('REMOVE', (id, path) => on('REMOVE', id, path, async () => rm(join(root, path)).then(() => STATUS_CODE.OK)))
    sftp.on('RENAME', (id, from, to) =>
      on('RENAME', id, to, async () => {
        // As version 3 has it: not onto a file that is there.
        if ((await attributes(to)) !== null) return STATUS_CODE.FAILURE
        await rename(join(root, from), join(root, to))
        return STATUS_CODE.OK
      }),
    )
    sftp.on('REALPATH', (id, path) => sftp.name(id, [{ filename: path, longname: path, attrs: {} as Attributes }]))
  }

  let server = await start(0)
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    const closed = once(server, 'close')
    for (const client of clients) client.end()
    server.close()
    for (const client of clients) (client as unknown as { _sock: { destroy(): void } })._sock.destroy()
    await closed
  }
  return {
    address: `sftp://127.0.0.1:${port}/`,
    root,
    password,
    asked,
    fingerprint,
    userKey: user.private,
    choose(fault) {
      choose = fault
    },
    offline: stop,
    async online() {
      server = await start(port)
    },
    [Symbol.asyncDispose]: stop,
  }
}
