import { expect, test } from 'vitest'
import { onClip, parseSrt } from '../../../../workers/cut/clip/burn/srt.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

test('captions are read as they are written by anybody', () => {
  const text = [
    '\uFEFF1\r\n00:00:01,000 --> 00:00:02,500 X1:40 X2:600\r\n<i>Kalt</i><font color="#fff">gepresst</font> &amp; {\\an8}frisch\r\n',
    '2\r\n0:03.5 --> 0:04\r\nzweite\r\nZeile\r\nund\r\nvierte\r\n3\r\n00:00:05,000 --> 00:00:04,000\r\nrückwärts\r\n\r\n',
    'no caption at all\r\n\r\n99:99 --> nonsense\r\n\r\n4\r\n00:00:06,000 --> 00:00:07,000\r\n\u0000<script>alert(1)</script>\u0007\r\n',
  ].join('\r\n')
  expect(parseSrt(utf8(text))).toEqual([
    { fromUs: 1_000_000, toUs: 2_500_000, text: 'Kaltgepresst & frisch' },
    { fromUs: 3_500_000, toUs: 4_000_000, text: 'zweite\nZeile\nund' },
    { fromUs: 6_000_000, toUs: 7_000_000, text: 'alert(1)' },
  ])
})

test.each([
  ['windows-1252', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGr\xfc\xdfe \x80 5\n', 'latin1')],
  ['UTF-16', Buffer.from('\uFEFF1\n00:00:01,000 --> 00:00:02,000\nGrüße € 5\n', 'utf16le')],
  ['UTF-8', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGrüße € 5\n', 'utf8')],
])('%s is recognised', (_, bytes) => {
  expect(parseSrt(bytes).map(({ text }) => text)).toEqual(['Grüße € 5'])
})

test('four megabytes of tags, of one line, or of nothing are read in one pass', () => {
  const head = '1\n00:00:01,000 --> 00:00:02,000\n'
  for (const filler of [
    '<'.repeat(4_000_000),
    '<b>'.repeat(1_300_000),
    '{\\'.repeat(2_000_000),
    '-->'.repeat(1_300_000),
    '\n'.repeat(4_000_000),
  ])
    expect(parseSrt(utf8(head + filler)).length).toBeLessThanOrEqual(1)
})

test('captions come onto the clip by its own clock, one at a time', () => {
  const cue = (fromUs: number, toUs: number, text: string) => ({ fromUs, toUs, text })
  const cues = [cue(0, 900_000, 'before'), cue(500_000, 2_000_000, 'a'), cue(1_500_000, 3_000_000, 'b'), cue(9_000_000, 9_900_000, 'after')]
  expect(onClip(cues, 1_000_000, 90, 30)).toEqual([
    { from: 0, to: 15, text: 'a' },
    { from: 15, to: 60, text: 'b' },
  ])
})
