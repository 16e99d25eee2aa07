import { createHash } from 'node:crypto'
import { appendFile, open, readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { type Render, sharedMaster } from '../channels/channel.ts'
import { land } from '../land.ts'
import { type Made, type Making, makeClip } from './make.ts'
import type { Plan } from './plan.ts'

/** Raise with any change to how a clip looks or sounds: masters of before are then made anew. */
const recipe = 1

const note = z.strictObject({
  key: z.string(),
  made: z.strictObject({
    cover: z.strictObject({ atUs: z.number().int() }),
    crop: z.enum(['follow', 'stable', 'pad', 'whole']),
    because: z.string(),
    notes: z.array(z.string()),
    loudness: z.strictObject({ integrated: z.number(), truePeak: z.number() }).nullable(),
  }),
})

/**
 * The master of this clip at `path`: the one that lies there when it was made from the same bytes in the same way, else made now. What is known of it
 * travels in a `free` box at its end (ISO/IEC 14496-12, 8.1.2), which players pass over.
 */
export async function masterOf(making: Making, path: string): Promise<Made> {
  const render: Render = { ...sharedMaster, frame: { kind: 'fill', ...making.plan.size } }
  const key = await keyOf(making, render)
  const there = await readNote(path)
  if (there?.key === key) return there.made
  return land(path, async (part) => {
    const made = await makeClip({ ...making, render }, part)
    await appendNote(part, { key, made })
    return made
  })
}

/** What a master depends on. The take by size and time: reading all of it again would cost more than the clip. */
async function keyOf({ asked, plan, ffmpeg }: Making, render: Render): Promise<string> {
  const { size, mtimeMs } = await stat(plan.take.media.source.path)
  const captions = asked.captions === null ? null : await readFile(asked.captions).then(hash, () => 'unreadable')
  const { path, inUs, outUs, aspect, reframe, stabilise, sound, overlay, modelsDir } = asked
  const look = { aspect, reframe, stabilise, sound, overlay, captions, finds: modelsDir !== null }
  return hash(JSON.stringify({ recipe, path, size, mtimeMs, inUs, outUs, look, render, clip: shapeOf(plan), ffmpeg: ffmpeg.version }))
}

const shapeOf = ({ frames, framesPerSecond, sound }: Plan) => ({ frames, framesPerSecond, sound })
const hash = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const mark = 'dropcard master '

async function appendNote(path: string, content: z.infer<typeof note>): Promise<void> {
  const body = Buffer.from(mark + JSON.stringify(content), 'utf8')
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8, 0)
  head.write('free', 4, 'latin1')
  await appendFile(path, Buffer.concat([head, body]))
}

const longestNote = 65_536

/** null: no file, not ours, or not what we write. */
async function readNote(path: string): Promise<z.infer<typeof note> | null> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    const length = Math.min(longestNote, size)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const at = buffer.lastIndexOf(mark)
    return at < 8 ? null : note.parse(JSON.parse(buffer.toString('utf8', at + mark.length)))
  } catch {
    return null
  }
}
