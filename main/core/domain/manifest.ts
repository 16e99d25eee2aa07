/** XML text: the five characters that matter, and nothing XML 1.0 forbids. */
const xmlText = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids these
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

export type ManifestLine = { path: string; bytes: number; modified: string; sha256: string; at: string }

/**
 * A manifest in the manner of ASC MHL (https://theasc.com/society/ascmitc/asc-media-hash-list, hashlist 2.0) with the hash format
 * `sha256`: one line per file, paths relative to the library.
 */
export function manifest(facts: { at: string; label: string; lines: readonly ManifestLine[]; version: string }): string {
  const hashes = facts.lines
    .map(
      (line) =>
        `    <hash>\n      <path size="${line.bytes}" lastmodificationdate="${xmlText(line.modified)}">${xmlText(line.path)}</path>\n      <sha256 action="original" hashdate="${xmlText(line.at)}">${line.sha256}</sha256>\n    </hash>\n`,
    )
    .join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
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
${hashes}  </hashes>
</hashlist>
`
}
