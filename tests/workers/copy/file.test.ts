import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { platform, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createWorkerPool } from '../../../main/adapters/pool.ts'
import type { TaskIn, TaskReply } from '../../../workers/protocol.ts'
import { tempFolder } from '../../support/temp.ts'

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const linuxRoot = platform() === 'linux' && userInfo().uid === 0

function pool() {
  const threads = createWorkerPool()
  onTestFinished(() => threads[Symbol.asyncDispose]())
  const abort = new AbortController()
  return {
    abort,
    copy: (
      { destinations, ...rest }: { source: string; destinations: string[]; verify: TaskIn<'copy.file'>['verify'] },
      progress?: (done: number, total: number) => void,
    ): Promise<TaskReply<'copy.file'>> => {
      const input = { ...rest, life: 'a'.repeat(12), destinations: destinations.map((path) => ({ root: tmpdir(), path })) }
      return threads.run('copy.file', input, progress === undefined ? { signal: abort.signal } : { signal: abort.signal, progress })
    },
  }
}

function source(dir: string, bytes = randomBytes(9_000_001)): { path: string; bytes: Buffer } {
  mkdirSync(join(dir, 'card'), { recursive: true })
  const path = join(dir, 'card', 'IMG_0001.JPG')
  writeFileSync(path, bytes)
  utimesSync(path, 1_700_000_000, 1_700_000_000)
  return { path, bytes }
}

