import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A port of this machine that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return address.port
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
