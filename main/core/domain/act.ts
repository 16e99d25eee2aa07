/** What one act did to how many photos and clips, by field and value. */
export type ActPart = { field: 'decision' | 'rating' | 'label' | 'clip-choice' | 'range' | 'product'; value: string | null; count: number }

const decisionWords: Record<string, string> = { pick: 'picked', reject: 'rejected', undecided: 'back to undecided' }

const choiceWords: Record<string, string> = { approved: 'approved', rejected: 'turned down', undecided: 'back to undecided' }

function said({ field, value, count }: ActPart): string {
  if (field === 'clip-choice') return `${count === 1 ? 'clip' : 'clips'} ${choiceWords[value ?? ''] ?? 'decided'}`
  if (field === 'range') return value === '[]' ? 'back to the clip that was found' : 'given its own in and out'
  if (field === 'product') return value === null ? 'taken out of its product' : `moved to ${value}`
  if (field === 'decision') return decisionWords[value ?? ''] ?? 'decided'
  if (field === 'label') return value === null ? 'without a label' : `labelled ${value}`
  return value === null || value === '0' ? 'without stars' : value === '1' ? 'given 1 star' : `given ${value} stars`
}

/** "3 picked, 2 rejected", "IMG_0001.JPG picked"; many values end in "and more". `only`: the name of the one it changed. Empty when it changed nothing. */
export function actWords(parts: readonly ActPart[], only: string | null): string {
  if (only !== null) return `${only} ${parts.map(said).join(', ')}`
  const most = parts.toSorted((a, b) => b.count - a.count).map((part) => `${part.count.toLocaleString('en')} ${said(part)}`)
  return most.length > 3 ? `${most.slice(0, 3).join(', ')} and more` : most.join(', ')
}