const leftovers = (dir: string): string[] =>
  readdirSync(dir, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.part'))

test('one read reaches every destination, verified, with its time, read-only, and leaves nothing else behind', async () => {
  const dir = tempFolder()
  const { path, bytes } = source(dir)
  const seen: number[] = []
  const to = [join(dir, 'library', 'a', 'IMG_0001.JPG'), join(dir, 'backup', 'b', 'IMG_0001.JPG')]
  const reply = await pool().copy({ source: path, destinations: to, verify: 'source-and-destination' }, (done) => seen.push(done))
  expect(reply).toMatchObject({
    kind: 'done',
    out: { sha256: sha(bytes), bytes: bytes.length, destinations: to.map((one) => ({ path: one, outcome: 'copied', verified: true })) },
  })
  for (const one of to) {
    expect(readFileSync(one).equals(bytes)).toBe(true)
    expect(statSync(one)).toMatchObject({ mtimeMs: 1_700_000_000_000, mode: 0o100444 })
  }
  expect(seen.at(-1)).toBe(bytes.length)
  expect(leftovers(dir)).toEqual([])
  expect(statSync(path).mtimeMs).toBe(1_700_000_000_000)
})

test('a name that is taken is never overwritten: the same bytes are recognised, other bytes are left alone', async () => {
  const dir = tempFolder()
  const { path, bytes } = source(dir)
  const same = join(dir, 'library', 'same.JPG')
  const taken = join(dir, 'library', 'taken.JPG')
  mkdirSync(join(dir, 'library'))
  writeFileSync(same, bytes)
  const other = Buffer.from(bytes)
  other[4_000_000] = (other[4_000_000] ?? 0) ^ 1
  writeFileSync(taken, other)
  const reply = await pool().copy({ source: path, destinations: [same, taken], verify: 'destination' })
  expect(reply).toMatchObject({
    kind: 'done',
    out: {
      destinations: [
        { outcome: 'same', verified: true },
        { outcome: 'taken', verified: false },
      ],
    },
  })
  expect(readFileSync(taken).equals(other)).toBe(true)
  expect(leftovers(dir)).toEqual([])
})

test('folders are made below the root of a disk, never the root itself: a disk that was pulled gets nothing, the other its copy', async () => {
  const dir = tempFolder()
  const { path, bytes } = source(dir)
  const [there, pulled] = [join(dir, 'library'), join(dir, 'mount', 'backup')]
  mkdirSync(there)
  mkdirSync(join(dir, 'mount'))
  const threads = createWorkerPool()
  onTestFinished(() => threads[Symbol.asyncDispose]())
  const destinations = [pulled, there].map((root) => ({ root, path: join(root, 'originals', '2026', 'IMG_0001.JPG') }))
  const copy = (more: { root: string; path: string }[]) =>
    threads.run(
      'copy.file',
      { source: path, destinations: more, verify: 'destination', life: 'a'.repeat(12) },
      { signal: new AbortController().signal },
    )
  expect(await copy(destinations)).toMatchObject({
    kind: 'done',
    out: {
      destinations: [
        { outcome: 'error', because: 'the disk is not there any more' },
        { outcome: 'copied', verified: true },
      ],
    },
  })
  expect([readdirSync(join(dir, 'mount')), readFileSync(join(there, 'originals', '2026', 'IMG_0001.JPG')).equals(bytes)]).toEqual([
    [],
    true,
  ])
  await expect(copy([{ root: there, path: join(dir, 'mount', 'x', 'A.JPG') }])).resolves.toMatchObject({
    out: { destinations: [{ outcome: 'error', because: expect.stringContaining('is not below') }] },
  })
  expect(readdirSync(join(dir, 'mount'))).toEqual([])
})

test('two threads after one name: one gets it, the other sees it taken, no byte is lost', async () => {
  const dir = tempFolder()
  const first = source(join(dir, '1'))
  const second = source(join(dir, '2'))
  const to = join(dir, 'library', 'IMG_0001.JPG')
  const { copy } = pool()
  const replies = await Promise.all([
    copy({ source: first.path, destinations: [to], verify: 'destination' }),
    copy({ source: second.path, destinations: [to], verify: 'destination' }),
  ])
  const outcomes = replies.map((reply) => (reply.kind === 'done' ? reply.out.destinations[0]?.outcome : reply.kind))
  expect(outcomes.toSorted()).toEqual(['copied', 'taken'])
  expect(sha(readFileSync(to))).toBe(sha(outcomes[0] === 'copied' ? first.bytes : second.bytes))
})

test.skipIf(platform() === 'win32')('links, pipes and folders are refused at once; a name of raw bytes is copied', async () => {
  const dir = tempFolder()
  const { path, bytes } = source(dir)
  const link = join(dir, 'card', 'LINK.JPG')
  symlinkSync(path, link)
  execFileSync('mkfifo', [join(dir, 'card', 'FIFO.JPG')])
  const { copy } = pool()
  const to = (name: string): string[] => [join(dir, 'library', name)]
  for (const odd of [link, join(dir, 'card', 'FIFO.JPG'), join(dir, 'card')]) {
    expect(await copy({ source: odd, destinations: to('x'), verify: 'destination' })).toMatchObject({
      kind: 'refused',
      code: 'unsupported',
      because: 'not a regular file',
    })
  }
  expect(await copy({ source: join(dir, 'card', 'GONE.JPG'), destinations: to('y'), verify: 'destination' })).toMatchObject({
    kind: 'refused',
    code: 'missing',
  })
  const raw = Buffer.concat([Buffer.from(join(dir, 'card', 'IMG_')), Buffer.from([0xff, 0xfe]), Buffer.from('.JPG')])
  writeFileSync(raw, bytes)
  expect(await copy({ source: `\0${raw.toString('hex')}`, destinations: to('raw.JPG'), verify: 'destination' })).toMatchObject({
    kind: 'done',
    out: { sha256: sha(bytes) },
  })
  expect(leftovers(dir)).toEqual([])
})

test('a cancel in the middle leaves neither a file nor a part', async () => {
  const dir = tempFolder()
  const { path } = source(dir, Buffer.alloc(200_000_000, 3))
  const { copy, abort } = pool()
  const to = join(dir, 'library', 'IMG_0001.JPG')
  const reply = await copy({ source: path, destinations: [to], verify: 'destination' }, () => abort.abort())
  expect(reply).toEqual({ kind: 'cancelled' })
  expect(existsSync(to)).toBe(false)
  expect(leftovers(dir)).toEqual([])
})

test.skipIf(!linuxRoot)('a disk that is full or read-only fails alone; the other disk still gets its copy', async () => {
  const dir = tempFolder()
  const { path, bytes } = source(dir)
  const small = join(dir, 'small')
  const locked = join(dir, 'locked')
  for (const [mount, option] of [
    [small, 'size=2m'],
    [locked, 'ro'],
  ] as const) {
    mkdirSync(mount)
    execFileSync('mount', ['-t', 'tmpfs', '-o', option, 'tmpfs', mount])
    onTestFinished(() => void execFileSync('umount', ['-l', mount]))
  }
  const good = join(dir, 'library', 'IMG_0001.JPG')
  const reply = await pool().copy({
    source: path,
    destinations: [join(small, 'a.JPG'), good, join(locked, 'b.JPG')],
    verify: 'destination',
  })
  expect(reply).toMatchObject({
    kind: 'done',
    out: {
      destinations: [
        { outcome: 'error', because: 'the disk is full' },
        { outcome: 'copied', verified: true },
        { outcome: 'error', because: 'the disk is read-only' },
      ],
    },
  })
  expect(readFileSync(good).equals(bytes)).toBe(true)
  expect(leftovers(dir)).toEqual([])
  chmodSync(good, 0o644)
})
