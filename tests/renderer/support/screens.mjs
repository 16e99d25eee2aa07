// Looks at every screen and state with the FAKE engine, in a plain Chromium, under the real content security policy:
//   node tests/renderer/support/screens.mjs <folder for the pictures> [parts of shots' names…]
// Prints console errors (a broken policy shows there) and what axe-core finds; exits 1 if there is any.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from '@playwright/test'
import { openHarness } from './harness.mjs'

const [out = 'screens', ...only] = process.argv.slice(2)
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  // What 200 % leaves of a small laptop's window.
  { width: 640, height: 400 },
]

const tab = (name) => (page) => page.getByRole('navigation').getByRole('button', { name }).click()
const cull = async (page) => {
  await tab('Cull')(page)
  await page.getByRole('gridcell').first().waitFor()
}
const keys =
  (...pressed) =>
  async (page) => {
    for (const key of pressed) await page.keyboard.press(key)
  }

const clipCards = (page) => page.getByRole('gridcell').first().waitFor()
/** Shops, plans, drops and the report; scene `market` is a busy Saturday. */
const publishing = [
  {
    name: 'shops',
    scene: 'market',
    steps: [
      tab('Shops'),
      (page) => page.getByRole('button', { name: /Mira Ceramics/ }).click(),
      (page) => page.getByText('Resting until').first().waitFor(),
    ],
  },
  {
    name: 'shops-paused',
    scene: 'market',
    steps: [
      tab('Shops'),
      (page) => page.getByRole('button', { name: /Mira at the market/ }).click(),
      (page) => page.getByRole('button', { name: 'Sign in again' }).click(),
    ],
  },
  { name: 'shops-local', scene: 'full', steps: [tab('Shops'), (page) => page.getByText('Nothing was sent here yet').waitFor()] },
  {
    name: 'shops-versions',
    scene: 'market',
    steps: [
      tab('Shops'),
      (page) => page.getByRole('button', { name: /Mira Ceramics/ }).click(),
      (page) =>
        page
          .getByRole('button', { name: /^Versions of/ })
          .first()
          .click(),
      (page) =>
        page
          .getByRole('button', { name: /Go back/ })
          .first()
          .waitFor(),
    ],
  },
  {
    name: 'connect-kinds',
    scene: 'market',
    steps: [
      tab('Shops'),
      (page) => page.getByRole('button', { name: 'Connect a shop' }).click(),
      (page) => page.getByRole('button', { name: /^Square/ }).waitFor(),
    ],
  },
  {
    name: 'connect-form',
    scene: 'problem',
    steps: [
      tab('Shops'),
      (page) => page.getByRole('button', { name: 'Connect a shop' }).click(),
      (page) => page.getByRole('button', { name: /^Shopify/ }).click(),
      (page) => page.getByRole('textbox', { name: 'Shop' }).fill('mira.myshopify.com'),
      (page) => page.getByLabel('Client secret', { exact: true }).fill('s3cret'),
      (page) => page.getByRole('button', { name: 'Test', exact: true }).click(),
      (page) => page.getByText('permissions are missing').waitFor(),
    ],
  },
  {
    name: 'disconnect',
    scene: 'market',
    steps: [
      tab('Shops'),
      (page) => page.getByRole('button', { name: /Mira Ceramics/ }).click(),
      (page) => page.getByRole('button', { name: 'Disconnect…' }).click(),
    ],
  },
  {
    name: 'plan-market',
    scene: 'market',
    steps: [
      tab('Products'),
      (page) => page.getByRole('button', { name: 'Publish picks' }).click(),
      (page) => page.getByRole('heading', { name: 'Taken off' }).waitFor(),
      (page) => page.getByRole('dialog').locator('.yes').nth(2).click(),
    ],
  },
  {
    name: 'plan-sent',
    scene: 'market',
    steps: [
      tab('Products'),
      (page) => page.getByRole('button', { name: 'Publish picks' }).click(),
      (page) => page.getByRole('button', { name: 'Publish', exact: true }).click(),
      (page) => page.getByText('Listing by listing').click(),
    ],
  },
  {
    name: 'products-market',
    scene: 'market',
    steps: [tab('Products'), (page) => page.getByText('Waiting for pictures').first().waitFor()],
  },
  {
    name: 'import',
    scene: 'market',
    steps: [
      tab('Products'),
      (page) => page.getByRole('button', { name: 'Import a sheet' }).click(),
      (page) =>
        page.getByLabel('Sheet of products').setInputFiles({
          name: 'stock.csv',
          mimeType: 'text/csv',
          buffer: Buffer.from('SKU,Title,Price\nBOWL-1,Bowl,48\nBOWL-3,Bowl small,30\nCUP-7,Espresso cup,24\nCUP-8,Mug,on request\n'),
        }),
      (page) => page.getByText('4 lines').waitFor(),
    ],
  },
  { name: 'drops', scene: 'market', steps: [tab('Drops'), (page) => page.getByText('must be on').first().waitFor()] },
  { name: 'drops-empty', scene: 'full', steps: [tab('Drops')] },
  {
    name: 'drop-new',
    scene: 'market',
    steps: [
      tab('Drops'),
      (page) => page.getByRole('button', { name: 'Plan a drop' }).click(),
      (page) => page.getByRole('dialog').locator('.drop-choice .yes').first().click(),
      (page) => page.getByRole('button', { name: 'Plan it' }).click(),
      (page) => page.getByText('Something is missing').waitFor(),
    ],
  },
  {
    name: 'drop-zone',
    scene: 'market',
    steps: [
      tab('Drops'),
      (page) => page.getByRole('button', { name: 'Plan a drop' }).click(),
      (page) => page.getByRole('combobox', { name: 'Time zone' }).fill('new york'),
      (page) => page.getByRole('option', { name: 'America/New York' }).waitFor(),
    ],
  },
  { name: 'report', scene: 'market', steps: [tab('Report'), (page) => page.getByText('Where each photo runs').waitFor()] },
  {
    name: 'report-csv',
    scene: 'market',
    steps: [
      tab('Report'),
      (page) => page.getByRole('button', { name: 'Save as CSV' }).click(),
      (page) => page.getByText('Saved as report-everything.csv').first().waitFor(),
    ],
  },
  { name: 'report-empty', scene: 'full', steps: [tab('Report'), (page) => page.getByText('Nothing of it was sent').waitFor()] },
  {
    name: 'settings-publish',
    scene: 'full',
    steps: [tab('Settings'), (page) => page.getByLabel('Webhook address').scrollIntoViewIfNeeded()],
  },
]

