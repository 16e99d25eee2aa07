import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Fault } from './chaos.ts'

/**
 * How long a client waits for each answer in a test with this fault: long enough that a slow machine is never taken for a silent server, and that
 * what the server was to do is done before the client gives up.
 */
export const patienceMs = (fault: { kind: string }): number => (fault.kind === 'hang' ? 5000 : 30_000)

/** What goes wrong on the way, and what it has to be called when something was being changed and when something was only read. */
export const faults: { name: string; fault: Fault; change: string; read: string }[] = [
  { name: 'reset before the shop saw it', fault: { kind: 'reset' }, change: 'ambiguous', read: 'retryable' },
  { name: 'cut off half way', fault: { kind: 'cut-body', share: 0.5 }, change: 'ambiguous', read: 'retryable' },
  { name: 'done, answer lost', fault: { kind: 'drop-reply' }, change: 'ambiguous', read: 'retryable' },
  { name: 'done, answer never comes', fault: { kind: 'hang' }, change: 'ambiguous', read: 'retryable' },
  { name: 'done, answer cut short', fault: { kind: 'truncate', share: 0.5 }, change: 'ambiguous', read: 'retryable' },
  { name: 'done, answer is not HTTP', fault: { kind: 'garbage', forwarded: true }, change: 'ambiguous', read: 'retryable' },
  { name: 'done, answer is a web page', fault: { kind: 'answer', status: 200, forwarded: true }, change: 'ambiguous', read: 'retryable' },
  { name: 'done, answer without end', fault: { kind: 'flood' }, change: 'ambiguous', read: 'retryable' },
  { name: 'done, 502', fault: { kind: 'answer', status: 502, forwarded: true }, change: 'ambiguous', read: 'retryable' },
  { name: 'done, 504', fault: { kind: 'answer', status: 504, forwarded: true }, change: 'ambiguous', read: 'retryable' },
  {
    name: 'not done, 503 with Retry-After',
    fault: { kind: 'answer', status: 503, headers: { 'retry-after': '2' }, forwarded: false },
    change: 'ambiguous',
    read: 'retryable',
  },
  {
    name: 'not done, 429 with Retry-After',
    fault: { kind: 'answer', status: 429, headers: { 'retry-after': '2' }, forwarded: false },
    change: 'throttled',
    read: 'throttled',
  },
  { name: 'not done, 401', fault: { kind: 'answer', status: 401, forwarded: false }, change: 'auth', read: 'auth' },
  { name: 'not done, 403', fault: { kind: 'answer', status: 403, forwarded: false }, change: 'auth', read: 'auth' },
  { name: 'slow, then fine', fault: { kind: 'delay', ms: 50, when: 'after' }, change: '', read: '' },
]

/** Class of the first problem, or that there was none. */
export const classOf = (problems: readonly string[]): string =>
  / (retryable|throttled|ambiguous|auth|conflict|permanent) /.exec(problems[0] ?? '')?.[1] ?? problems[0] ?? ''

const report = resolve(import.meta.dirname, '../../reports/publish-faults-shopify-square.md')

/** The table of one shop in the report. With DROPCARD_WRITE=1 it is written, else it is what the caller compares with. */
export async function reported(
  shop: string,
  operations: readonly string[],
  cells: ReadonlyMap<string, string>,
): Promise<{ now: string; written: string }> {
  const rows = faults.map(
    ({ name }) => `| ${name} | ${operations.map((operation) => cells.get(`${name}/${operation}`) || 'no problem').join(' | ')} |`,
  )
  const now = [`| ${shop} | ${operations.join(' | ')} |`, `|---|${operations.map(() => '---').join('|')}|`, ...rows].join('\n')
  const text = await readFile(report, 'utf8')
  const [begin, end] = [`<!-- ${shop} -->\n`, `\n<!-- end of ${shop} -->`]
  const from = text.indexOf(begin) + begin.length
  const to = text.indexOf(end)
  if (from < begin.length || to < from) throw new Error(`expected a place for ${shop} in ${report}`)
  if (process.env['DROPCARD_WRITE'] === '1') await writeFile(report, `${text.slice(0, from)}${now}${text.slice(to)}`)
  return { now, written: process.env['DROPCARD_WRITE'] === '1' ? now : text.slice(from, to) }
}
