import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { type CommandIn, type CommandName, type EventName, events, type fromEngine, toEngine } from '../contract/ipc.ts'
import { toWire } from '../core/errors.ts'
import { composeEngine } from './compose.ts'

/** The engine as a plain Node process: calls in, replies and events out, over the channel of its parent. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { library: { type: 'string' } } })
  const send = (frame: z.input<typeof fromEngine>): void => {
    if (process.connected) process.send?.(frame)
  }
  if (values.library === undefined || process.send === undefined) {
    process.stderr.write(
      'The engine is started by the app or by the tests: node main/hosts/engine.ts --library <folder>, with a channel to its parent.\n',
    )
    process.exitCode = 1
    return
  }
  const engine = await composeEngine({
    libraryDir: resolve(values.library),
    watchCards: true,
    electron: async () => ({
      name: 'Electron',
      state: 'ok',
      found: process.env['DROPCARD_ELECTRON'] ?? 'not started by the window',
      next: null,
    }),
  }).catch((error: unknown) => {
    send({ kind: 'refused', error: toWire(error) })
    return null
  })
  if (engine === null) {
    process.exitCode = 3
    process.disconnect()
    return
  }
  for (const name of Object.keys(events)) engine.on(name as EventName, (event) => send({ kind: 'event', name, event }))
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    await engine[Symbol.asyncDispose]()
    if (process.connected) process.disconnect()
  }
  process.on('message', (message: unknown) => {
    const frame = toEngine.safeParse(message)
    if (!frame.success) return
    if (frame.data.kind === 'stop') {
      void stop()
      return
    }
    const { id, name, input } = frame.data
    // The door parses both; a wrong name or input comes back as a Reply.
    void engine.call(name as CommandName, input as CommandIn<CommandName>).then((reply) => send({ kind: 'reply', id, reply }))
  })
  process.on('disconnect', () => void stop())
  process.on('SIGTERM', () => void stop())
  send({ kind: 'ready' })
}

await main()