const shots = [
  ...publishing,
  { name: 'welcome', scene: 'empty' },
  { name: 'welcome-card', scene: 'card', steps: [(page) => page.getByText('to copy (').waitFor()] },
  { name: 'card-slow', scene: 'slow', steps: [(page) => page.getByText('Looking at what is new').waitFor()] },
  { name: 'offload-home', scene: 'full' },
  {
    name: 'offload-plan',
    scene: 'full',
    steps: [
      (page) => page.getByRole('button', { name: 'Open EOS_DIGITAL' }).click(),
      (page) => page.getByText('to copy and check').waitFor(),
      (page) => page.getByText('Will be left on the card').click(),
    ],
  },
  {
    name: 'offload-places',
    scene: 'full',
    steps: [
      (page) => page.getByRole('button', { name: 'Open EOS_DIGITAL' }).click(),
      (page) => page.getByText('Change folders, names and clocks').click(),
      (page) => page.getByRole('textbox', { name: /Folder and name/ }).fill('{date}/{card}'),
      (page) => page.getByText('Not saved').waitFor(),
      (page) => page.getByText('Not saved').scrollIntoViewIfNeeded(),
    ],
  },
  {
    name: 'offload-problem',
    scene: 'problem',
    steps: [(page) => page.getByRole('button', { name: 'Choose a folder' }).click(), (page) => page.getByRole('alert').first().waitFor()],
  },
  { name: 'offload-running', scene: 'running', steps: [(page) => page.getByText('Copying EOS_DIGITAL').waitFor()] },
  { name: 'offload-paused', scene: 'paused', steps: [(page) => page.getByText('EOS_DIGITAL is paused').waitFor()] },
  {
    name: 'verdict-safe',
    scene: 'full',
    steps: [
      (page) => page.getByRole('button', { name: /EOS_DIGITAL.*Finished/ }).click(),
      (page) => page.getByText('Safe to erase: ').waitFor(),
      (page) => page.getByRole('button', { name: 'Eject' }).click(),
      (page) => page.getByRole('button', { name: 'Check again' }).click(),
      (page) => page.getByText('All is well').waitFor(),
    ],
  },
  {
    name: 'verdict-bad',
    scene: 'bad',
    steps: [
      (page) => page.getByRole('button', { name: /EOS_DIGITAL.*Finished/ }).click(),
      (page) => page.getByText('Not safe to erase').waitFor(),
    ],
  },
  { name: 'cull-grid', scene: 'full', steps: [cull, keys('ArrowRight')] },
  { name: 'cull-decided', scene: 'decided', steps: [cull, keys('ArrowRight', 's', 'Shift+ArrowRight', 'Shift+ArrowRight')] },
  { name: 'cull-frames', scene: 'decided', steps: [cull, (page) => page.getByRole('radio', { name: 'Frames' }).click()] },
  { name: 'cull-waiting', scene: 'waiting', steps: [cull, keys('End')] },
  { name: 'cull-running', scene: 'running', steps: [cull] },
  { name: 'cull-huge', scene: 'huge', steps: [cull, keys('End')] },
  { name: 'cull-filter-empty', scene: 'full', steps: [cull, (page) => page.getByRole('radio', { name: /^Picks/ }).click()] },
  { name: 'cull-empty', scene: 'empty', steps: [tab('Cull')] },
  { name: 'cull-accepted', scene: 'full', steps: [cull, (page) => page.getByRole('button', { name: 'Accept suggestions' }).click()] },
  {
    name: 'cull-product',
    scene: 'market',
    steps: [
      cull,
      keys('ArrowRight', 'p', 'd'),
      (page) => page.getByRole('combobox', { name: 'SKU or title' }).fill('bowl-1'),
      (page) => page.getByRole('option').first().waitFor(),
    ],
  },
  {
    name: 'cull-product-none',
    scene: 'market',
    steps: [cull, keys('ArrowRight', 'p', 'd'), (page) => page.getByRole('combobox', { name: 'SKU or title' }).fill('no such thing')],
  },
  { name: 'cull-refusing', scene: 'refusing', steps: [cull, keys('p')] },
  { name: 'cull-loading', scene: 'silent', steps: [tab('Cull')] },
  { name: 'loupe', scene: 'decided', steps: [cull, keys('ArrowRight', 'Enter')] },
  {
    name: 'loupe-region',
    scene: 'full',
    steps: [cull, keys('ArrowRight', 'Enter'), (page) => page.getByText('Highlights', { exact: true }).hover()],
  },
  { name: 'loupe-zoom', scene: 'full', steps: [cull, keys('ArrowRight', 'Enter', 'z')] },
  {
    name: 'loupe-overlays',
    scene: 'full',
    steps: [cull, keys('ArrowRight', 'e', 'o', 'h'), (page) => page.locator('.overlay-map').waitFor()],
  },
  {
    name: 'loupe-crop',
    scene: 'full',
    steps: [cull, keys('ArrowRight', 'e', 'o', 'o', 'o'), (page) => page.getByRole('button', { name: /^Overlays/ }).click()],
  },
  { name: 'compare', scene: 'full', steps: [cull, keys('ArrowRight', 'c'), (page) => page.getByText('Challenger').waitFor()] },
  { name: 'survey', scene: 'decided', steps: [cull, keys('ArrowRight', 'n'), (page) => page.getByText('1 of').first().waitFor()] },
  {
    name: 'loupe-clip',
    scene: 'full',
    steps: [cull, (page) => page.getByRole('gridcell', { name: /^MVI/ }).first().click(), keys('Enter')],
  },
  {
    name: 'loupe-refused',
    scene: 'full',
    steps: [
      cull,
      (page) =>
        page
          .getByRole('gridcell', { name: /cannot be shown/ })
          .first()
          .click(),
      keys('Enter'),
    ],
  },
  { name: 'clips', scene: 'decided', steps: [tab('Clips'), clipCards, keys('ArrowRight'), (page) => page.waitForTimeout(1200)] },
  {
    name: 'clips-fresh',
    scene: 'full',
    steps: [tab('Clips'), clipCards, keys('a', 'ArrowRight', 'x', 'ArrowRight', 'Space'), (page) => page.waitForTimeout(1500)],
  },
  {
    name: 'clips-left',
    scene: 'decided',
    steps: [
      tab('Clips'),
      clipCards,
      keys('ArrowDown', 'ArrowDown'),
      (page) =>
        page
          .getByText(/parts left out/)
          .nth(1)
          .click(),
    ],
  },
  { name: 'clips-empty', scene: 'empty', steps: [tab('Clips')] },
  {
    name: 'clips-refusing',
    scene: 'refusing',
    steps: [tab('Clips'), clipCards, keys('a'), (page) => page.getByRole('alert').first().waitFor()],
  },
  {
    name: 'clips-plan',
    scene: 'full',
    steps: [
      tab('Clips'),
      clipCards,
      keys('a', 'ArrowDown', 'a', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'a', 'e'),
      (page) => page.getByText('will be made').waitFor(),
    ],
  },
  {
    name: 'clips-making',
    scene: 'full',
    steps: [
      tab('Clips'),
      clipCards,
      keys('a', 'ArrowDown', 'a', 'e'),
      (page) => page.getByRole('button', { name: /^Export \d/ }).click(),
      (page) =>
        page
          .getByText(/[1-9]\d? %/)
          .first()
          .waitFor(),
    ],
  },
  { name: 'clips-running', scene: 'decided', steps: [tab('Clips'), clipCards, keys('e'), (page) => page.getByRole('dialog').waitFor()] },
  {
    name: 'clips-no-tool',
    scene: 'problem',
    steps: [tab('Clips'), clipCards, keys('e'), (page) => page.getByRole('alert').first().waitFor()],
  },
  {
    name: 'settings-clips',
    scene: 'full',
    steps: [tab('Settings'), (page) => page.getByRole('heading', { name: 'Clips', exact: true }).scrollIntoViewIfNeeded()],
  },
  { name: 'help', scene: 'full', steps: [cull, keys('?')] },
  {
    name: 'hand-over',
    scene: 'decided',
    steps: [
      cull,
      keys('Control+a', 'Control+e'),
      (page) => page.getByRole('button', { name: 'Copy to a folder…' }).click(),
      (page) => page.getByRole('dialog').getByText('written and read back').waitFor(),
      (page) => page.getByRole('button', { name: 'Show the names of the chosen' }).click(),
    ],
  },
  {
    name: 'products-arrange',
    scene: 'decided',
    steps: [
      tab('Products'),
      (page) => page.getByRole('button', { name: 'Arrange pictures' }).first().click(),
      (page) => page.getByRole('button', { name: 'Suggest an order' }).click(),
      (page) => page.getByText('the best picture of the whole product').waitFor(),
    ],
  },
  { name: 'products', scene: 'decided', steps: [tab('Products'), (page) => page.getByRole('heading', { name: 'Products' }).waitFor()] },
  { name: 'products-empty', scene: 'empty', steps: [tab('Products')] },
  { name: 'publish-plan', scene: 'decided', steps: [cull, (page) => page.getByRole('button', { name: 'Publish picks' }).click()] },
  {
    name: 'publish-done',
    scene: 'decided',
    steps: [
      cull,
      (page) => page.getByRole('button', { name: 'Publish picks' }).click(),
      (page) => page.getByRole('button', { name: 'Publish', exact: true }).click(),
      (page) => page.getByRole('button', { name: 'Open the page' }).waitFor(),
    ],
  },
  {
    name: 'cull-removed',
    scene: 'full',
    steps: [cull, keys('ArrowRight', 'Delete'), (page) => page.getByText("moved to the library's trash").first().waitFor()],
  },
  {
    name: 'cull-remove-many',
    scene: 'full',
    steps: [cull, keys('Control+a', 'Backspace'), (page) => page.getByRole('dialog').waitFor()],
  },
  {
    name: 'settings-check',
    scene: 'problem',
    steps: [
      tab('Settings'),
      (page) => page.getByRole('button', { name: 'Check every original' }).click(),
      (page) => page.getByText('Damaged or missing').waitFor(),
      (page) => page.getByText('Damaged or missing').scrollIntoViewIfNeeded(),
    ],
  },
  { name: 'settings', scene: 'problem', steps: [tab('Settings'), (page) => page.getByText('object-quality').waitFor()] },
  {
    name: 'settings-disk',
    scene: 'problem',
    steps: [
      tab('Settings'),
      (page) => page.getByRole('button', { name: 'Check a disk' }).click(),
      (page) => page.getByText('In no manifest').scrollIntoViewIfNeeded(),
    ],
  },
  { name: 'trash', scene: 'full', steps: [keys('Control+5'), (page) => page.getByRole('option').nth(2).click()] },
  { name: 'trash-empty', scene: 'empty', steps: [keys('Control+5')] },
  {
    name: 'trash-asked',
    scene: 'full',
    steps: [keys('Control+5'), (page) => page.getByRole('button', { name: 'Empty the trash' }).click()],
  },
  { name: 'engine-stopped', scene: 'stopped', steps: [cull] },
  { name: 'engine-restarting', scene: 'restarting', steps: [cull] },
]

