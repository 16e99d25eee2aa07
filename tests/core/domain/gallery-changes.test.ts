import fc from 'fast-check'
import { expect, test } from 'vitest'
import { galleryChanges } from '../../../main/core/domain/gallery-changes.ts'

test('a gallery tells what was added, what is gone and what was moved, and as little as can be counts as moved', () => {
  const of = (ours: (string | null)[], theirs: string[], known: string[] = []) => galleryChanges(ours, theirs, new Set(known))
  expect(of(['a', 'b', 'c'], ['a', 'b', 'c'])).toEqual({ ours: ['same', 'same', 'same'], theirs: ['same', 'same', 'same'] })
  // One picture to the end is one that moved, not two.
  expect(of(['a', 'b', 'c'], ['b', 'c', 'a'])).toEqual({ ours: ['moved', 'same', 'same'], theirs: ['same', 'same', 'moved'] })
  expect(of(['a', null, 'c'], ['guest', 'c', 'old'], ['old'])).toEqual({
    ours: ['missing', 'missing', 'same'],
    theirs: ['added', 'same', 'known'],
  })
  expect(of(['a'], [])).toEqual({ ours: ['missing'], theirs: [] })
})

test('any two galleries: what is in both is told alike on both sides, and what stayed stands in one order', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'))
  fc.assert(
    fc.property(ids, ids, (ours, theirs) => {
      const { ours: here, theirs: there } = galleryChanges(ours, theirs, new Set())
      const stayed = ours.filter((_, at) => here[at] === 'same')
      expect(theirs.filter((_, at) => there[at] === 'same')).toEqual(stayed)
      for (const [at, id] of ours.entries()) expect(here[at] === 'missing').toBe(!theirs.includes(id))
      for (const [at, id] of theirs.entries()) expect(there[at] === 'added').toBe(!ours.includes(id))
      const both = ours.filter((id) => theirs.includes(id))
      expect(stayed.length).toBeGreaterThanOrEqual(Math.min(1, both.length))
    }),
  )
})
