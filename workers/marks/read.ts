import { open } from 'node:fs/promises'
import { fsPath, Refusal, type TaskHandler, type TaskOut } from '../protocol.ts'
import { packetIn } from './jpeg.ts'
import { readMarks } from './marks.ts'
import { parsePacket } from './packet.ts'
import { read as readWhole } from './write.ts'

type Found = TaskOut<'marks.read'>['files'][number]

/** Headers of a JPEG with its packet: seldom more than a few hundred kilobytes, even with a preview and a colour profile. */
const headBytes = 4 * 2 ** 20

/** What other programs noted about photos: in .xmp sidecars and inside JPEGs. What cannot be read is named and the rest goes on. */
export const read: TaskHandler<'marks.read'> = async ({ paths }, { signal }) => {
  const files: Found[] = []
  for (const path of paths) {
    signal.throwIfAborted()
    try {
      files.push({ path, marks: await marksOf(path), because: null })
    } catch (error) {
      files.push({ path, marks: null, because: error instanceof Refusal ? error.message : 'it cannot be read' })
    }
  }
  return { files }
}

async function marksOf(path: string): Promise<Found['marks']> {
  if (/\.xmp$/i.test(path)) return readMarks(parsePacket(await readWhole(path)))
  if (!/\.jpe?g$/i.test(path)) return null
  const packet = packetIn(await head(path))
  return packet === null ? null : readMarks(parsePacket(packet))
}

async function head(path: string): Promise<Buffer> {
  await using file = await open(fsPath(path), 'r')
  const bytes = Buffer.alloc(Math.min(headBytes, (await file.stat()).size))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
  return bytes.subarray(0, bytesRead)
}
