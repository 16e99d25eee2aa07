import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join, posix } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** What a server does with one command instead of what it should. `after`: it does its work first. */
export type LineFault =
  | { kind: 'none' }
  | { kind: 'reset'; after: boolean }
  | { kind: 'hang' }
  | { kind: 'answer'; line: string }
  | { kind: 'cut'; bytes: number }
  | { kind: 'full'; bytes: number }

export type LineServer = {
  address: string
  root: string
  password: { now: string }
  asked: string[]
  choose(fault: (command: string, path: string) => LineFault): void
  offline(): Promise<void>
  online(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A stand-in for an FTP server (RFC 959, 3659, 2428) on a real folder, without TLS, with faults on order. */
export async function ftpStandIn(root: string, options: { hidesDots?: boolean } = {}): Promise<LineServer> {
  const password = { now: 'ftp-secret' }
  const asked: string[] = []
  let choose: (command: string, path: string) => LineFault = () => ({ kind: 'none' })
  const sockets = new Set<Socket>()
  let server: Server = createServer()

  const serve = (socket: Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    let data: Server | null = null
    let from = ''
    let user = ''
    let isIn = false
    let cwd = '/'
    const say = (line: string) => void socket.write(`${line}\r\n`)
    const onDisk = (path: string) => join(root, path)
    /** The next data connection. */
    let channel = (): Promise<Socket> => Promise.reject(new Error('no data connection'))
    const passive = async (): Promise<number> => {
      data?.close()
      data = createServer()
      // Clients connect before they say what for.
      const incoming = (once(data, 'connection') as Promise<[Socket]>).then(([one]) => {
        one.on('error', () => {})
        sockets.add(one)
        return one
      })
      incoming.catch(() => {})
      channel = () => incoming
      data.listen(0, '127.0.0.1')
      await once(data, 'listening')
      return (data.address() as AddressInfo).port
    }

    const act = async (command: string, argument: string): Promise<void> => {
      const path = posix.resolve(cwd, argument)
      asked.push(`${command} ${argument}`)
      const fault = choose(command, path)
      if (fault.kind === 'hang') return
      if (fault.kind === 'answer') return say(fault.line)
      if (fault.kind === 'reset' && !fault.after) return void socket.resetAndDestroy()
      const done = (line: string) => (fault.kind === 'reset' ? void socket.resetAndDestroy() : say(line))
      if (!isIn && !['USER', 'PASS', 'AUTH', 'QUIT', 'FEAT', 'OPTS'].includes(command)) return done('530 Please sign in.')
      switch (command) {
        case 'USER':
          user = argument
          return done('331 Password?')
        case 'PASS':
          isIn = user === 'seller' && argument === password.now
          return done(isIn ? '230 Welcome.' : '530 Login incorrect.')
        case 'FEAT':
          return done('211-Features:\r\n SIZE\r\n EPSV\r\n UTF8\r\n211 End')
        case 'TYPE':
        case 'OPTS':
        case 'STRU':
        case 'NOOP':
          return done('200 Fine.')
        case 'PWD':
          return done(`257 "${cwd}"`)
        case 'CWD':
          if (!(await stat(onDisk(path)).catch(() => null))?.isDirectory()) return done('550 No such directory.')
          cwd = path
          return done('250 There.')
        case 'EPSV':
          return done(`229 Entering Extended Passive Mode (|||${await passive()}|)`)
        case 'LIST': {
          const folder = posix.resolve(cwd, argument.replace(/^-a ?/, ''))
          const open = channel()
          say('150 Here it comes.')
          const names = (await readdir(onDisk(folder)).catch(() => [])).filter(
            (name) => options.hidesDots !== true || !name.startsWith('.'),
          )
          const lines = await Promise.all(
            names.map(async (name) => {
              const it = await stat(join(onDisk(folder), name))
              return `${it.isDirectory() ? 'd' : '-'}rw-r--r-- 1 seller seller ${it.size} Jan 01 12:00 ${name}\r\n`
            }),
          )
          ;(await open).end(lines.join(''))
          return done('226 That is all.')
        }
        case 'SIZE': {
          const it = await stat(onDisk(path)).catch(() => null)
          return done(it?.isFile() === true ? `213 ${it.size}` : '550 No such file.')
        }
        case 'MKD':
          return done(
            await mkdir(onDisk(path)).then(
              () => `257 "${path}"`,
              () => '550 Cannot make it.',
            ),
          )
        case 'DELE':
          return done(
            await rm(onDisk(path)).then(
              () => '250 Gone.',
              () => '550 No such file.',
            ),
          )
        case 'RNFR':
          from = path
          return done((await stat(onDisk(path)).catch(() => null)) === null ? '550 No such file.' : '350 To?')
        case 'RNTO':
          return done(
            await rename(onDisk(from), onDisk(path)).then(
              () => '250 Renamed.',
              () => '550 Cannot.',
            ),
          )
        case 'RETR': {
          if ((await stat(onDisk(path)).catch(() => null)) === null) return done('550 No such file.')
          const open = channel()
          say('150 Here it comes.')
          const source = createReadStream(onDisk(path), fault.kind === 'cut' ? { end: Math.max(0, fault.bytes - 1) } : {})
          await pipeline(source, await open).catch(() => {})
          return done('226 That is all.')
        }
        case 'STOR': {
          const open = channel()
          say('150 Send.')
          const incoming = await open
          const most = fault.kind === 'cut' || fault.kind === 'full' ? fault.bytes : Number.POSITIVE_INFINITY
          let taken = 0
          const head = async function* (source: AsyncIterable<Buffer>) {
            for await (const chunk of source) {
              const part = chunk.subarray(0, Math.max(0, most - taken))
              taken += chunk.length
              yield part
              if (taken >= most && fault.kind === 'cut') return
            }
          }
          const isKept = await pipeline(incoming, head, createWriteStream(onDisk(path))).then(
            () => true,
            () => false,
          )
          if (fault.kind === 'cut') return void socket.resetAndDestroy()
          if (fault.kind === 'full') return say('552 Disk full - please upload later')
          return done(isKept ? '226 I have it.' : '426 Broken off.')
        }
        case 'QUIT':
          say('221 Bye.')
          socket.end()
          return
        default:
          return done('502 Not known.')
      }
    }

    say('220 Stand-in ready.')
    let text = ''
    let queue: Promise<unknown> = Promise.resolve()
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const [command = '', ...rest] = text.slice(0, end).split(' ')
        text = text.slice(end + 2)
        queue = queue.then(() => act(command.toUpperCase(), rest.join(' '))).catch(() => socket.destroy())
      }
    })
    socket.once('close', () => data?.close())
  }

  const listen = async (port: number): Promise<number> => {
    server = createServer(serve)
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const stop = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const port = await listen(0)
  return {
    address: `ftp://127.0.0.1:${port}`,
    root,
    password,
    asked,
    choose(fault) {
      choose = fault
    },
    offline: stop,
    async online() {
      await listen(port)
    },
    [Symbol.asyncDispose]: stop,
  }
}
