import type { TaskOut } from '../../../workers/protocol.ts'
import type { ClipLook } from '../../contract/views.ts'
import { safeName } from './name.ts'

/** A channel as the workers describe it. */
export type Channel = TaskOut<'cut.channels'>['channels'][number]

/** Why a clip cannot be made for a channel, before anything is made: the rule, in words, and what would help. */
export type RuleBroken = { rule: string; because: string; next: string }

/** Half a frame at 24 pictures a second: a cut lands on a whole frame. */
const slackSeconds = 0.021

const shown = (seconds: number): string => `${Number(seconds.toFixed(1))} s`

/** What a channel takes, in words: "3 to 90 s", "at least 4 s". */
function between({ min, max }: { min: number | null; max: number | null }, unit: string): string {
  if (min !== null && max !== null) return `${min} to ${max}${unit}`
  return min === null ? `at most ${max}${unit}` : `at least ${min}${unit}`
}

const shapes: Readonly<Record<NonNullable<ClipLook['aspect']>, number>> = { '9:16': 9 / 16, '4:5': 4 / 5, '1:1': 1, '16:9': 16 / 9 }

/** The rule of the channel that this clip in this look would break, or null. What only the finished file can show is checked when it is made. */
export function ruleBroken(channel: Channel, seconds: number, look: Pick<ClipLook, 'aspect'>): RuleBroken | null {
  const { min, max } = channel.seconds
  if ((min !== null && seconds < min - slackSeconds) || (max !== null && seconds > max + slackSeconds)) {
    const isShort = min !== null && seconds < min
    return {
      rule: 'length',
      because: `${shown(seconds)} is too ${isShort ? 'short' : 'long'} for ${channel.label}, which takes ${between(channel.seconds, ' s')}`,
      next: `Move its in or out point in the culling room, or leave ${channel.label} out.`,
    }
  }
  if (look.aspect !== null) {
    const shape = shapes[look.aspect]
    const { min: narrow, max: wide } = channel.aspect
    if ((narrow !== null && shape < narrow - 1e-3) || (wide !== null && shape > wide + 1e-3))
      return {
        rule: 'aspect',
        because: `${channel.label} does not take ${look.aspect}`,
        next: 'Choose "as the channel likes it" for the shape, or leave this channel out.',
      }
  }
  return null
}

/** `MVI_0002-1-tiktok.mp4`; the second of a name is `MVI_0002-1-tiktok-2.mp4`. Safe on every disk. */
export const exportName = (take: string, place: number, channel: string, copy = 1): string =>
  `${safeName(take)}-${place}-${channel}${copy < 2 ? '' : `-${copy}`}.mp4`
