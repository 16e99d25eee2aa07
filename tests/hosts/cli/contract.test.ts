import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { dropcard, fixtureCard } from '../../support/cli.ts'
import { tempFolder } from '../../support/temp.ts'

const offloadShape = z.object({
  counts: z.object({
    copied: z.number(),
    skipped: z.number(),
    conflict: z.number(),
    verifyFailed: z.number(),
    sourceMissing: z.number(),
    error: z.number(),
  }),
  assets: z.array(
    z.object({ source: z.string(), id: z.string(), stored: z.string(), kind: z.enum(['photo', 'clip']), outcome: z.string() }),
  ),
  ignored: z.array(z.object({ source: z.string(), because: z.string() })),
  safeToErase: z.object({ verdict: z.string(), because: z.array(z.string()) }),
  manifest: z.string(),
})

/** Everything of a card that must stay as it is. */
const fingerprint = (root: string): string[] =>
  readdirSync(root, { recursive: true })
    .map(String)
    .sort()
    .map((name) => {
      const stat = statSync(join(root, name))
      return `${name} ${stat.mtimeMs} ${stat.mode} ${
        stat.isFile()
          ? createHash('sha256')
              .update(readFileSync(join(root, name)))
              .digest('hex')
          : ''
      }`
    })

test('offload: the card is untouched, every file is an asset or named, ids are hashes, a second run skips', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const backup = join(dir, 'backup')
  const before = fingerprint(fixtureCard)
  const first = await dropcard(['offload', fixtureCard, '--library', library, '--backup', backup, '--json'])
  expect([first.code, first.stderr]).toEqual([0, ''])
  const report = offloadShape.parse(first.json)
  expect(report.counts).toMatchObject({ copied: 24, skipped: 0, error: 0 })
  expect(report.safeToErase).toEqual({
    verdict: 'safe',
    because: ['Safe to erase: 22 photos and 2 clips, each on 2 disks, read back and identical.'],
  })
  for (const asset of report.assets) {
    const bytes = readFileSync(asset.stored)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(asset.id)
    expect(bytes.equals(readFileSync(asset.source))).toBe(true)
  }
  const named = [...report.assets.map((one) => one.source), ...report.ignored.map((one) => one.source)]
  const files = readdirSync(fixtureCard, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  expect(files.filter((file) => !named.some((one) => file === one || file.startsWith(`${one}/`)))).toEqual([])
  expect(readFileSync(report.manifest, 'utf8').match(/<hash>/g)?.length).toBe(26)
  expect(readdirSync(join(backup, 'manifests'))).toHaveLength(1)
  const second = await dropcard(['offload', fixtureCard, '--library', library, '--backup', backup, '--json'])
  expect([second.code, offloadShape.parse(second.json).counts]).toMatchObject([0, { copied: 0, skipped: 24 }])
  expect(fingerprint(fixtureCard)).toEqual(before)
})

test('wrong use is 1, nothing done is 3, each with one JSON document and the next step', async () => {
  const dir = tempFolder()
  const file = join(dir, 'file')
  writeFileSync(file, 'x')
  mkdirSync(join(dir, 'empty'))
  mkdirSync(join(dir, 'card'))
  writeFileSync(join(dir, 'card', 'IMG_0001.JPG'), 'x')
  const library = join(dir, 'library')
  const cases: [string[], number, string][] = [
    [['nonsense', '--json'], 1, 'invalid-input'],
    [['offload', fixtureCard, '--json'], 1, 'invalid-input'],
    [['triage', '--json'], 1, 'invalid-input'],
    [['offload', join(dir, 'nowhere'), '--library', `${library}1`, '--json'], 3, 'not-found'],
    [['offload', file, '--library', `${library}2`, '--json'], 3, 'unreadable'],
    [['offload', join(dir, 'empty'), '--library', `${library}3`, '--json'], 3, 'not-found'],
    [['offload', fixtureCard, '--library', file, '--json'], 3, 'unreadable'],
    [['offload', join(dir, 'card'), '--library', join(dir, 'card', 'inside'), '--json'], 1, 'invalid-input'],
    [['publish', '--library', library, '--to', 'nowhere', '--json'], 3, 'not-found'],
    [['clips', file, '--out', join(dir, 'o'), '--channel', 'telegraph', '--json'], 1, 'invalid-input'],
    [['shots', join(dir, 'nowhere.mp4'), '--json'], 3, 'not-found'],
    [['shots', file, '--json'], 3, 'unreadable'],
  ]
  const results = await Promise.all(cases.map(([args]) => dropcard(args)))
  expect(
    results.map((one, index) => [
      cases[index]?.[0].join(' '),
      one.code,
      z.object({ error: z.object({ code: z.string() }) }).safeParse(one.json).data?.error.code,
    ]),
  ).toEqual(cases.map(([args, code, error]) => [args.join(' '), code, error]))
  expect(results.every((one) => one.stderr !== '')).toBe(true)
  expect(readdirSync(join(dir, 'card')), 'nothing is made on a card').toEqual(['IMG_0001.JPG'])
})

