/** XML text: the five characters that matter, and nothing XML 1.0 forbids. */
const xmlText = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids these
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"'\r]/g, (char) => `&#${char.charCodeAt(0)};`)

export type ManifestLine = { path: string; bytes: number; modified: string; sha256: string; at: string }

/**
 * A manifest in the manner of ASC MHL (https://theasc.com/society/ascmitc/asc-media-hash-list, hashlist 2.0) with the hash format
 * `sha256`: one line per file, paths relative to the library. Made part by part: a big card's is megabytes.
 */
export async function* manifest(facts: {
  at: string
  label: string
  lines: AsyncIterable<readonly ManifestLine[]>
  version: string
}): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">
  <creatorinfo>
    <creationdate>${xmlText(facts.at)}</creationdate>
    <tool version="${xmlText(facts.version)}">Dropcard</tool>
    <comment>${xmlText(facts.label)}</comment>
  </creatorinfo>
  <processinfo>
    <process>transfer</process>
  </processinfo>
  <hashes>
`
  for await (const lines of facts.lines) yield lines.map(hash).join('')
  yield `  </hashes>
</hashlist>
`
}

const hash = (line: ManifestLine): string =>
  `    <hash>\n      <path size="${line.bytes}" lastmodificationdate="${xmlText(line.modified)}">${xmlText(line.path)}</path>\n      <sha256 action="original" hashdate="${xmlText(line.at)}">${line.sha256}</sha256>\n    </hash>\n`