await mkdir(out, { recursive: true })
await using harness = await openHarness()
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
const troubles = {
  count: 0,
  push: (text) => {
    troubles.count += 1
    console.log(text)
  },
}
for (const shot of shots.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)))) {
  for (const [index, viewport] of sizes.entries()) {
    for (const colorScheme of ['light', 'dark']) {
      // Every screen in both themes on the small window; once on the others.
      if (index > 0 && colorScheme === 'light') continue
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
      const page = await context.newPage()
      const label = `${shot.name}-${viewport.width}-${colorScheme}`
      page.on('console', (message) => message.type() === 'error' && troubles.push(`${label}: ${message.text()}`))
      page.on('pageerror', (error) => troubles.push(`${label}: ${error.message}`))
      page.setDefaultTimeout(5000)
      try {
        await page.goto(`${harness.url}/?scene=${shot.scene}`)
        await page.getByRole('main').waitFor()
        for (const step of shot.steps ?? []) await step(page)
        await page.waitForTimeout(350)
        await page.waitForLoadState('networkidle')
        // Thumbnails are drawn by a worker, which the page does not wait for.
        await page.locator('canvas.thumb:not([data-drawn])').first().waitFor({ state: 'detached' })
        await page.screenshot({ path: join(out, `${label}.png`) })
        if (index === 0) {
          const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
          for (const { id, nodes } of violations)
            troubles.push(
              `${label}: axe ${id}: ${nodes
                .slice(0, 2)
                .map(({ html, failureSummary }) => `${html.slice(0, 140)} | ${failureSummary?.split('\n')[1] ?? ''}`)
                .join(' ; ')} (${nodes.length})`,
            )
        }
      } catch (error) {
        troubles.push(`${label}: ${error.message.split('\n').slice(0, 3).join(' ')}`)
        await page.screenshot({ path: join(out, `${label}-failed.png`) })
      }
      await context.close()
    }
  }
}
await browser.close()
console.log(`${troubles.count} troubles`)
process.exitCode = troubles.count > 0 ? 1 : 0
