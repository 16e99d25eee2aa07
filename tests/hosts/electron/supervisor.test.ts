import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../../main/adapters/log.ts'
import { places } from '../../../main/hosts/electron/places.ts'
import { type EngineState, type Supervisor, type SupervisorOptions, superviseEngine } from '../../../main/hosts/electron/supervisor.ts'

// a real process on the real Node, running the FAKE engine
const root = resolve(import.meta.dirname, '../../..')
const { node } = places(join(root, 'out/main'), false, '')

let folder: string
let engine: Supervisor
let states: EngineState['state'][]
let heard: [string, unknown][]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dropcard-supervisor-'))
})
afterEach(async () => {
  await engine[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function supervise(setup: object = {}, options: Partial<SupervisorOptions> = {}) {
  await writeFile(join(folder, 'fake.json'), JSON.stringify(setup))
  engine = superviseEngine({
    node,
    entry: join(root, 'tests/e2e/support/fake-engine.ts'),
    args: ['--library', folder],
    log: createLog(join(folder, 'logs/dropcard.log')),
    backoffMs: [1],
    ...options,
  })
  states = [engine.state().state]
  heard = []
  engine.onEvent((name, event) => {
    if (name === 'engine.state') states.push((event as EngineState).state)
    else heard.push([name, event])
  })
}
const reaches = (state: EngineState['state']) => expect.poll(() => engine.state().state, { timeout: 60_000 }).toBe(state)
const log = () => readFile(join(folder, 'logs/dropcard.log'), 'utf8')
const unavailable = { ok: false, error: expect.objectContaining({ code: 'unavailable', retryable: true, next: expect.any(String) }) }

test('calls made while it starts are held, answered by the right reply, and survive a death only as a named failure', async () => {
  await supervise()
  const early = await Promise.all([engine.call('fake.echo', { n: 1 }), engine.call('fake.pid', {}), engine.call('fake.echo', { n: 2 })])
  expect(early).toEqual([
    { ok: true, value: { n: 1 } },
    { ok: true, value: expect.any(Number) },
    { ok: true, value: { n: 2 } },
  ])
  const hanging = engine.call('fake.hang', {})
  expect(await engine.call('fake.die', {})).toEqual(unavailable)
  expect(await hanging).toEqual(unavailable)
  // held back over the restart, then answered by the new one
  const after = await engine.call('fake.pid', {})
  expect(after).toEqual({ ok: true, value: expect.any(Number) })
  expect(after).not.toEqual(early[1])
  expect(states).toEqual(['starting', 'ready', 'restarting', 'ready'])
})

test('noise on the channel is logged and dropped; a reply that is none becomes an internal error', async () => {
  await supervise()
  expect(await engine.call('fake.noise', {})).toEqual({ ok: false, error: expect.objectContaining({ code: 'internal' }) })
  expect(heard).toEqual([['progress', { what: 'noise', done: 1, total: 2 }]])
  expect(await log()).toMatch(
    /not a frame[\s\S]*something unknown \{"name":"__proto__"\}[\s\S]*something unknown \{"name":"stacks.changed"\}/,
  )
})

test('three ends within the window stop it with the log named; a restart from the menu gives it a clean record', async () => {
  await supervise({ die: true })
  const held = engine.call('fake.echo', {})
  await reaches('stopped')
  expect(await held).toEqual(unavailable)
  expect(await engine.call('fake.echo', {})).toEqual(unavailable)
  expect(states).toEqual(['starting', 'restarting', 'restarting', 'stopped'])
  expect(engine.state()).toMatchObject({ because: expect.stringContaining('exit code 9'), log: join(folder, 'logs/dropcard.log') })
  expect(await log()).toContain('engine the fake engine was told to die')

  await writeFile(join(folder, 'fake.json'), '{}')
  engine.restart()
  engine.restart()
  expect(await engine.call('fake.echo', 'back')).toEqual({ ok: true, value: 'back' })
})

test('a refusal that trying again cannot help stops it at once, with the reason for every call', async () => {
  const refuse = { code: 'newer-library', message: 'This library is newer.', next: 'Update Dropcard.', retryable: false }
  await supervise({ refuse })
  expect(await engine.call('library.status', {})).toEqual({ ok: false, error: refuse })
  expect(await engine.call('library.status', {})).toEqual({ ok: false, error: refuse })
  expect(states).toEqual(['starting', 'stopped'])
  expect(engine.state().because).toBe('This library is newer. Update Dropcard.')
})

test('a Node that is not there stops it with a reason', async () => {
  await supervise({}, { node: join(folder, 'no-node') })
  await reaches('stopped')
  expect(engine.state().because).toContain('could not be started')
})

test('closing ends the process, and answers what was still open', async () => {
  await supervise()
  const pid = await engine.call('fake.pid', {})
  const hanging = engine.call('fake.hang', {})
  await engine[Symbol.asyncDispose]()
  expect(await hanging).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: false } })
  expect(() => process.kill(pid.ok ? Number(pid.value) : 0, 0)).toThrow('ESRCH')
})

test('the engine does not inherit what Electron needs for itself', async () => {
  process.env['ELECTRON_RUN_AS_NODE'] = '1'
  try {
    await supervise()
    const environment = await engine.call('fake.environment', {})
    expect(environment).toMatchObject({ ok: true, value: expect.not.objectContaining({ ELECTRON_RUN_AS_NODE: '1' }) })
  } finally {
    delete process.env['ELECTRON_RUN_AS_NODE']
  }
})
