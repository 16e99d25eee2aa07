import type { z } from 'zod'
import { commands, type ShellCommandName, type ShellIn, type ShellOut, shellCommands } from '../../contract/ipc.ts'
import type { Reply, WireError } from '../../contract/reply.ts'
import type { Log } from '../../core/ports.ts'
import { appOrigin } from './origin.ts'

/** The frame a call came from, as much of it as the door looks at. */
export type Sender = { origin: string; parent: unknown } | null

export type Shell = { [N in ShellCommandName]: (input: ShellIn<N>) => Promise<Reply<ShellOut<N>>> }

/**
 * The only way from the window to the rest: checks who asks, what is asked for and with what, then passes it on.
 * Always resolves to a Reply, whatever comes in: Electron would keep only the message of a rejection.
 */
export function createDoor(parts: {
  engine: { call(name: string, input: unknown): Promise<Reply<unknown>> }
  shell: Shell
  log: Log
}): (sender: Sender, name: unknown, input: unknown) => Promise<Reply<unknown>> {
  return async (sender, name, input) => {
    try {
      if (sender === null || sender.origin !== appOrigin || sender.parent !== null) {
        parts.log.warn('a call from a frame that is not ours', { origin: sender?.origin ?? null })
        return refuse('not-found', 'This page may not call Dropcard.')
      }
      if (typeof name !== 'string') return refuse('invalid-input', `A command is named by a string, not by ${typeof name}.`)
      const args = input ?? {}

      if (isShellCommand(name)) {
        const parsed = shellCommands[name].in.safeParse(args)
        return parsed.success ? await callShell(parts.shell, name, parsed.data) : invalid(name, parsed.error)
      }
      const command = isWindowCommand(name) ? commands[name] : null
      if (command === null) return refuse('not-found', `There is no command ${JSON.stringify(name.slice(0, 80))}.`)
      const parsed = command.in.safeParse(args)
      return parsed.success ? await parts.engine.call(name, args) : invalid(name, parsed.error)
    } catch (error) {
      parts.log.error('the door failed', { name: String(name).slice(0, 80), error })
      return refuse('internal', 'Dropcard made a mistake. The log says more.')
    }
  }
}

function isShellCommand(name: string): name is ShellCommandName {
  return Object.hasOwn(shellCommands, name)
}

function isWindowCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name) && commands[name as keyof typeof commands].door === 'window'
}

function callShell(shell: Shell, name: ShellCommandName, input: unknown): Promise<Reply<unknown>> {
  // parsed by the schema of this very name just above
  const answer = shell[name] as (input: unknown) => Promise<Reply<unknown>>
  return answer(input)
}

function invalid(name: string, error: z.ZodError): Reply<never> {
  const issues = error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }))
  const message = `${name} was called with something it does not take.`
  return { ok: false, error: { code: 'invalid-input', message, next: null, retryable: false, issues } }
}

function refuse(code: WireError['code'], message: string): Reply<never> {
  return { ok: false, error: { code, message, next: null, retryable: false } }
}
