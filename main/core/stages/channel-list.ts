import type { Channel } from '../domain/clip-plan.ts'
import type { StageContext } from './stage.ts'

/** Every channel as the workers describe it: their rules are theirs alone. */
export async function channelList(work: StageContext['work']): Promise<ReadonlyMap<string, Channel>> {
  const reply = await work('cut.channels', {})
  if (reply.kind !== 'done') throw new TypeError(`the list of channels ended as ${reply.kind}`)
  return new Map(reply.out.channels.map((one) => [one.name, one]))
}
