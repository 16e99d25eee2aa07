import type { ImportPlan } from '../../main/contract/views.ts'
import { plural } from '../words.ts'

/** A sheet's plan in words. Pure. */

export const doesWords: Readonly<Record<ImportPlan['lines'][number]['does'], string>> = {
  new: 'new, waiting for pictures',
  change: 'changes',
  same: 'stays as it is',
  refused: 'left out',
}

/** "2 new, 1 changed, 3 as they are, 1 left out." */
export function importLead({ lines }: ImportPlan): string {
  const by = (does: string): number => lines.filter((line) => line.does === does).length
  if (lines.length === 0) return 'The sheet has no lines below its first.'
  const parts = [
    [by('new'), 'new'],
    [by('change'), 'changed'],
    [by('same'), 'as they are'],
    [by('refused'), 'left out'],
  ] as const
  return `${plural(lines.length, 'line')}: ${parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString('en')} ${word}`)
    .join(', ')}.`
}

/** Which columns are read, and which are not. */
export function columnLine({ columns, ignored }: ImportPlan): string {
  const read = Object.entries(columns).map(([field, head]) => (field === 'sku' ? `SKU from “${head}”` : `${field} from “${head}”`))
  return `Read: ${read.join(', ')}.${ignored.length > 0 ? ` Not read: ${ignored.join(', ')}.` : ''}`
}
