import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { CommandIn, CommandName, CommandOut } from '../../contract/ipc.ts'
import type { WireError } from '../../contract/reply.ts'
import type { Engine } from '../../core/engine.ts'
import { AppError, toWire } from '../../core/errors.ts'
import { composeEngine } from '../compose.ts'
import { createOutput, type Output } from './terminal.ts'

/** 0 fine · 1 wrong use · 2 finished, but something named in the output was refused or failed · 3 nothing could be done */
export type ExitCode = 0 | 1 | 2 | 3

/** Ends a command with an error that was named already. */
export class Stop extends Error {
  readonly wire: WireError
  constructor(wire: WireError) {
    super(wire.message)
    this.wire = wire
  }
}

export type Session = {
  out: Output
  call<N extends CommandName>(name: N, input: CommandIn<N>): Promise<CommandOut<N>>
}

export type EngineChoice = {
  library?: string | undefined
  json?: boolean | undefined
  work?: 'everything' | 'offload'
  /** A card that will be read: the library must not be made inside it, not even to find out that it may not. */
  card?: string
  /** The command reads a library; it makes none. */
  mustExist?: boolean
}

function checkPlaces({ library, card, mustExist }: EngineChoice): void {
  if (library === undefined) return
  const folder = resolve(library)
  if (mustExist === true && !existsSync(join(folder, 'dropcard.sqlite'))) {
    throw new AppError('not-found', `There is no library in ${folder}`, {
      next: 'Name the folder of a library, or make one with "run" or "offload".',
    })
  }
  if (card !== undefined && `${folder}${sep}`.startsWith(`${resolve(card)}${sep}`)) {
    throw new AppError('invalid-input', `The library would be inside the card or folder to read: ${folder}`, {
      next: 'Choose another folder with --library: nothing is ever written to a card.',
    })
  }
}

const codeOf = (error: WireError): ExitCode => (error.code === 'invalid-input' ? 1 : 3)

/** Opens an engine, runs the command with it, closes it; every ending is an exit code. Ctrl-C closes it tidily: a rerun goes on. */
export async function withEngine(options: EngineChoice, act: (session: Session) => Promise<ExitCode>): Promise<void> {
  const out = createOutput(options.json === true)
  let engine: Engine | null = null
  let interrupted = false
  const stop = (): void => {
    if (interrupted) process.exit(130)
    interrupted = true
    process.stderr.write('\nStopping; what is done stays done. Run it again to go on.\n')
    void engine?.[Symbol.asyncDispose]().then(() => process.exit(130))
  }
  // Nothing left to do and no answer: a bug, but the script that waits for a document gets one.
  const stuck = (): void => {
    out.error({
      code: 'internal',
      message: 'The engine stopped answering',
      next: 'Run it again: what is done stays done.',
      retryable: true,
    })
    process.exitCode = 3
  }
  process.once('beforeExit', stuck)
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    checkPlaces(options)
    engine = await composeEngine({
      libraryDir: options.library === undefined ? null : resolve(options.library),
      watchCards: false,
      work: options.work ?? 'everything',
      electron: electronCheck,
    })
    const client = engine
    const unfollow = out.follow(client)
    const session: Session = {
      out,
      async call(name, input) {
        const reply = await client.call(name, input)
        if (reply.ok) return reply.value
        throw new Stop(reply.error)
      },
    }
    try {
      process.exitCode = await act(session)
    } finally {
      unfollow()
    }
  } catch (error) {
    const wire = error instanceof Stop ? error.wire : toWire(error)
    out.error(wire)
    process.exitCode = codeOf(wire)
  } finally {
    process.off('beforeExit', stuck)
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    if (!interrupted) await engine?.[Symbol.asyncDispose]()
  }
}

/** Electron belongs to the app: the engine itself never needs it. Looked up without downloading anything. */
async function electronCheck(): Promise<{ name: string; state: 'ok' | 'warning'; found: string; next: string | null }> {
  try {
    const { describeElectron } = await import('../launch/doctor.ts')
    return await describeElectron()
  } catch {
    return {
      name: 'Electron',
      state: 'warning',
      found: 'not installed in this checkout',
      next: 'Run npm ci, then npm start: it fetches what is missing.',
    }
  }
}
