import colors from 'picocolors'
import type { CommandOut } from '../../contract/ipc.ts'
import type { OffloadReport } from '../../contract/views.ts'
import { plain } from './terminal.ts'

const good = (text: string): string => `${colors.green('✓')} ${plain(text)}`
const bad = (text: string): string => `${colors.yellow('!')} ${plain(text)}`
const some = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

export function offloadLines(report: OffloadReport): string[] {
  const { counts } = report
  const words = {
    copied: 'copied',
    skipped: 'already there',
    conflict: 'in conflict',
    verifyFailed: 'not identical',
    sourceMissing: 'gone from the card',
    error: 'failed',
  }
  const parts = Object.entries(words).flatMap(([key, word]) => {
    const n = counts[key as keyof typeof counts]
    return n > 0 ? [`${n} ${word}`] : []
  })
  const left = report.ignored.filter((one) => !one.travels)
  const photos = report.assets.filter((asset) => asset.kind === 'photo').length
  const clips = report.assets.length - photos
  return [
    `Offload: ${some(photos, 'photo', 'photos')} and ${some(clips, 'clip', 'clips')}: ${parts.join(', ') || 'nothing to do'}`,
    ...report.assets
      .filter((asset) => asset.outcome !== 'copied' && asset.outcome !== 'skipped')
      .map((asset) => bad(`${asset.source}: ${asset.because ?? asset.outcome}`)),
    ...left.slice(0, 12).map((one) => colors.dim(`  left: ${plain(one.source)} (${plain(one.because)})`)),
    ...(left.length > 12 ? [colors.dim(`  … and ${left.length - 12} more, see --json`)] : []),
    ...report.safeToErase.because.map((line) => (report.safeToErase.verdict === 'safe' ? good(line) : bad(line))),
    ...(report.manifest === null ? [] : [colors.dim(`  manifest: ${plain(report.manifest)}`)]),
  ]
}

export const scoreLines = (results: CommandOut<'score.files'>['results']): string[] =>
  results.flatMap((one) =>
    one.ok
      ? [
          `${String(Math.round(one.score ?? 0)).padStart(3)}  ${plain(one.path)}`,
          ...one.reasons.map((reason) => colors.dim(`     ${plain(reason)}`)),
          ...one.warnings.map((warning) => colors.yellow(`     ${plain(warning)}`)),
        ]
      : [bad(`${one.path}: ${one.error ?? 'refused'}`)],
  )

export function triageLines(report: CommandOut<'triage.folder'>): string[] {
  const byPath = new Map(report.assets.map((asset) => [asset.path, asset]))
  return [
    ...report.stacks.flatMap((stack) => [
      colors.bold(`${plain(stack.cover)}${stack.members.length > 1 ? `  (best of ${stack.members.length})` : ''}`),
      ...stack.members.map((path) => {
        const asset = byPath.get(path)
        return `  ${String(Math.round(asset?.score ?? 0)).padStart(3)} ${(asset?.suggestion ?? '').padEnd(7)} ${plain(path)} ${colors.dim(plain(asset?.reasons[0] ?? ''))}`
      }),
    ]),
    ...report.refused.map((one) => bad(`${one.path}: ${one.because}`)),
  ]
}

export const verifyLines = (report: CommandOut<'library.verify'>): string[] => [
  ...report.damaged.map((one) => bad(`${one.path}: ${one.because}`)),
  ...report.missing.map((one) => bad(`${one.path}: ${one.because}`)),
  report.damaged.length + report.missing.length === 0
    ? good(`${some(report.checked, 'file', 'files')} read again: all identical to what was copied.`)
    : bad(
        `${report.identical} of ${report.checked} are identical. Put the others back from a second copy or from the card: offload it again.`,
      ),
]

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

