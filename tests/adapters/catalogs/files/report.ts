import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const reports = resolve(import.meta.dirname, '../../../reports')

/**
 * One table of the report: what a fault (row) at an operation (column) was called. With DROPCARD_WRITE=1 it is written, else `written` is what stands
 * there. An empty cell is a fault that was survived without a word; one that was not tried is "·".
 */
export async function reportTable(
  name: string,
  rows: readonly string[],
  columns: readonly string[],
  cells: ReadonlyMap<string, string>,
  file = 'publish-faults-woo-files.md',
): Promise<{ now: string; written: string }> {
  const report = join(reports, file)
  const lines = rows.map((row) => {
    const values = columns.map((column) => cells.get(`${row}/${column}`))
    return `| ${row} | ${values.map((value) => (value === undefined ? '·' : value === '' ? 'no problem' : value)).join(' | ')} |`
  })
  const now = [`| ${name} | ${columns.join(' | ')} |`, `|---|${columns.map(() => '---').join('|')}|`, ...lines].join('\n')
  const text = await readFile(report, 'utf8')
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`]
  const from = text.indexOf(begin) + begin.length
  const to = text.indexOf(end)
  if (from < begin.length || to < from) throw new Error(`expected a place for ${name} in ${report}`)
  const writes = process.env['DROPCARD_WRITE'] === '1'
  if (writes) await writeFile(report, `${text.slice(0, from)}${now}${text.slice(to)}`)
  return { now, written: writes ? now : text.slice(from, to) }
}
