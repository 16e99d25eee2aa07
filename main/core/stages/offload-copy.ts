import { lstat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { offloadId } from '../../contract/ids.ts'
import { type OffloadOutcome, offloadOutcome } from '../../contract/views.ts'
import { companionName } from '../domain/companion-name.ts'
import { numbered, safeName, shownName } from '../domain/name.ts'
import { placeOf, shootTime } from '../domain/place.ts'
import { places } from '../library/places.ts'
import { type Copied, chooseNames, copyTo, type Member, type NotCopied, type Place } from './copy-group.ts'
import { missingDisk } from './disk-mark.ts'
import { onDisk } from './known.ts'
import { type Carried, type CopyOut, cancelledBefore, commitCopy, failLine } from './offload-register.ts'
import type { Stage, StageContext, UnderWay } from './stage.ts'
import { factsOf, underWay } from './under-way.ts'

const input = z.strictObject({ offloadId, line: z.number().int() })
type In = z.infer<typeof input>
const companions = z.array(z.strictObject({ source: z.string(), name: z.string(), bytes: z.number() }))

/** Worst first: an asset reports the worst outcome of its companions. */
const worst: OffloadOutcome[] = ['error', 'sourceMissing', 'verifyFailed', 'conflict', 'copied', 'skipped']
const fine = (outcome: OffloadOutcome): boolean => outcome === 'copied' || outcome === 'skipped'

/** Copies one asset with everything that travels with it, and registers it. */
export const offloadCopy: Stage<In, CopyOut> = {
  name: 'offload.copy',
  lane: 'copy',
  input,
  key: (it) => `${it.offloadId}/${it.line}`,
  repeat: 'again',
  attempts: 8,
  // Undone by a power cut, it finds the copy under its name, reads it again and says the same.
  lands: 'soon',
  doing: 'Copying and checking',
  changes: (it) => [{ of: 'offload', offloadId: it.offloadId, at: 'file', line: it.line }],
  async run(it, ctx) {
    const shared = await underWay(it.offloadId, ctx)
    const { disks, marks, verify } = shared
    const line = await ctx.read.selectFrom('offload_asset').selectAll().where('id', '=', it.line).executeTakeFirstOrThrow()
    if (line.outcome !== null) return { kind: 'refused', because: 'this line was settled already' }
    const members: Member[] = [
      { source: line.source, name: line.name, bytes: line.bytes },
      ...companions.parse(JSON.parse(line.companions)),
    ]
    const settled = (outcome: OffloadOutcome, because: string): { kind: 'done'; out: CopyOut } => ({
      kind: 'done',
      // Its companions were not copied either, and are named with the same reason.
      out: {
        main: null,
        id: null,
        replaces: false,
        riders: members
          .slice(1)
          .map((one) => ({ ...one, stored: null, id: null, outcome, because, changedMs: null, fingerprint: null, paths: [] })),
        outcome,
        because,
        verify,
      },
    })

    const gone = await missingDisk(marks)
    if (gone !== null) return settled('error', `the disk of the second copy is not there any more: ${gone}`)
    const known = await knownByContent(line.source, line.bytes, disks, ctx)
    if (known === 'cancelled') return { kind: 'cancelled' }
    if (known?.removedAt != null) {
      const because = `removed on purpose on ${known.removedAt.slice(0, 10)}; it stays removed`
      return { kind: 'done', out: { main: null, id: known.id, replaces: false, riders: [], outcome: 'skipped', because, verify } }
    }
    const place: Place = { ...(await placeFor(shared, line, ctx)), disks, verify }
    const main = await copyGroup(place, members, known?.keep ?? [], ctx)
    if (main.kind === 'cancelled') return { kind: 'cancelled' }
    if (main.kind === 'again')
      return { kind: 'retry', because: 'the copy read back from the disk differed; it is copied again', afterMs: 200 }
    if (main.kind === 'not') return settled(main.outcome, main.because)

    const left = await missingDisk(marks)
    if (left !== null) return settled('error', `the disk of the second copy went away: ${left}`)
    const riders = await copyRiders(main.copied, members.slice(1), line.name, place, ctx)
    if (riders === 'cancelled') return { kind: 'cancelled' }
    if (riders === 'again') return { kind: 'retry', because: 'the copy of a companion differed; it is copied again', afterMs: 200 }
    const own: OffloadOutcome = main.copied.results.every((one) => one.outcome === 'same') && known !== null ? 'skipped' : 'copied'
    const outcome = [own, ...riders.map((rider) => rider.outcome)].sort((a, b) => worst.indexOf(a) - worst.indexOf(b))[0] ?? own
    const bad = riders.find((rider) => !fine(rider.outcome))
    const because =
      bad !== undefined
        ? `${shownName(bad.name)}: ${bad.because ?? 'it was not copied'}`
        : own === 'skipped'
          ? 'already in the library, byte for byte'
          : main.note
    return {
      kind: 'done',
      out: {
        main: main.copied,
        id: main.copied.id,
        replaces: known !== null && main.copied.results[0]?.path !== known.keep[0],
        riders,
        outcome: own === 'skipped' && bad === undefined ? 'skipped' : outcome,
        because,
        verify,
      },
    }
  },
  commit: (tx, it, out, ctx) => commitCopy(tx, it, out, ctx),
  failed: (tx, it, because, { cancelled }) => failLine(tx, it, cancelled ? cancelledBefore : because),
}

/** Folder and name by the user's template, from the moment the shot was taken. */
async function placeFor(
  shared: UnderWay,
  line: { id: number; offload_id: string; source: string; name: string; modified_ms: number },
  ctx: StageContext,
): Promise<{ folder: string; name: string }> {
  const facts = await factsOf(line, shared, ctx)
  const { template, dayStartHour, cameraOffsets } = shared.naming
  const camera = facts?.camera ?? null
  const offset = camera === null ? 0 : (cameraOffsets[camera] ?? 0)
  // Only a template that asks for it pays for the count.
  const before = !template.includes('{seq')
    ? { n: 0 }
    : await ctx.read
        .selectFrom('offload_asset')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('offload_id', '=', line.offload_id)
        .where('source', '<', line.source)
        .executeTakeFirstOrThrow()
  const { at, day } = shootTime(facts?.capturedAt ?? null, line.modified_ms, offset, dayStartHour)
  const { folder, name } = placeOf(template, { name: line.name, card: shared.label, camera, sequence: before.n + 1, at, day })
  return { folder: join(places.originals, folder), name }
}

type KnownContent = { id: string; removedAt: string | null; keep: (string | null)[] }

/** The same bytes under any name: only a file whose size is known is read a first time to find out. `keep`: where each disk has it already. */
async function knownByContent(
  source: string,
  bytes: number,
  disks: readonly string[],
  ctx: StageContext,
): Promise<KnownContent | 'cancelled' | null> {
  const twin = await ctx.read.selectFrom('asset').select('id').where('bytes', '=', bytes).limit(1).executeTakeFirst()
  if (twin === undefined) return null
  const reply = await ctx.work('copy.hash', { path: source })
  if (reply.kind === 'cancelled') return 'cancelled'
  if (reply.kind !== 'done') return null
  const row = await ctx.read
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .select(['asset.id', 'asset.stored', 'removal.at'])
    .where('asset.id', '=', reply.out.sha256)
    .executeTakeFirst()
  if (row === undefined) return null
  const copies = (await ctx.read.selectFrom('copy').select('path').where('asset_id', '=', row.id).execute()).map((copy) => copy.path)
  const keep = await Promise.all(
    disks.map(async (disk) => {
      const own = [...(disk === ctx.dir ? [join(ctx.dir, row.stored)] : []), ...copies.filter((path) => onDisk(path, disk))]
      for (const path of own) {
        const there = await lstat(path).catch(() => null)
        if (there?.isFile() === true && there.size === bytes) return path
      }
      return null
    }),
  )
  return { id: row.id, removedAt: row.at, keep }
}

type GroupEnd = { kind: 'copied'; copied: Copied; note: string | null } | NotCopied | { kind: 'cancelled' } | { kind: 'again' }

/**
 * The asset itself, under a name that its whole group can have on every disk. What a disk holds already (`known`) is read again, and replaced by name
 * when it is damaged. Where the name turns out to be another file's on some disks only, the others keep the copy they have just got.
 */
async function copyGroup(
  place: Place,
  members: readonly Member[],
  known: readonly (string | null)[],
  ctx: StageContext,
): Promise<GroupEnd> {
  const [first] = members
  if (first === undefined) throw new TypeError('a group without its asset')
  const keep = place.disks.map((_, index) => known[index] ?? null)
  const damaged = new Set<number>()
  for (let from = 1; ; ) {
    const names = await chooseNames(place, first.name, members, from, ctx)
    if (names === null) return { kind: 'not', outcome: 'conflict', because: 'too many other files have this name already' }
    try {
      const finals = place.disks.map((disk, index) => keep[index] ?? join(disk, place.folder, names.name))
      const end = await copyTo(first.source, finals, place, ctx)
      if (end.kind !== 'taken') {
        if (end.kind !== 'copied') return end
        const note =
          damaged.size > 0
            ? 'a copy had changed since it was verified; a good one was put beside it'
            : names.n > 1
              ? 'kept beside another file of the same name'
              : null
        return { kind: 'copied', copied: end, note }
      }
      const spoiled = end.taken.filter((index) => keep[index] !== null)
      for (const index of spoiled) damaged.add(index)
      for (const [index, { path }] of end.copied.results.entries()) keep[index] = end.taken.includes(index) ? null : path
      from = spoiled.length > 0 ? names.n : names.n + 1
    } finally {
      names.release()
    }
  }
}

/** Everything that travels with the asset, beside it on every disk. */
async function copyRiders(
  main: Copied,
  members: readonly Member[],
  asset: string,
  place: Place,
  ctx: StageContext,
): Promise<Carried[] | 'cancelled' | 'again'> {
  const riders: Carried[] = []
  for (const member of members) {
    let done: Carried | null = null
    for (let n = 1; done === null && n < 50; n += 1) {
      const finals = place.disks.map((_, index) => {
        const path = main.results[index]?.path ?? ''
        return join(dirname(path), numbered(safeName(companionName(member.name, asset, basename(path))), n))
      })
      const end = await copyTo(member.source, finals, place, ctx)
      if (end.kind === 'cancelled' || end.kind === 'again') return end.kind
      if (end.kind === 'not')
        done = {
          ...member,
          stored: null,
          id: null,
          outcome: end.outcome,
          because: end.because,
          changedMs: null,
          fingerprint: null,
          paths: [],
        }
      else if (end.kind === 'copied') {
        const [own] = end.results
        done = {
          ...member,
          stored: relative(ctx.dir, own?.path ?? ''),
          id: end.id,
          outcome: 'copied',
          because: null,
          changedMs: own?.changedMs ?? null,
          fingerprint: end.fingerprint,
          paths: end.results.map((one) => one.path),
        }
      }
    }
    riders.push(
      done ?? {
        ...member,
        stored: null,
        id: null,
        outcome: 'conflict',
        because: 'too many other files have this name already',
        changedMs: null,
        fingerprint: null,
        paths: [],
      },
    )
  }
  return riders
}

export const storedRiders = z.array(
  z.object({
    source: z.string(),
    stored: z.string().nullable(),
    outcome: offloadOutcome,
    because: z.string().nullable(),
    paths: z.array(z.string()).default([]),
  }),
)
