import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RefusalCode, TaskOut } from '../../../workers/protocol.ts'
import type { OffloadOutcome, VerifyMode } from '../../contract/views.ts'
import { companionName } from '../domain/companion-name.ts'
import { numbered, safeName } from '../domain/name.ts'
import type { StageContext } from './stage.ts'

/** Where a group of files that belong together goes: the same relative place on every disk, the library first. */
export type Place = { folder: string; name: string; disks: readonly string[]; verify: VerifyMode }
export type Member = { source: string; name: string; bytes: number }

export type CopyResult = TaskOut<'copy.file'>['destinations'][number]
export type Copied = { kind: 'copied'; id: string; bytes: number; modifiedMs: number; fingerprint: string; results: CopyResult[] }
export type NotCopied = { kind: 'not'; outcome: OffloadOutcome; because: string }
export type CopyEnd = Copied | NotCopied | { kind: 'cancelled' } | { kind: 'again' } | { kind: 'taken'; taken: number[]; copied: Copied }

/** After so many names the folder is not what anyone meant. */
const mostNames = 200

const outcomeOf = (code: RefusalCode): OffloadOutcome =>
  code === 'missing' ? 'sourceMissing' : code === 'changed' ? 'verifyFailed' : 'error'

/** Size of what has this name; null when it is free, -1 when it is no file. */
async function sizeAt(path: string): Promise<number | null> {
  const there = await lstat(path).catch(() => null)
  return there === null ? null : there.isFile() ? there.size : -1
}

export type Names = { name: string; n: number; release(): void }

/**
 * The smallest number (from `from`) under which the asset and everything that travels with it are free on every disk, or may be there already
 * (same size). The paths stay reserved until `release`, so that two copies under way never go for one name.
 */
export async function chooseNames(
  place: Place,
  asset: string,
  members: readonly Member[],
  from: number,
  ctx: StageContext,
): Promise<Names | null> {
  for (let n = from; n <= mostNames; n += 1) {
    const name = safeName(numbered(place.name, n))
    const files = members.map((member, index) => ({
      bytes: member.bytes,
      name: index === 0 ? name : safeName(companionName(member.name, asset, name)),
    }))
    const finals = files.flatMap((file) => place.disks.map((disk) => ({ bytes: file.bytes, path: join(disk, place.folder, file.name) })))
    // Disks that ignore case must not be offered two names that differ in nothing else.
    const keys = [...new Set(finals.map((one) => one.path.normalize('NFC').toLowerCase()))]
    if (keys.some((key) => ctx.names.has(key))) continue
    for (const key of keys) ctx.names.add(key)
    const release = (): void => {
      for (const key of keys) ctx.names.delete(key)
    }
    const sizes = await Promise.all(finals.map(async (one) => ({ is: await sizeAt(one.path), wanted: one.bytes })))
    if (sizes.every(({ is, wanted }) => is === null || is === wanted)) return { name, n, release }
    release()
  }
  return null
}

/** Copies one file to these final paths, one for each disk of the place. `taken`: some of them hold other bytes, which were left alone. */
export async function copyTo(source: string, finals: readonly string[], { disks, verify }: Place, ctx: StageContext): Promise<CopyEnd> {
  const destinations = finals.map((path, index) => ({ root: disks[index] ?? '', path }))
  const reply = await ctx.work('copy.file', { source, verify, destinations, life: ctx.life }, (done, total) => ctx.progress(done, total))
  if (reply.kind === 'cancelled') return reply
  if (reply.kind === 'refused') return { kind: 'not', outcome: outcomeOf(reply.code), because: reply.because }
  const { sha256: id, bytes, modifiedMs, fingerprint, destinations: results } = reply.out
  const bad = results.find((one) => one.outcome === 'error' || one.outcome === 'verifyFailed')
  if (bad !== undefined) {
    // A copy that read back wrong was removed; it is tried again from the card.
    if (bad.outcome === 'verifyFailed' && ctx.attempt < 3) return { kind: 'again' }
    return {
      kind: 'not',
      outcome: bad.outcome === 'verifyFailed' ? 'verifyFailed' : 'error',
      because: bad.because ?? 'it could not be written',
    }
  }
  const copied: Copied = { kind: 'copied', id, bytes, modifiedMs, fingerprint, results }
  const taken = results.flatMap((one, index) => (one.outcome === 'taken' ? [index] : []))
  return taken.length === 0 ? copied : { kind: 'taken', taken, copied }
}
