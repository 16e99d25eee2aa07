/** A thread's entry that dies, hangs until told to stop, or answers nonsense, as its input says. For tests of the pool. */
export default async function run(call: { name: string; input: { path: string }; signal: AbortSignal }): Promise<unknown> {
  switch (call.input.path) {
    case 'die':
      return process.exit(7)
    case 'wait':
      return new Promise((resolve) => call.signal.addEventListener('abort', () => resolve({ kind: 'cancelled' })))
    case 'nonsense':
      return { kind: 'done', out: { sha256: 'short', bytes: -1 } }
    case 'throw':
      throw new RangeError('a bug')
    default:
      return { kind: 'done', out: { sha256: 'a'.repeat(64), bytes: 1 } }
  }
}
