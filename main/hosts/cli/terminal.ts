import { SingleBar } from 'cli-progress'
import colors from 'picocolors'
import type { Client } from '../../contract/ipc.ts'
import type { WireError } from '../../contract/reply.ts'

export type Output = {
  json: boolean
  /** One line for people: stdout without --json, stderr with it. */
  say(line: string): void
  /** What the command found: with --json the one document on stdout. */
  result(value: unknown, lines: () => string[]): void
  error(error: WireError): void
  /** A bar on a terminal; nothing where output is a file. Returns how to put it away. */
  follow(client: Client): () => void
}

/** Removes what a terminal would obey: file names are hostile. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
export const plain = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�')

export function createOutput(json: boolean): Output {
  const line = (text: string): void => void (json ? process.stderr : process.stdout).write(`${plain(text)}\n`)
  return {
    json,
    say: line,
    result(value, lines) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
      else for (const one of lines()) process.stdout.write(`${one}\n`)
    },
    error(error) {
      if (json) process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`)
      const next = error.next === null ? '' : `\n${plain(error.next)}`
      process.stderr.write(`${colors.red('Error:')} ${plain(error.message)}${next}\n`)
    },
    follow(client) {
      if (!process.stderr.isTTY) return () => undefined
      const bar = new SingleBar({
        format: '{bar} {percentage}% {what}',
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
        barsize: 30,
      })
      let shown = false
      const set = (what: string, done: number, total: number): void => {
        if (total <= 0) return
        if (!shown) bar.start(total, done, { what: plain(what) })
        else {
          bar.setTotal(total)
          bar.update(done, { what: plain(what) })
        }
        shown = true
      }
      let most = 0
      const offs = [
        client.on('offload.changed', (view) => set(`Copying and checking: ${view.filesDone} of ${view.files}`, view.bytesDone, view.bytes)),
        client.on('jobs.changed', ({ queued, running }) => {
          const open = queued + running
          most = open === 0 ? 0 : Math.max(most, open)
          if (open > 0) set(`Working: ${open} to go`, most - open, most)
        }),
        client.on('progress', ({ what, done, total }) => {
          if (what !== 'Copying and checking') set(what, done, total)
        }),
      ]
      return () => {
        for (const off of offs) off()
        if (shown) bar.stop()
      }
    },
  }
}
