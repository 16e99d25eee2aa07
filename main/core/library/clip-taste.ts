import { type ClipLearned, type ClipWeights, clipLearned } from '../domain/clip-taste.ts'
import type { Reader, Tx } from './db.ts'

/** What was learned from choices of clips, and whether learning is switched on. */
export async function storedClipTaste(read: Reader): Promise<{ isOn: boolean; found: ClipLearned | null; fromSeq: number }> {
  const [own, all] = await Promise.all([
    read.selectFrom('clip_taste').select(['learned', 'from_seq']).executeTakeFirst(),
    read.selectFrom('taste').select('is_on').executeTakeFirst(),
  ])
  const found = own?.learned == null ? null : clipLearned.safeParse(JSON.parse(own.learned))
  return { isOn: all?.is_on !== 0, found: found?.success === true ? found.data : null, fromSeq: own?.from_seq ?? 0 }
}

/** Factors to weigh clips by; null while nothing was learned or it is switched off. */
export async function tasteWeights(read: Reader): Promise<ClipWeights | null> {
  const { isOn, found } = await storedClipTaste(read)
  return isOn && found !== null && Object.keys(found.factors).length > 0 ? found.factors : null
}

/** Forgets what was learned; choices made so far are not learned from again. */
export async function forgetClips(tx: Tx): Promise<void> {
  const last = await tx
    .selectFrom('clip_choice')
    .select((e) => e.fn.max('seq').as('seq'))
    .executeTakeFirst()
  const empty = { from_seq: Number(last?.seq ?? 0), learned: null, at: null }
  await tx
    .insertInto('clip_taste')
    .values({ id: 1, ...empty })
    .onConflict((on) => on.column('id').doUpdateSet(empty))
    .execute()
}
