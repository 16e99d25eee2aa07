import type { VerifyReport } from '../../main/contract/views.ts'
import { bytes, plural } from '../words.ts'
import type { FileLine } from './FileList.tsx'

/** The result of a check in one sentence. */
export function checkedInWords(report: VerifyReport): { isGood: boolean; line: string } {
  const { checked, identical, damaged, missing } = report
  if (checked === 0 && missing.length === 0) return { isGood: true, line: 'There is nothing to check yet.' }
  const read = `${plural(identical, 'file')} read again (${bytes(report.bytes)})`
  if (damaged.length + missing.length === 0) return { isGood: true, line: `All is well: ${read}, identical to what was copied.` }
  const parts = [
    damaged.length === 0 ? null : plural(damaged.length, 'file is damaged', 'files are damaged'),
    missing.length === 0 ? null : plural(missing.length, 'file is missing', 'files are missing'),
  ].filter((part) => part !== null)
  return { isGood: false, line: `${parts.join(' and ')}; ${plural(identical, 'file is', 'files are')} as they were copied.` }
}

const damagedNext = 'Copy it back from a second copy or the card: offload the card again, and the good file is kept beside the damaged one.'
const missingNext = 'Put it back where it was, or offload its card again.'

export const checkTrouble = ({ damaged, missing }: VerifyReport): FileLine[] => [
  ...damaged.map(({ path, because }) => ({ name: path, because, next: damagedNext })),
  ...missing.map(({ path, because }) => ({ name: path, because, next: missingNext })),
]
