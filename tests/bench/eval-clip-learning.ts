import { weighClip } from '../../main/core/domain/clip-score.ts'
import { type ChosenClip, learnClips } from '../../main/core/domain/clip-taste.ts'
import { random } from '../core/domain/frames.ts'

// What choices of clips teach, on made-up sellers: node tests/bench/eval-clip-learning.ts
// Each seller approves one of three clips of a take. Learned from so many choices, judged on 40 other takes of the same seller: the share of pairs in his
// order, by the learned and by the shipped score, and how many of 60 sellers anything was learned for. Sellers without a taste of their own
// (`any`, `as shipped`) show what learning costs; the others what it brings.

const parts = ['steady', 'sharp', 'subject', 'lively', 'ends', 'exposed', 'sound']
type Parts = Readonly<Record<string, number>>
type Pleases = (clip: ChosenClip, parts: Parts, next: () => number) => number

const scored = (clip: ChosenClip, factors: Readonly<Record<string, number>> = {}): number => weighClip(clip.measures, factors).score

const sellers: Readonly<Record<string, Pleases>> = {
  any: (_clip, _parts, next) => next(),
  'as shipped': (clip, _parts, next) => scored(clip) + 20 * next(),
  'likes movement': (clip, { lively = 0 }, next) => scored(clip) + 42 * lively + 16 * next(),
  'minds no shake': (clip, { steady = 0 }, next) => scored(clip) - 26 * steady + 16 * next(),
}

function choicesOf(seed: number, takes: number, pleases: Pleases): ChosenClip[] {
  const next = random(seed)
  return Array.from({ length: takes }, (_, take) => {
    const clips = Array.from({ length: 3 }, () => {
      const values = Object.fromEntries(parts.map((name) => [name, 0.3 + 0.7 * next()]))
      const measures = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, { value, confidence: 1, region: null, because: name }]),
      )
      const clip: ChosenClip = { take: `take-${take}`, measures, isApproved: false }
      return { clip, pleasure: pleases(clip, values, next) }
    })
    const best = clips.reduce((a, b) => (b.pleasure > a.pleasure ? b : a))
    return clips.map((one) => ({ ...one.clip, isApproved: one === best }))
  }).flat()
}

const many = 60
for (const tuning of [1, 3].flatMap((ridge) => [0, 1, 1.5].map((errors) => ({ ridge, errors })))) {
  console.log(
    `\nridge ${tuning.ridge}, ${tuning.errors} standard errors\n\n| seller | choices | learned for | pairs, learned | pairs, shipped |`,
  )
  console.log('|---|---|---|---|---|')
  for (const [name, pleases] of Object.entries(sellers)) {
    for (const takes of [8, 15, 40]) {
      let [active, learned, shipped, pairs] = [0, 0, 0, 0]
      for (let seed = 1; seed <= many; seed++) {
        const { factors } = learnClips(choicesOf(seed, takes, pleases), tuning)
        if (Object.keys(factors).length > 0) active += 1
        for (const clips of Map.groupBy(choicesOf(seed + 1000, 40, pleases), ({ take }) => take).values())
          for (const kept of clips.filter(({ isApproved }) => isApproved))
            for (const left of clips.filter(({ isApproved }) => !isApproved)) {
              pairs += 1
              learned += scored(kept, factors) > scored(left, factors) ? 1 : 0
              shipped += scored(kept) > scored(left) ? 1 : 0
            }
      }
      console.log(`| ${name} | ${takes * 3} | ${active} of ${many} | ${(learned / pairs).toFixed(3)} | ${(shipped / pairs).toFixed(3)} |`)
    }
  }
}
