import type { MessagePort } from 'node:worker_threads'

/** A thread's entry that dies, hangs until told to stop, or answers nonsense, as its input says. For tests of the pool. */
export default async function run(call: { name: string; input: { path: string }; port: MessagePort }): Promise<unknown> {
  switch (call.input.path) {
    case 'die':
      return process.exit(7)
    case 'wait':
      return new Promise((resolve) => call.port.once('message', () => resolve({ kind: 'cancelled' })))
    case 'nonsense':
      return { kind: 'done', out: { sha256: 'short', bytes: -1 } }
    case 'throw':
      throw new RangeError('a bug')
    default:
      return { kind: 'done', out: { sha256: 'a'.repeat(64), bytes: 1 } }
  }
}
