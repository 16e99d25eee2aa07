import { expect, it } from 'vitest'
import { type Channel, exportName, ruleBroken } from '../../../main/core/domain/clip-plan.ts'

const none = { min: null, max: null }
const channel = (part: Partial<Channel>): Channel => ({
  name: 'facebook-reels',
  label: 'Facebook Reels',
  about: '',
  aspect: none,
  seconds: none,
  bytes: none,
  sound: 'allowed',
  shape: null,
  source: '',
  ...part,
})

it('names the rule a clip would break, what the channel takes and the next step, before anything is made', () => {
  const reels = channel({ seconds: { min: 3, max: 90 }, aspect: { min: 0.5624, max: 0.5626 } })
  const words = (seconds: number, aspect: '9:16' | '16:9' | null = null) => {
    const broken = ruleBroken(reels, seconds, { aspect })
    return broken === null ? null : [broken.rule, broken.because]
  }
  expect([words(2.4), words(3), words(2.99), words(90.01), words(120), words(5, '9:16'), words(5, '16:9')]).toEqual([
    ['length', '2.4 s is too short for Facebook Reels, which takes 3 to 90 s'],
    null,
    null,
    null,
    ['length', '120 s is too long for Facebook Reels, which takes 3 to 90 s'],
    null,
    ['aspect', 'Facebook Reels does not take 16:9'],
  ])
  expect(ruleBroken(channel({ seconds: { min: 4, max: null } }), 2, { aspect: null })?.because).toMatch(/which takes at least 4 s$/)
  expect(ruleBroken(channel({}), 100_000, { aspect: '1:1' })).toBeNull()
})

it('names files so that every disk takes them, and no two alike', () => {
  expect([
    exportName('MVI_0002', 1, 'tiktok'),
    exportName('MVI_0002', 1, 'tiktok', 3),
    exportName('CON', 2, 'etsy'),
    exportName('../a:b?', 1, 'plain'),
  ]).toEqual(['MVI_0002-1-tiktok.mp4', 'MVI_0002-1-tiktok-3.mp4', '_CON-2-etsy.mp4', '_.._a_b_-1-plain.mp4'])
})
