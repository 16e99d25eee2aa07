import { Refusal } from '../protocol.ts'

const header = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1')
/** A segment's length counts its own two bytes (ITU-T T.81, B.1.1.4). */
export const mostPacketBytes = 65_535 - 2 - header.length

type Segment = { marker: number; from: number; to: number }

/** The segments before the picture data. @throws Refusal damaged when they do not follow each other */
function segments(bytes: Buffer): Segment[] {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new Refusal('unsupported', 'expected a JPEG')
  const found: Segment[] = []
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw new Refusal('damaged', `expected a segment of the JPEG at byte ${at}`)
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === 0xda || marker === 0xd9) return found
    const to = at + 2 + bytes.readUInt16BE(at + 2)
    if (to > bytes.length || to < at + 4) break
    found.push({ marker, from: at, to })
    at = to
  }
  throw new Refusal('damaged', 'the headers of this JPEG are cut short')
}

const isPacket = (bytes: Buffer, one: Segment): boolean =>
  one.marker === 0xe1 && bytes.subarray(one.from + 4, one.from + 4 + header.length).equals(header)

/** The XMP packet inside a JPEG, or null. @throws Refusal */
export function packetIn(bytes: Buffer): Buffer | null {
  const found = segments(bytes).find((one) => isPacket(bytes, one))
  return found === undefined ? null : bytes.subarray(found.from + 4 + header.length, found.to)
}

/**
 * The same JPEG with this packet; every other byte stays. Where there was none it goes behind JFIF and Exif, which readers expect first.
 * @throws Refusal too-large when the packet does not fit into one segment
 */
export function withPacket(bytes: Buffer, packet: Buffer): Buffer {
  if (packet.length > mostPacketBytes)
    throw new Refusal('too-large', `the notes (XMP) have ${packet.length} bytes; a JPEG takes ${mostPacketBytes}`)
  const all = segments(bytes)
  const old = all.find((one) => isPacket(bytes, one))
  const first = all.find((one) => one.marker !== 0xe0 && one.marker !== 0xe1)
  const at = old?.from ?? first?.from ?? all.at(-1)?.to ?? 2
  const head = Buffer.alloc(4)
  head.writeUInt16BE(0xffe1, 0)
  head.writeUInt16BE(2 + header.length + packet.length, 2)
  return Buffer.concat([bytes.subarray(0, at), head, header, packet, bytes.subarray(old?.to ?? at)])
}
