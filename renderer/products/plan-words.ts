import type { ProductId } from '../../main/contract/ids.ts'
import type { PlanLine, PublishPlan, QueueLine } from '../../main/contract/views.ts'
import { plural } from '../words.ts'

/** Plans of publishing in words. Pure. */

/** Everything that can be approved, in the order of the plan. */
export const approvable = ({ create, update, hide }: PublishPlan): ProductId[] =>
  [...create, ...update, ...hide].map((line) => line.productId)

/** "6 images, 1 clip". */
export const contents = (images: number, clips: number): string =>
  clips === 0 ? plural(images, 'image') : `${plural(images, 'image')}, ${plural(clips, 'clip')}`

/** What happens to one listing, without saying "new" under a heading that does. */
export const changesOf = ({ changes }: PlanLine): string => changes.filter((change) => change !== 'new').join(' · ')

/** The plan in one sentence. `isLocal`: the shop is on this computer. */
export function planLead(plan: PublishPlan, shop: string, isLocal: boolean): string {
  const total = approvable(plan).length
  if (total + plan.unchanged.length + plan.refused.length === 0) return 'Nothing is picked yet. Pick at least one photo, then publish.'
  if (total === 0 && plan.unchanged.length === 0) return 'Nothing can be published as it is. The reasons are below.'
  if (total === 0)
    return isLocal
      ? 'The page already shows your picks. Nothing has to change.'
      : `${shop} already shows your picks. Nothing has to change.`
  return isLocal
    ? `${plural(total, 'listing')} will change on your local shop page. Nothing leaves this computer.`
    : `${plural(total, 'listing')} will change in ${shop}. Nothing is sent before you say so.`
}

/** `share`: listings that are done, with the part of those under way that has arrived. */
export type SentCount = { total: number; done: number; share: number }

/** How far the listings that were asked for are. A listing that is not in the queue any more counts as done. */
export function countSent(sent: readonly ProductId[], queue: readonly QueueLine[]): SentCount {
  const lines = queue.filter(({ productId }) => sent.includes(productId))
  const waiting = lines.filter(({ state }) => state === 'rendering' || state === 'sending' || state === 'hiding')
  const done = sent.length - waiting.length
  return { total: sent.length, done, share: waiting.reduce((all, line) => all + (line.total === 0 ? 0 : line.done / line.total), done) }
}
