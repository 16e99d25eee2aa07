import { type ChildProcess, spawn } from 'node:child_process'
import { z } from 'zod'
import type { FileLog } from '../../adapters/log.ts'
import { type EventName, type EventOf, events, fromEngine, type toEngine } from '../../contract/ipc.ts'
import { type Reply, type WireError, wireError } from '../../contract/reply.ts'
import { heap } from '../heap.ts'

export type EngineState = EventOf<'engine.state'>

export interface Supervisor extends AsyncDisposable {
  /** Always a Reply. Held back while the engine starts; `unavailable` and retryable when it dies on the way or is stopped. */
  call(name: string, input: unknown): Promise<Reply<unknown>>
  /** Every event of the engine, parsed, and `engine.state` of the supervisor itself. */
  onEvent(listener: (name: EventName, event: unknown) => void): () => void
  state(): EngineState
  /** Starts it again with a clean record, from any state. */
  restart(): void
}

export type SupervisorOptions = {
  /** A Node 24 binary: the engine uses node:sqlite and runs TypeScript directly. */
  node: string
  entry: string
  args: string[]
  /** Added to the engine's environment when it starts. */
  env?: Readonly<Record<string, string>>
  log: FileLog
  /** Waits before the second, third, … start. */
  backoffMs?: number[]
  /** So many ends inside `windowMs` and it stays stopped. */
  strikes?: number
  windowMs?: number
  /** How long it may take to close its library before it is killed. */
  stopMs?: number
}

type Waiting = { id: number; name: string; input: unknown; settle: (reply: Reply<unknown>) => void; sent: boolean }

const replyShape = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.unknown().optional() }),
  z.strictObject({ ok: z.literal(false), error: wireError }),
])

