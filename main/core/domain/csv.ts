/** Rows of comma-, semicolon- or tab-separated text (RFC 4180: quotes doubled, line ends inside of quotes). Empty lines are left out; `line` counts from 1. */
export function csvRows(text: string): { line: number; cells: string[] }[] {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  const delimiter = likelyDelimiter(body)
  const rows: { line: number; cells: string[] }[] = []
  let cells: string[] = []
  let cell = ''
  let isQuoted = false
  let line = 1
  let startedAt = 1
  const endRow = (): void => {
    cells.push(cell)
    cell = ''
    if (cells.some((one) => one.trim() !== '')) rows.push({ line: startedAt, cells })
    cells = []
    startedAt = line
  }
  for (let at = 0; at < body.length; at++) {
    const char = body[at] ?? ''
    if (char === '\n') line += 1
    if (isQuoted) {
      if (char !== '"') cell += char
      else if (body[at + 1] === '"') {
        cell += '"'
        at += 1
      } else isQuoted = false
    } else if (char === '"' && cell === '') isQuoted = true
    else if (char === delimiter) {
      cells.push(cell)
      cell = ''
    } else if (char === '\n') endRow()
    else if (char !== '\r') cell += char
  }
  endRow()
  return rows
}

/** The one that parts the first line into most cells, outside of quotes. */
function likelyDelimiter(text: string): string {
  const first = /^(?:[^"\n]|"(?:[^"]|"")*")*/.exec(text)?.[0].replace(/"(?:[^"]|"")*"/g, '') ?? ''
  const count = (char: string): number => first.split(char).length
  return [',', ';', '\t'].reduce((best, char) => (count(char) > count(best) ? char : best), ',')
}

/** A cell that a spreadsheet shows as text and never runs (OWASP, CSV injection), quoted where needed. */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[\s\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u.test(value)
    ? `'${value}`
    : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
