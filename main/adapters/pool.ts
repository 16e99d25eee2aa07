import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { z } from 'zod'
import { type TaskIn, type TaskName, type TaskReply, tasks } from '../../workers/protocol.ts'
import { ThreadDied } from '../core/jobs/ending.ts'
import type { WorkerPool } from '../core/ports.ts'
import { calmCollector } from './collector.ts'
import { createGate } from './gate.ts'

type LaneName = 'copy' | 'peek' | 'photo' | 'video'
const laneOf = (name: TaskName): LaneName =>
  name.startsWith('copy.') ? 'copy' : name.startsWith('peek.') ? 'peek' : name.startsWith('cut.') ? 'video' : 'photo'

/** `enter`: no more is handed to its threads than there are: what Piscina keeps waiting would wait for ever behind a thread that dies, as nobody starts another. */
type Lane = { threads: Piscina; enter: ReturnType<typeof createGate> }

const progressMessage = z.strictObject({ done: z.number(), total: z.number() })

/**
 * Long-lived worker threads behind one port: copying, photos and video each in a lane of their own, so that a long take never holds
 * up the photos. A task is cancelled by its own signal, never through the pool: piscina would terminate the thread, and a thread
 * terminated inside a native call takes the engine with it.
 */
export function createWorkerPool(options: { threads?: number; entry?: URL } = {}): WorkerPool {
  const collector = calmCollector()
  const cores = options.threads ?? Math.min(4, availableParallelism())
  const widths: Record<LaneName, number> = { copy: 2, peek: 1, photo: cores, video: 1 }
  const lanes = new Map<LaneName, Lane>()
  let isOver = false
  const lane = (name: LaneName): Lane => {
    const known = lanes.get(name)
    if (known !== undefined) return known
    const threads = new Piscina({
      filename: fileURLToPath(options.entry ?? new URL('../../workers/entry.ts', import.meta.url)),
      // Who inserts a card is waiting to see it: the thread that looks is kept once it has been started.
      minThreads: name === 'peek' ? 1 : 0,
      maxThreads: widths[name],
      idleTimeout: 30_000,
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // Threads that only move bytes need no room for garbage; a big one is what an engine's memory would grow by.
      resourceLimits:
        name === 'copy' || name === 'peek'
          ? { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 }
          : { maxOldGenerationSizeMb: 1024 },
      // Scores and cuts must never make the keys slow.
      ...(name === 'copy' || name === 'peek' ? {} : { niceIncrement: process.platform === 'linux' ? 5 : 0 }),
    })
    threads.on('error', () => undefined)
    const made: Lane = { threads, enter: createGate(widths[name]) }
    lanes.set(name, made)
    return made
  }

  return {
    width: (name) => widths[laneOf(name)],
    async run<N extends TaskName>(
      name: N,
      input: TaskIn<N>,
      { signal, progress }: { signal: AbortSignal; progress?: (done: number, total: number) => void },
    ) {
      const isOff = (): boolean => signal.aborted || isOver
      if (isOff()) return { kind: 'cancelled' }
      const { threads, enter } = lane(laneOf(name))
      const leave = await enter()
      if (isOff()) {
        leave()
        return { kind: 'cancelled' }
      }
      // One channel per task, for progress one way and the cancel the other: a transferable signal would cost a second pair of ports.
      const channel = new MessageChannel()
      const forward = (): void => channel.port1.postMessage('abort')
      signal.addEventListener('abort', forward, { once: true })
      const heard = (message: unknown): void => {
        const parsed = progressMessage.safeParse(message)
        if (parsed.success) progress?.(parsed.data.done, parsed.data.total)
      }
      channel.port1.on('message', heard)
      try {
        const reply: unknown = await threads.run({ name, input, port: channel.port2 }, { transferList: [channel.port2] })
        return parseReply(name, reply)
      } catch (error) {
        if (
          error instanceof Error &&
          /worker exited|ERR_WORKER|terminated|out of memory/i.test(`${error.message} ${'code' in error ? error.code : ''}`)
        ) {
          throw new ThreadDied(error.message, { cause: error })
        }
        throw error
      } finally {
        signal.removeEventListener('abort', forward)
        // Its last words may have come with the reply, and wait here.
        for (let last = receiveMessageOnPort(channel.port1); last !== undefined; last = receiveMessageOnPort(channel.port1))
          heard(last.message)
        channel.port1.close()
        leave()
      }
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      collector[Symbol.dispose]()
      await Promise.all([...lanes.values()].map(({ threads }) => threads.destroy()))
    },
  }
}

const refusedReply = z.strictObject({ kind: z.literal('refused'), because: z.string(), code: z.string() })

function parseReply<N extends TaskName>(name: N, reply: unknown): TaskReply<N> {
  if (typeof reply === 'object' && reply !== null && 'kind' in reply) {
    if (reply.kind === 'done' && 'out' in reply) return { kind: 'done', out: tasks[name].out.parse(reply.out) } as TaskReply<N>
    if (reply.kind === 'refused') return refusedReply.parse(reply) as TaskReply<N>
    if (reply.kind === 'cancelled') return { kind: 'cancelled' }
  }
  throw new TypeError(`a worker answered ${name} with something that is not a reply`)
}
