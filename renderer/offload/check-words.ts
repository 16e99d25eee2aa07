import type { ManifestReport, VerifyReport } from '../../main/contract/views.ts'
import { below, bytes, fileName, plural } from '../words.ts'
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

/** The result of checking a disk against its manifests: one sentence, and one about what was compared. */
export function diskInWords(report: ManifestReport): { isGood: boolean; line: string; about: string } {
  const { listed, identical, damaged, missing, unchecked, manifests, at } = report
  const bad = damaged.length + missing.length
  const about = `${plural(listed, 'file')} listed in ${manifests.length === 1 ? fileName(manifests[0] ?? '') : plural(manifests.length, 'manifest')}, compared with ${at}`
  if (bad === 0 && unchecked.length === 0) {
    return {
      isGood: true,
      line: `This disk is well: ${plural(identical, 'file')} read (${bytes(report.bytes)}), identical to the manifest.`,
      about,
    }
  }
  const parts = [
    damaged.length === 0 ? null : plural(damaged.length, 'file is damaged', 'files are damaged'),
    missing.length === 0 ? null : plural(missing.length, 'file is missing', 'files are missing'),
    unchecked.length === 0 ? null : plural(unchecked.length, 'file could not be compared', 'files could not be compared'),
  ].filter((part) => part !== null)
  return { isGood: false, line: `${parts.join(', ')}; ${plural(identical, 'file is', 'files are')} as written down.`, about }
}

const mend = 'Take it from another copy, or from the card, before you rely on this disk.'

/** The files that a check of a disk names, without the folder they all lie in. */
export function diskFiles(report: ManifestReport): { trouble: FileLine[]; unchecked: FileLine[]; extra: FileLine[] } {
  const lines = (files: readonly { path: string; because: string }[], next?: string): FileLine[] =>
    files.map(({ path, because }) => ({ name: below(report.at, path), because, ...(next === undefined ? {} : { next }) }))
  return {
    trouble: [...lines(report.damaged, mend), ...lines(report.missing, mend)],
    unchecked: lines(report.unchecked),
    extra: lines(report.extra),
  }
}