test('help is everywhere', async () => {
  const commands = ['run', 'demo', 'offload', 'verify', 'trash', 'score', 'triage', 'shots', 'clips', 'render', 'publish', 'doctor']
  const all = await dropcard(['--help'])
  expect([all.code, commands.filter((name) => !all.stdout.includes(`  ${name}`))]).toEqual([0, []])
  const each = await Promise.all(commands.map((name) => dropcard([name, '--help'])))
  expect(each.map((one) => [one.code, one.stdout.includes('--json')])).toEqual(commands.map(() => [0, true]))
})

test('score and triage need no library; what cannot be read is named and the rest goes on', async () => {
  const dir = tempFolder()
  const broken = join(dir, 'broken.JPG')
  writeFileSync(broken, 'not a photo')
  const good = join(fixtureCard, 'DCIM/100CANON/IMG_0001.JPG')
  const scored = await dropcard(['score', good, broken, '--json'])
  const shape = z.object({
    results: z.array(
      z.object({
        path: z.string(),
        ok: z.boolean(),
        score: z.number().min(0).max(100).nullable(),
        components: z.record(z.string(), z.object({ points: z.number() })),
        reasons: z.array(z.string()),
        error: z.string().optional(),
      }),
    ),
  })
  const { results } = shape.parse(scored.json)
  expect([scored.code, results.map((one) => [one.path, one.ok])]).toEqual([
    2,
    [
      [good, true],
      [broken, false],
    ],
  ])
  expect(results[0]?.reasons.length).toBeGreaterThan(0)
  expect(results[1]?.error).toBeTruthy()
  const triage = await dropcard(['triage', join(fixtureCard, 'DCIM/100CANON'), '--json'])
  const report = z
    .object({
      assets: z.array(z.object({ path: z.string(), stack: z.string(), rank: z.number(), suggestion: z.string() })),
      stacks: z.array(z.object({ id: z.string(), cover: z.string(), members: z.array(z.string()) })),
    })
    .parse(triage.json)
  const burst = report.stacks.find((stack) => stack.members.some((path) => path.endsWith('IMG_0001.JPG')))
  expect(burst?.members.map((path) => path.slice(-12)).toSorted()).toEqual(['IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0003.JPG', 'IMG_0004.JPG'])
  expect(
    report.assets
      .filter((asset) => asset.stack === burst?.id)
      .map((asset) => asset.rank)
      .toSorted(),
  ).toEqual([1, 2, 3, 4])
})

test('a folder that may not be written and a library of a newer version are named', async () => {
  const dir = tempFolder()
  const sealed = join(dir, 'sealed')
  mkdirSync(sealed)
  writeFileSync(join(sealed, 'dropcard.sqlite'), 'SQLite format 3\0garbage'.padEnd(5000, 'x'))
  const result = await dropcard(['triage', '--library', sealed, '--json'])
  expect([result.code, result.json]).toMatchObject([3, { error: { code: 'corrupt-library', next: expect.stringContaining('backups') } }])
  chmodSync(sealed, 0o755)
})
