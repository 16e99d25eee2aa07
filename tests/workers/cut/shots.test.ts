import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FrameComponents } from '../../../workers/cut/shots/components.ts'
import { defaults, detect } from '../../../workers/cut/shots/detect.ts'
import { shots } from '../../../workers/cut/shots.ts'
import { context, make, makeFolder } from './made.ts'

let at: Awaited<ReturnType<typeof makeFolder>>
beforeAll(async () => {
  at = await makeFolder()
})
afterAll(() => at[Symbol.asyncDispose]())

/** Three different moving pictures of 40, 25 and 55 frames; a white frame inside the first; the last fades out to black. */
const edit = [
  ...['-f', 'lavfi', '-i', 'testsrc=s=320x180:r=25:d=1.6', '-f', 'lavfi', '-i', 'mandelbrot=s=320x180:r=25:maxiter=200', '-f', 'lavfi'],
  ...['-i', 'smptehdbars=s=320x180:r=25:d=2.2,rotate=t/8'],
  '-filter_complex',
  [
    "[0]drawbox=enable='eq(n,20)':color=white:t=fill:w=iw:h=ih,setsar=1[a]",
    '[1]trim=end_frame=25,setpts=PTS-STARTPTS,setsar=1[b]',
    '[2]fade=out:st=1.4:d=0.6,setsar=1[c]',
    '[a][b][c]concat=n=3:v=1',
  ].join(';'),
]

test('an edit made for this test: cuts on the frame, no cut at the flash, the fade named, shots that cover all', async () => {
  const path = await make(at.path('edit.mp4'), ...edit, '-c:v', 'libx264', '-crf', '18', '-pix_fmt', 'yuv420p')
  const running = context()
  const found = await shots({ path }, running)
  expect(found).toMatchObject({ fps: 25, frames: 120, cuts: [40, 65] })
  expect(found.transitions).toHaveLength(1)
  expect(found.transitions[0]).toMatchObject({ type: 'fade-out' })
  expect(found.transitions[0]?.startFrame).toBeGreaterThan(92)
  expect(found.transitions[0]?.endFrame).toBeLessThanOrEqual(120)
  expect(found.shots).toEqual([
    { startFrame: 0, endFrame: 40, startUs: 0, endUs: 1_600_000 },
    { startFrame: 40, endFrame: 65, startUs: 1_600_000, endUs: 2_600_000 },
    { startFrame: 65, endFrame: 120, startUs: 2_600_000, endUs: 4_800_000 },
  ])
  expect(Math.max(...running.shares)).toBeGreaterThan(0.9)
})

test('thresholds work on stored numbers: the same frames, judged twice', () => {
  const still: FrameComponents = { mean: 100, deviation: 40, difference: 1, correlation: 0.99, jump: null }
  const weak: FrameComponents = { ...still, difference: 30, correlation: 0.3, jump: { light: 1, shape: 0.7 } }
  const strong: FrameComponents = { ...weak, jump: { light: 2, shape: 0.95 } }
  const frames = [still, still, weak, still, still, still, strong, still]
  expect(detect({ frames, gradual: [] })).toEqual({ cuts: [6], transitions: [] })
  expect(detect({ frames, gradual: [] }, { ...defaults, jump: 0.6 }).cuts).toEqual([2, 6])
})
