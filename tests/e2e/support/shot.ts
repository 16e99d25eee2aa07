import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const shots = process.env['DROPCARD_SHOTS']

/** Every screen must be clean for WCAG 2.2 AA; with DROPCARD_SHOTS=<folder> it is also photographed, in two sizes and both themes. */
export async function shot(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze()
  expect(violations.map((one) => `${name}: ${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
  if (shots === undefined) return
  mkdirSync(shots, { recursive: true })
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(150)
      await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) })
    }
  }
}
