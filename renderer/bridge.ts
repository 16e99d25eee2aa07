import type {
  CommandIn,
  CommandName,
  CommandOut,
  commands,
  EventName,
  EventOf,
  ShellCommandName,
  ShellIn,
  ShellOut,
} from '../main/contract/ipc.ts'
import type { Reply, WireError } from '../main/contract/reply.ts'

type WindowCommandName = { [N in CommandName]: (typeof commands)[N]['door'] extends 'window' ? N : never }[CommandName]

type Calls = { [N in WindowCommandName]: { in: CommandIn<N>; out: CommandOut<N> } } & {
  [N in ShellCommandName]: { in: ShellIn<N>; out: ShellOut<N> }
}
export type CallName = keyof Calls
export type CallIn<N extends CallName> = Calls[N]['in']
export type CallOut<N extends CallName> = Calls[N]['out']

/** What the preload script puts on `window.dropcard`: the window's only way out. Replies and events were checked at main's door. */
export interface Door {
  call<N extends CallName>(name: N, input: CallIn<N>): Promise<Reply<CallOut<N>>>
  /** Returns the function that ends the subscription. */
  on<N extends EventName>(name: N, listener: (event: EventOf<N>) => void): () => void
}

declare global {
  interface Window {
    readonly dropcard?: Door
  }
}

/** A WireError as an exception, so that query code can carry it. */
export class CallError extends Error {
  readonly wire: WireError
  constructor(wire: WireError) {
    super(wire.message)
    this.name = 'CallError'
    this.wire = wire
  }
}

/** Calls the engine or the shell; throws CallError for every failed Reply, and for a door that breaks its promise. */
export async function ask<N extends CallName>(door: Door, name: N, input: CallIn<N>): Promise<CallOut<N>> {
  const reply = await door.call(name, input).catch((cause: unknown) => ({ ok: false as const, error: broken(name, cause) }))
  if (!reply.ok) throw new CallError(reply.error)
  return reply.value
}

/** Any thrown value in the shape people are shown. */
export function wireOf(error: unknown): WireError {
  return error instanceof CallError ? error.wire : broken('this step', error)
}

function broken(what: string, cause: unknown): WireError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return {
    code: 'internal',
    message: `Dropcard could not finish ${what}: ${why}`,
    next: 'Try again. If it happens again, open Settings and choose "Show log".',
    retryable: true,
  }
}
