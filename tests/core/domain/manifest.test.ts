import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readManifest } from '../../../main/core/domain/manifest-reader.ts'
import { readXml } from '../../../main/core/domain/xml.ts'
import { AppError } from '../../../main/core/errors.ts'
import { manifestLine, manifestText } from '../../support/manifest.ts'

const sha = (digit: string): string => digit.repeat(64)
const wrap = (inside: string, version = '2.0'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<hashlist version="${version}">${inside}</hashlist>`
const one = (path: string): string => wrap(`<hashes><hash><path size="3">${path}</path><sha256>${sha('b')}</sha256></hash></hashes>`)

const refusal = (text: string): string => {
  try {
    readManifest(text)
  } catch (error) {
    if (error instanceof AppError && error.code === 'unreadable' && error.next !== null) return error.message
    throw error
  }
  return 'it was read'
}

test('what is written is read back: any name a file system takes', async () => {
  const part = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((name) => name.replace(/[/\\\p{Cc}\ufffe\uffff]/gu, '_'))
    .filter((name) => name !== '.' && name !== '..' && !/^[A-Za-z]:/.test(name))
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(path, { maxLength: 20 }), fc.string(), async (paths, label) => {
      const read = readManifest(
        await manifestText(
          paths.map((name) => manifestLine(name, name)),
          label,
        ),
      )
      expect(read.at).toBe('2026-05-01T10:00:00.000Z')
      expect(read.files).toEqual(
        paths.map((name) => {
          const { bytes, sha256 } = manifestLine(name, name)
          return { path: name, bytes, hash: { kind: 'sha256', value: sha256 }, otherKinds: [] }
        }),
      )
    }),
  )
})

test('the older form, other checksums, prefixes, failed checks and directory hashes are understood', () => {
  const text = `\ufeff<?xml version="1.0" encoding="utf-8"?>
<hashlist version="1.1"><creatorinfo><finishdate>2024-02-03T04:05:06Z</finishdate></creatorinfo>
  <hash><file>A001/A &amp; B.mov</file><size>5</size><md5>${'0'.repeat(32)}</md5><hashdate>2024-02-03T04:05:06Z</hashdate></hash>
  <hash><file>A001/&#x43;.mov</file><size> 7 </size><xxhash64be>0123456789abcdef</xxhash64be></hash></hashlist>`
  expect(readManifest(text)).toEqual({
    at: '2024-02-03T04:05:06.000Z',
    files: [
      { path: 'A001/A & B.mov', bytes: 5, hash: { kind: 'md5', value: '0'.repeat(32) }, otherKinds: [] },
      { path: 'A001/C.mov', bytes: 7, hash: null, otherKinds: ['xxhash64be'] },
    ],
  })
  const newer = `<m:hashlist version="2.0" xmlns:m="urn:ASC:MHL:v2.0"><!-- made by another program --><m:hashes>
    <m:hash><m:path size="1">a</m:path><m:xxh128 action="original">00</m:xxh128><m:sha1 action="original">${'c'.repeat(40)}</m:sha1></m:hash>
    <m:hash><m:path size="1">b</m:path><m:sha1 action="failed">${'d'.repeat(40)}</m:sha1></m:hash>
    <m:directoryhash><m:path>dir</m:path><m:content><m:sha1>${'e'.repeat(40)}</m:sha1></m:content></m:directoryhash>
  </m:hashes></m:hashlist>`
  expect(readManifest(newer).files).toEqual([{ path: 'a', bytes: 1, hash: { kind: 'sha1', value: 'c'.repeat(40) }, otherKinds: [] }])
})

test('no path leads out of the disk', () => {
  const hostile = [
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    './a',
    'a/.',
    'C:/x',
    'c:x',
    '..\\x',
    'a\\..\\..\\x',
    '\\\\server\\x',
    '',
    'a/',
    'a&#10;b',
    '&#x2e;./x',
  ]
  expect(hostile.map((path) => [path, refusal(one(path)).includes('expected a path below')])).toEqual(hostile.map((path) => [path, true]))
})

test('hostile and broken documents are refused with the line, and never expand', () => {
  const bomb = `<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<hashlist version="2.0">&b;</hashlist>`
  const cases: [text: string, says: string][] = [
    [bomb, 'line 2: expected an element (document types'],
    [wrap('&b;'), 'line 2: expected &amp;'],
    [wrap('<hash><file>&#0;</file></hash>'), 'the number of a character'],
    [wrap('<hash><file>&#xD800;</file></hash>'), 'the number of a character'],
    [wrap('<![CDATA[x]]>'), 'CDATA'],
    [wrap('<?php x?>'), 'instructions are not read'],
    [wrap('<hash>'), 'expected </hash>'],
    [wrap('<a><b></a></b>'), 'expected </b>, came "</a>"'],
    [wrap('a < b'), 'expected a name'],
    [wrap('<a x=1/>'), 'a quoted value'],
    [wrap('<a x="1" x="2"/>'), 'each attribute once'],
    [wrap('<a x="<"/>'), 'a value without <'],
    [wrap('a ]]> b'), 'text without ]]>'],
    [wrap('<!-- a -- b -->'), 'the end of a comment'],
    [wrap('\u0001'), 'line 2: expected text'],
    [wrap('\ud800'), 'expected text'],
    [wrap('<a>'.repeat(40)), 'elements inside each other'],
    [wrap(`<a>${'x'.repeat(20_000)}</a>`), 'characters of text'],
    [wrap(`<a ${Array.from({ length: 30 }, (_, n) => `a${n}=""`).join(' ')}/>`), 'attributes'],
    [`${wrap('')}<again/>`, 'the end of the file'],
    ['', 'an empty file'],
    ['not xml', 'expected an element'],
    ['<html/>', 'expected <hashlist>'],
    [wrap('', '7.0'), 'version 1 or 2'],
    ['<?xml version="1.0" encoding="UTF-16"?><hashlist version="2.0"/>', 'expected UTF-8'],
    [wrap('<hash><sha256>00</sha256></hash>'), 'expected a <path>'],
    [wrap('<hash><file>a</file><size>-1</size></hash>'), 'a size in bytes'],
    [wrap('<hash><file>a</file><sha256>zz</sha256></hash>'), '64 hex digits'],
    [
      wrap(`<hash><file>a</file><md5>${'0'.repeat(32)}</md5></hash><hash><file>a</file><md5>${'1'.repeat(32)}</md5></hash>`),
      'each file once',
    ],
  ]
  expect(cases.map(([text, says]) => [says, refusal(text).includes(says) || refusal(text)])).toEqual(cases.map(([, says]) => [says, true]))
})

test('noise never hangs or throws anything but a refusal', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    '</',
    '<hashlist version="2.0">',
    '</hashlist>',
    '<hash>',
    '<path',
    ' size="1"',
    '&',
    ';',
    '#x41',
    '<!--',
    '-->',
    '"',
    'a',
    '\n',
    '<?xml',
    '?>',
    ']]>',
    '=',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('')
      try {
        readXml(text)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
      }
    }),
    { numRuns: 2000 },
  )
})
