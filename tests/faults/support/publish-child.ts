import { createInterface } from 'node:readline'
import { openVendure } from '../../../main/adapters/catalogs/vendure.ts'
import { createVolumes } from '../../../main/adapters/volumes.ts'
import { createEngine } from '../../../main/core/engine.ts'

/**
 * The real engine publishing to a Vendure server, in a process of its own that can be killed: `node publish-child.ts '{"dir":…,"url":…,"token":…}'`.
 * Says `upload` when one is about to begin and waits for its `go`, `sent 120` when one took 120 ms, and its whole state whenever nothing is left to do.
 * Takes `start` (publish everything), `again` (the shop is back), `settle` (say when even what is due later is done), `go` (the upload that waits
 * longest) and `freely` (no upload waits any more).
 */
const { dir, url, token, settleMs } = JSON.parse(process.argv[2] ?? '{}') as { dir: string; url: string; token: string; settleMs: number }
const opened = openVendure({ name: 'vendure', kind: 'vendure', config: { url } }, { token }, { settleMs, timeoutMs: 20_000 })
if (!opened.ok) throw new Error(opened.problem.message)
const catalog = opened.value
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const held: (() => void)[] = []
let freely = false
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const engine = await createEngine({
  libraryDir: dir,
  pool: { width: () => 1, run: async () => ({ kind: 'cancelled' }), [Symbol.asyncDispose]: async () => undefined },
  volumes: createVolumes(),
  doctor: { report: async () => ({ ok: true, checks: [] }) },
  clock: { now: () => Date.now() },
  log: quiet,
  modelsDir: '',
  sampleCard: null,
  catalogs: () => [
    {
      ...catalog,
      async upload(...of) {
        say('upload')
        if (!freely) await new Promise<void>((go) => held.push(go))
        const began = performance.now()
        const reply = await catalog.upload(...of)
        if (reply.ok) say(`sent ${Math.round(performance.now() - began)}`)
        return reply
      },
    },
  ],
  kinds: { list: () => [], open: () => ({ ok: false, problem: { class: 'permanent', code: 'not-found', message: 'no kinds here' } }) },
  secrets: { where: 'nowhere', get: async () => null, set: async () => undefined },
  webhook: () => ({ tell: () => undefined, [Symbol.asyncDispose]: async () => undefined }),
  watchCards: false,
  watchedFolders: null,
  work: 'everything',
})
say('up')

const state = async () => {
  const reply = await engine.call('publish.state', { catalog: 'vendure' })
  if (!reply.ok) throw new Error(reply.error.message)
  return reply.value
}
const calls: Record<string, () => Promise<{ ok: true } | { ok: false; error: { message: string } }>> = {
  start: () => engine.call('publish.start', { catalog: 'vendure', productIds: null }),
  again: () => engine.call('publish.retry', { catalog: 'vendure' }),
  settle: () => engine.call('engine.settle', {}),
}
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'freely') freely = true
  if (line === 'go' || line === 'freely') for (const go of held.splice(0, freely ? held.length : 1)) go()
  void calls[line]?.().then((reply) => (reply.ok ? say(`did ${line}`) : say(`refused ${line}: ${reply.error.message}`)))
})
setInterval(async () => {
  const now = await state()
  if (now.waiting === 0 && now.published + now.failed.length > 0) say(`idle ${JSON.stringify(now)}`)
}, 250)
