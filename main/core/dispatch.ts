import type { z } from 'zod'
import { type CommandArgs, type CommandIn, type CommandName, type CommandOut, commands } from '../contract/ipc.ts'
import type { Reply } from '../contract/reply.ts'
import { AppError, toWire } from './errors.ts'
import type { Log } from './ports.ts'

export type Handlers = { [N in CommandName]: (input: CommandArgs<N>) => Promise<CommandOut<N>> }

export type Dispatch = <N extends CommandName>(name: N, input: CommandIn<N>) => Promise<Reply<CommandOut<N>>>

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name)

const issuesOf = (error: z.ZodError): { path: string; message: string }[] =>
  error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))

/**
 * The one door of the engine, for the app, the command line and the tests: own-property check → parse in → handler → parse out → Reply.
 * It never rejects.
 */
export function createDispatch(handlers: Handlers, log: Log): Dispatch {
  return async <N extends CommandName>(name: N, input: CommandIn<N>): Promise<Reply<CommandOut<N>>> => {
    try {
      if (!isCommand(name)) throw new AppError('not-found', `There is no command called ${JSON.stringify(name)}`)
      const parsed = commands[name].in.safeParse(input)
      if (!parsed.success) {
        const issues = issuesOf(parsed.error)
        throw new AppError('invalid-input', `${name}: ${issues.map((issue) => `${issue.path || 'input'}: ${issue.message}`).join('; ')}`, {
          issues,
        })
      }
      const handler: (args: CommandArgs<N>) => Promise<CommandOut<N>> = handlers[name]
      const out = await handler(parsed.data as CommandArgs<N>)
      return { ok: true, value: commands[name].out.parse(out) as CommandOut<N> }
    } catch (error) {
      if (!(error instanceof AppError))
        log.error('a command threw', { command: name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
      return { ok: false, error: toWire(error) }
    }
  }
}
