import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const each = 200
let next = 0

/**
 * A port of this machine that nobody listens at, and that nobody is given by chance before it is used: below those that systems hand out by
 * themselves (32768 on Linux, 49152 elsewhere), from this program's own two hundred.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < each; tries++) {
    const port = 20_000 + (process.pid % 60) * each + (next++ % each)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('expected a free port')
}

/** Waits until somebody listens there. @param isOver there is nobody to wait for any more; @param most tries, ten a second */
export async function answers(port: number, isOver: () => boolean = () => false, most = 300): Promise<void> {
  for (let tries = 0; tries < most && !isOver(); tries++) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await sleep(100)
  }
  throw new Error(`nothing answers at 127.0.0.1:${port}`)
}