/** Starts the engine process and keeps it running; the app outlives it, and it outlives nothing. */
export function superviseEngine(options: SupervisorOptions): Supervisor {
  const { log, backoffMs = [250, 1_000], strikes = 3, windowMs = 60_000, stopMs = 8_000 } = options
  const listeners = new Set<(name: EventName, event: unknown) => void>()
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let child: ChildProcess | null = null
  let timer: NodeJS.Timeout | null = null
  let ends: number[] = []
  let refusal: WireError | null = null
  let disposing = false
  let closing: Promise<void> | null = null
  let now: EngineState = { state: 'starting', at: new Date().toISOString(), because: null, log: log.path }

  const announce = (name: EventName, event: unknown) => {
    for (const listener of listeners) listener(name, event)
  }
  const become = (state: EngineState['state'], because: string | null) => {
    now = { state, at: new Date().toISOString(), because, log: log.path }
    log.info(`engine ${state}`, because === null ? undefined : { because })
    announce('engine.state', now)
  }
  const fail = (which: (one: Waiting) => boolean, error: WireError) => {
    for (const one of [...waiting.values()].filter(which)) {
      waiting.delete(one.id)
      one.settle({ ok: false, error })
    }
  }
  const send = (one: Waiting) => {
    one.sent = true
    const frame: z.input<typeof toEngine> = { kind: 'call', id: one.id, name: one.name, input: one.input }
    // a failed send is followed by the end of the process, which answers everything that was sent
    child?.send(frame, () => {})
  }
  const stopped = (error: WireError) => {
    refusal = error
    become('stopped', error.next === null ? error.message : `${error.message} ${error.next}`)
    fail(() => true, error)
  }

  const receive = (frame: unknown) => {
    const parsed = fromEngine.safeParse(frame)
    if (!parsed.success) {
      log.warn('the engine sent something that is not a frame', { issues: parsed.error.issues.map((issue) => issue.message) })
      return
    }
    const { data } = parsed
    switch (data.kind) {
      case 'ready':
        become('ready', null)
        for (const one of waiting.values()) if (!one.sent) send(one)
        return
      case 'refused': {
        const error = wireError.safeParse(data.error)
        refusal = error.success ? error.data : internal('the engine refused to start without a readable reason')
        log.error('the engine refused to start', { error: refusal })
        return
      }
      case 'reply': {
        const one = waiting.get(data.id)
        waiting.delete(data.id)
        const reply = replyShape.safeParse(data.reply)
        one?.settle(
          !reply.success
            ? { ok: false, error: internal(`the engine answered ${one.name} with something that is not a reply`) }
            : reply.data.ok
              ? { ok: true, value: reply.data.value }
              : reply.data,
        )
        return
      }
      case 'event': {
        const event = eventOf(data.name, data.event)
        if (event === null) log.warn('the engine announced something unknown', { name: data.name })
        else announce(event.name, event.event)
        return
      }
      default:
        data satisfies never
    }
  }

  const ended = (because: string) => {
    child = null
    if (disposing) return
    log.error('the engine ended', { because })
    if (refusal !== null && !refusal.retryable) return stopped(refusal)
    ends = [...ends.filter((at) => Date.now() - at < windowMs), Date.now()]
    if (ends.length >= strikes) {
      return stopped(
        refusal ?? {
          code: 'unavailable',
          message: `The engine stopped ${ends.length} times within a minute (${because}).`,
          next: `The log says more: ${log.path}. Restart the engine from the Help menu.`,
          retryable: true,
        },
      )
    }
    const error = refusal ?? {
      code: 'unavailable',
      message: `The engine stopped on the way (${because}) and is starting again.`,
      next: 'Try again in a moment.',
      retryable: true,
    }
    refusal = null
    become('restarting', because)
    fail((one) => one.sent, error)
    timer = setTimeout(start, backoffMs[Math.min(ends.length, backoffMs.length) - 1] ?? 0)
  }

  function start() {
    timer = null
    refusal = null
    const started = spawn(
      options.node,
      ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2', '--initial-old-space-size=16', options.entry, ...options.args],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: { ...heap, ...cleanEnvironment(process.env), ...options.env, DROPCARD_ELECTRON: process.versions.electron ?? 'unknown' },
        windowsHide: true,
      },
    )
    child = started
    let over = false
    if (started.pid !== undefined) log.info('engine started', { pid: started.pid })
    const end = (because: string) => {
      if (over || child !== started) return
      over = true
      ended(because)
    }
    started.stdout?.setEncoding('utf8').on('data', (text: string) => log.lines('engine', text))
    started.stderr?.setEncoding('utf8').on('data', (text: string) => log.lines('engine', text))
    started.on('message', (frame) => {
      if (child !== started) return
      receive(frame)
      // one that refused has nothing left to do
      if (refusal !== null) started.kill()
    })
    started.on('error', (error) => {
      if (started.pid === undefined) end(`it could not be started: ${error.message}`)
    })
    started.on('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `ended by ${signal}`))
  }

  const close = async (engine: ChildProcess) => {
    if (engine.exitCode !== null || engine.signalCode !== null || engine.pid === undefined) return
    const exited = new Promise<void>((resolve) => engine.once('exit', () => resolve()))
    const frame: z.input<typeof toEngine> = { kind: 'stop' }
    if (engine.connected) engine.send(frame, () => {})
    const late = setTimeout(() => engine.kill('SIGKILL'), stopMs)
    await exited
    clearTimeout(late)
  }

  start()
  return {
    call: (name, input) =>
      new Promise((settle) => {
        if (now.state === 'stopped' || disposing) {
          settle({ ok: false, error: refusal ?? { code: 'unavailable', message: 'The engine is stopped.', next: null, retryable: true } })
          return
        }
        const one: Waiting = { id: nextId++, name, input, settle, sent: false }
        waiting.set(one.id, one)
        if (now.state === 'ready') send(one)
      }),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    state: () => now,
    restart: () => {
      if (disposing || closing !== null) return
      if (timer !== null) clearTimeout(timer)
      ends = []
      const old = child
      child = null
      become('starting', null)
      fail((one) => one.sent, {
        code: 'unavailable',
        message: 'The engine was restarted.',
        next: 'Try again in a moment.',
        retryable: true,
      })
      // two engines never hold one library
      closing = (old === null ? Promise.resolve() : close(old)).then(() => {
        closing = null
        if (!disposing) start()
      })
    },
    [Symbol.asyncDispose]: async () => {
      disposing = true
      if (timer !== null) clearTimeout(timer)
      fail(() => true, { code: 'unavailable', message: 'Dropcard is closing.', next: null, retryable: false })
      await closing
      if (child !== null) await close(child)
    },
  }
}

function eventOf(name: string, event: unknown): { name: EventName; event: unknown } | null {
  const known = (Object.keys(events) as EventName[]).find((one) => one === name)
  if (known === undefined) return null
  const parsed = events[known].safeParse(event)
  return parsed.success ? { name: known, event: parsed.data } : null
}

/** What Electron and its tools set for themselves would bend a plain Node. */
function cleanEnvironment({ ELECTRON_RUN_AS_NODE: _, NODE_OPTIONS: __, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env
}

const internal = (message: string): WireError => ({ code: 'internal', message, next: 'Please report it with the log.', retryable: false })