export function manifestLines(report: CommandOut<'manifest.verify'>): string[] {
  const { damaged, missing, unchecked, extra } = report
  return [
    ...[...damaged, ...missing, ...unchecked].map((one) => bad(`${one.path}: ${one.because}`)),
    ...extra.slice(0, 12).map((one) => colors.dim(`  in no manifest: ${plain(one.path)}`)),
    ...(extra.length > 12 ? [colors.dim(`  … and ${extra.length - 12} more, see --json`)] : []),
    damaged.length + missing.length + unchecked.length === 0
      ? good(`${some(report.listed, 'file', 'files')} in ${report.at} read (${mb(report.bytes)}): all identical to the manifest.`)
      : bad(`${report.identical} of ${report.listed} are identical. Take the others from another copy before you rely on this disk.`),
  ]
}

export const trashLines = ({ trash, deleted }: CommandOut<'trash.list'>): string[] => [
  ...trash.map((one) =>
    one.because === null
      ? `${one.id.slice(0, 12)}  ${one.removedAt.slice(0, 10)}  ${mb(one.bytes).padStart(10)}  ${plain(one.name)}`
      : bad(`${one.id.slice(0, 12)}  ${one.removedAt.slice(0, 10)}  ${one.name}: ${one.because}`),
  ),
  trash.length === 0
    ? 'The trash is empty.'
    : `${some(trash.length, 'photo or clip', 'photos and clips')} in the trash, ${mb(trash.reduce((sum, one) => sum + one.bytes, 0))}.`,
  ...(deleted === 0 ? [] : [colors.dim(`${deleted} more were deleted for good; their cards do not bring them back.`)]),
]

type Left = readonly { id: string; because: string }[]

export const restoredLines = (
  { restored, left }: { restored: readonly string[]; left: Left },
  { trash }: CommandOut<'trash.list'>,
): string[] => [
  ...trash.filter((one) => restored.includes(one.id)).map((one) => good(`${one.name} is back in the library`)),
  ...left.map((one) => bad(`${trash.find(({ id }) => id === one.id)?.name ?? one.id}: ${one.because}`)),
  ...(restored.length + left.length === 0 ? ['The trash is empty.'] : []),
]

export const deletedLines = ({ deleted, bytes, left }: { deleted: readonly string[]; bytes: number; left: Left }): string[] => [
  ...left.map((one) => bad(`${one.id.slice(0, 12)}: ${one.because}`)),
  deleted.length === 0
    ? 'Nothing was deleted.'
    : good(`${some(deleted.length, 'photo or clip', 'photos and clips')} deleted for good, ${mb(bytes)} freed.`),
]

export const doctorLines = (report: CommandOut<'doctor.run'>): string[] => [
  ...report.checks.flatMap((check) => [
    check.state === 'ok' ? good(`${check.name}: ${check.found}`) : bad(`${check.name}: ${check.found}`),
    ...(check.next === null ? [] : [`  ${plain(check.next)}`]),
  ]),
  report.ok ? 'Everything the main job needs is here.' : 'Something is missing; see above.',
]

export const planLines = (plan: CommandOut<'publish.plan'>): string[] => [
  ...plan.create.map((one) =>
    good(`new: ${one.title} (${some(one.images, 'picture', 'pictures')}${one.clips > 0 ? `, ${some(one.clips, 'clip', 'clips')}` : ''})`),
  ),
  ...plan.update.map((one) => good(`changed: ${one.title}${one.changes.length === 0 ? '' : ` (${one.changes.join('; ')})`}`)),
  ...plan.hide.map((one) => good(`taken off: ${one.title}`)),
  ...[...plan.create, ...plan.update].flatMap((one) => one.left.map((left) => bad(`${one.title}: ${left}`))),
  ...plan.unchanged.map((one) => colors.dim(`  as it is: ${plain(one.title)}`)),
  ...plan.refused.map((one) => bad(`${one.title}: ${one.because}`)),
  ...(plan.create.length + plan.update.length + plan.hide.length + plan.unchanged.length + plan.refused.length === 0
    ? ['Nothing is picked yet, so there is nothing to publish.']
    : []),
]
