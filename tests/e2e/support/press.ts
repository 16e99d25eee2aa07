import { expect, type Locator, type Page } from '@playwright/test'

/** Presses a button once it may be pressed: a key that goes to a disabled one is lost. */
export async function press(button: Locator): Promise<void> {
  await expect(button).toBeEnabled()
  await button.press('Enter')
}

/** A key can go to a button that is being drawn anew: it is pressed until the other screen is there. */
export async function startCulling(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Start culling' })
  await expect(button).toBeVisible({ timeout: 60_000 })
  await expect(async () => {
    if (await button.isVisible()) await button.press('Enter', { timeout: 2000 })
    await expect(page.getByRole('button', { name: 'Accept suggestions' })).toBeVisible({ timeout: 3000 })
  }).toPass({ timeout: 30_000 })
}
