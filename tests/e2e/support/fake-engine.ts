/**
 * A FAKE engine for tests of the host: it speaks the real channel frames, holds no library and does no work.
 * What it should do at the start is read from `fake.json` in the folder named by --library.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type fromEngine, toEngine } from '../../../main/contract/ipc.ts'
import { type Reply, type WireError, wireError } from '../../../main/contract/reply.ts'

const setup = z.strictObject({
  /** Answers `refused` and stays. */
  refuse: wireError.optional(),
  /** Exits before it is ready, always. */
  die: z.boolean().optional(),
  /** assetId -> file and type, for media.resolve. */
  media: z.record(z.string(), z.strictObject({ path: z.string(), type: z.string() })).optional(),
})
export type FakeSetup = z.infer<typeof setup>

const library = process.argv[process.argv.indexOf('--library') + 1] ?? '.'
const config = join(library, 'fake.json')
const { refuse, die, media = {} } = setup.parse(existsSync(config) ? JSON.parse(readFileSync(config, 'utf8')) : {})

const send = (frame: z.input<typeof fromEngine>) => process.send?.(frame)
const error = (code: WireError['code'], message: string): Reply<never> => ({
  ok: false,
  error: { code, message, next: null, retryable: false },
})
const empty = { photos: 0, clips: 0, picks: 0, rejects: 0, undecided: 0, products: 0 }

const answers: Record<string, (input: never) => unknown> = {
  'library.status': () => ({ path: library, schema: 1, ...empty, jobs: { queued: 0, running: 0, failed: 0 }, degraded: [] }),
  'card.list': () => [],
  'offload.list': () => [],
  'asset.list': () => ({ assets: [], more: false }),
  'stack.list': () => [],
  'product.list': () => [],
  'catalog.list': () => [],
  'drop.list': () => [],
  'publish.state': ({ catalog }: { catalog: string }) => ({
    catalog,
    waiting: 0,
    published: 0,
    hidden: 0,
    failed: [],
    conflicts: [],
    paused: null,
    resting: null,
    page: join(library, 'page.html'),
  }),
  'fake.echo': (input: unknown) => input,
  'fake.pid': () => process.pid,
  'fake.environment': () => process.env,
}

process.on('message', (raw) => {
  const frame = toEngine.parse(raw)
  if (frame.kind === 'stop') process.exit(0)
  const { id, name } = frame
  const reply = (reply: unknown) => send({ kind: 'reply', id, reply })
  if (name === 'fake.die') process.exit(7)
  if (name === 'fake.hang') return
  if (name === 'fake.noise') {
    process.send?.('not a frame')
    send({ kind: 'reply', id: 999_999, reply: null })
    send({ kind: 'event', name: '__proto__', event: {} })
    send({ kind: 'event', name: 'stacks.changed', event: { extra: 1 } })
    send({ kind: 'event', name: 'progress', event: { what: 'noise', done: 1, total: 2 } })
    return reply({ ok: 'perhaps' })
  }
  if (name === 'media.resolve') {
    const { assetId } = z.looseObject({ assetId: z.string() }).parse(frame.input)
    const found = media[assetId]
    return reply(found === undefined ? error('not-found', 'no such asset') : { ok: true, value: found })
  }
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined
  reply(answer === undefined ? error('unavailable', `the fake engine has no ${name}`) : { ok: true, value: answer(frame.input as never) })
})
process.on('disconnect', () => process.exit(0))

if (die === true) {
  console.error('the fake engine was told to die')
  process.exit(9)
}
send(refuse === undefined ? { kind: 'ready' } : { kind: 'refused', error: refuse })
