import { readFileSync } from 'node:fs'

/** User and system time of this program, and of the programs it started that have ended. Seconds. Linux: children are asked of /proc. */
export type Cpu = { own: number; children: number }

function childrenSeconds(): number {
  const text = readFileSync('/proc/self/stat', 'utf8')
  // Behind the name in brackets: cutime and cstime are the 14th and 15th fields, in hundredths of a second.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

/** What a piece of work costs, mean of `times` runs: whole hundredths are too coarse for a short file. */
export async function cpuOf(work: () => Promise<unknown>, times = 1): Promise<Cpu> {
  const [own, children] = [process.cpuUsage(), childrenSeconds()]
  for (let at = 0; at < times; at++) await work()
  const used = process.cpuUsage(own)
  return { own: (used.user + used.system) / 1e6 / times, children: (childrenSeconds() - children) / times }
}

export const sum = ({ own, children }: Cpu): number => own + children
