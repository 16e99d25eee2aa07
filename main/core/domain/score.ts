import type { Measure } from '../../../workers/protocol.ts'
import type { ComponentView } from '../../contract/views.ts'

/**
 * How one measure moves the score: `pivot` is the value that adds nothing, `loss` the most it can take (at value 0), `gain` the most it can add
 * (at value 1), each times the measure's confidence. A measure without a line here is shown and adds nothing.
 */
type Weight = { pivot: number; loss: number; gain: number }

/** Below this score, steps get smaller and smaller. */
const finest = 10

/** Score of a photo about which nothing is known to be good or bad. */
export const baseScore = 50

/**
 * Where the numbers come from. The learned `quality` leads: it follows what people prefer best (its model card), and it sees every camera at one
 * size. The rest are faults it is known to miss or to underrate, so they cost, and their absence pays next to nothing: `focus`, `motion` and
 * `noise` compare a photo with what cameras deliver sharp, so the native softness of a camera hardly moves them. The size of each loss: one clear
 * step of the fault must outweigh what quality says about it by chance (half a stop more light: +.5 ± 1 points), measured on training scenes by
 * `eval:score`. `exposure` costs from the first step on, since half a stop too much loses little but is seen; more than this would go against what people
 * said of phone photos (tests/reports/eval-score.md). `detail` weighs nothing: it compares frames of one series only (see series.ts).
 */
export const weights: Readonly<Record<string, Weight>> = {
  quality: { pivot: 0.58, loss: 42, gain: 38 },
  focus: { pivot: 0.8, loss: 22, gain: 3 },
  motion: { pivot: 0.75, loss: 10, gain: 0 },
  noise: { pivot: 0.95, loss: 34, gain: 1 },
  exposure: { pivot: 0.94, loss: 46, gain: 2.5 },
  contrast: { pivot: 0.5, loss: 5, gain: 1 },
  'colour-cast': { pivot: 0.6, loss: 4.5, gain: 0.5 },
  horizon: { pivot: 0.9, loss: 5, gain: 0 },
  framing: { pivot: 0.5, loss: 5, gain: 2 },
  clutter: { pivot: 0.8, loss: 12, gain: 0 },
  resolution: { pivot: 0.6, loss: 8, gain: 2 },
  compression: { pivot: 0.8, loss: 9, gain: 0 },
  complete: { pivot: 1, loss: 45, gain: 0 },
  eyes: { pivot: 0.5, loss: 8, gain: 2 },
  faces: { pivot: 0.5, loss: 4, gain: 2 },
  detail: { pivot: 0.5, loss: 0, gain: 0 },
}

/**
 * Weighs the measures of one photo. `score` is 0–100 with one decimal and equals `baseScore` + the sum of all `points` exactly (to that decimal);
 * `reasons` are the findings that moved it most, strongest first. Pure: the same measures always give the same score.
 */
export function weigh(measures: Record<string, Measure>): { score: number; components: Record<string, ComponentView>; reasons: string[] } {
  const raw = Object.entries(measures).map(([name, measure]) => ({ name, measure, points: pointsOf(weights[name], measure) }))
  const sum = raw.reduce((total, { points }) => total + points, 0)
  const most = 100 - baseScore
  // Near the bottom the scale gets finer instead of ending, so that of two bad photos the worse one still has less. Past an end the points shrink
  // together, so that the parts still add up to what is shown.
  const low = baseScore + sum - finest
  const least = low < 0 ? finest * Math.exp(low / finest) - baseScore : sum
  const squeeze = sum > most ? most / sum : low < 0 ? least / sum : 1
  const components: Record<string, ComponentView> = {}
  let tenths = 0
  for (const { name, measure, points } of raw) {
    const rounded = Math.round(points * squeeze * 10)
    tenths += rounded
    components[name] = { ...measure, points: rounded / 10 }
  }
  const score = (baseScore * 10 + tenths) / 10
  return { score: Math.min(100, Math.max(0, score)), components, reasons: reasonsOf(components) }
}

function pointsOf(weight: Weight | undefined, { value, confidence }: Measure): number {
  if (!weight || !Number.isFinite(value) || !Number.isFinite(confidence)) return 0
  const v = Math.min(1, Math.max(0, value))
  const sure = Math.min(1, Math.max(0, confidence))
  if (v < weight.pivot) return (-weight.loss * sure * (weight.pivot - v)) / weight.pivot
  return weight.pivot < 1 ? (weight.gain * sure * (v - weight.pivot)) / (1 - weight.pivot) : 0
}

/**
 * Named as a reason only where it costs at least this much, else found among the components alone: what a file's size is worth depends on where the
 * photo goes, and beside the reasons of a good photo it reads as a fault. 3.5 points: below some 500 px, which no large shop takes.
 */
const quiet: Readonly<Record<string, number>> = { resolution: 3.5 }

function reasonsOf(components: Record<string, ComponentView>): string[] {
  const byEffect = Object.entries(components)
    .filter(([name, { points }]) => (quiet[name] === undefined ? Math.abs(points) >= 1 : points <= -quiet[name]))
    .map(([, component]) => component)
    .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points) || a.because.localeCompare(b.because, 'en'))
  const said = [...new Set(byEffect.map(({ because }) => because))].slice(0, 4)
  return said.length > 0 ? said : ['nothing stands out']
}
