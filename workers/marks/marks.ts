import type { Marks } from '../protocol.ts'
import { addToList, list, type Packet, setSimple, simple } from './packet.ts'

const whole = (text: string | null): number | null => (text !== null && /^[+-]?\d+(\.0+)?$/.test(text.trim()) ? Number(text) : null)
const short = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text.slice(0, 2000))

/**
 * What a packet says about a photo. `rating` -1 (rejected) to 5; other numbers and words are not believed and read as null.
 * Sources: ISO 16684-1 (xmp:Rating, xmp:Label, dc:*), ISO 16684-2 (xmpDM:pick); that -1 means rejected is Adobe's use of xmp:Rating.
 */
export function readMarks(packet: Packet): Marks {
  const rating = whole(simple(packet, 'xmp', 'Rating'))
  const pick = whole(simple(packet, 'xmpDM', 'pick'))
  return {
    rating: rating !== null && rating >= -1 && rating <= 5 ? rating : null,
    pick: pick === -1 || pick === 0 || pick === 1 ? pick : null,
    label: short(simple(packet, 'xmp', 'Label') ?? undefined),
    title: short(list(packet, 'dc', 'title')[0]),
    description: short(list(packet, 'dc', 'description')[0]),
    creator: short(list(packet, 'dc', 'creator').join('; ')),
    rights: short(list(packet, 'dc', 'rights')[0]),
    keywords: list(packet, 'dc', 'subject').slice(0, 1000),
  }
}

/**
 * Puts marks into a packet. Rating, pick and label are this person's own act and replace what was there; texts are only written where there
 * is none, and keywords are added: nothing another program wrote is lost.
 * @param at the moment, ISO, for xmp:MetadataDate, by which other programs notice a change
 */
export function writeMarks(packet: Packet, marks: Marks, at: string): void {
  if (marks.rating !== null) setSimple(packet, 'xmp', 'Rating', String(marks.rating))
  if (marks.label !== null) setSimple(packet, 'xmp', 'Label', marks.label)
  if (marks.pick !== null) {
    setSimple(packet, 'xmpDM', 'pick', String(marks.pick))
    setSimple(packet, 'xmpDM', 'good', marks.pick === 1 ? 'True' : marks.pick === -1 ? 'False' : '')
  }
  const texts = [
    ['title', 'Alt'],
    ['description', 'Alt'],
    ['creator', 'Seq'],
    ['rights', 'Alt'],
  ] as const
  for (const [name, kind] of texts) {
    const value = marks[name]
    if (value !== null && list(packet, 'dc', name).length === 0) addToList(packet, 'dc', name, kind, [value])
  }
  addToList(packet, 'dc', 'subject', 'Bag', marks.keywords)
  setSimple(packet, 'xmp', 'MetadataDate', at)
}
