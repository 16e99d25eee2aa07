import type { Scene } from '../../../models/train/scenes.ts'
import type { Rgb } from '../../../workers/score/pixels.ts'
import { type Looked, look } from './looked.ts'
import { quantileOf } from './statistics.ts'

/** Photos as shot: what the score and its parts say of each camera. */
export type AsShot = { scene: Scene; looked: Looked }

export const asShot = async (scene: Scene, rgb: Rgb): Promise<AsShot> => ({ scene, looked: await look(rgb, 93) })

export function cleanTable(list: readonly AsShot[]): void {
  console.log(
    `\nPhotos as shot, by size: score and the points of each part (median; 10 and 90 %). A camera's native softness must not decide.`,
  )
  const parts = [...new Set(list.flatMap(({ looked }) => Object.keys(looked.points)))].toSorted()
  for (const [name, from, to] of [
    ['below 1 MP', 0, 1e6],
    ['1–5 MP', 1e6, 5e6],
    ['5–9 MP', 5e6, 9e6],
    ['above 9 MP', 9e6, 1e9],
  ] as const) {
    const some = list.filter(({ scene }) => scene.pixels >= from && scene.pixels < to)
    if (some.length === 0) continue
    const spread = (values: number[]): string => [0.5, 0.1, 0.9].map((p) => quantileOf(values, p).toFixed(1)).join(' / ')
    console.log(
      `  ${name} (${some.length} photos, ${new Set(some.map(({ scene }) => scene.camera)).size} cameras): score ${spread(some.map(({ looked }) => looked.score))}`,
    )
    console.log(
      `    ${parts
        .map(
          (part) =>
            `${part} ${quantileOf(
              some.map(({ looked }) => looked.points[part] ?? 0),
              0.5,
            ).toFixed(1)}`,
        )
        .join(' · ')}`,
    )
  }
  for (const { scene, looked } of list.toSorted((a, b) => b.looked.score - a.looked.score)) {
    const points = Object.entries(looked.points)
      .filter(([, v]) => Math.abs(v) >= 1)
      .map(([k, v]) => `${k} ${v}`)
    console.log(
      `  ${looked.score.toFixed(1).padStart(5)} ${(scene.pixels / 1e6).toFixed(1).padStart(5)} MP ${scene.name.split('/').at(-1)}: ${points.join(', ')}`,
    )
  }
}
