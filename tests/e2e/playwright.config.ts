import { defineConfig } from '@playwright/test'

const json = process.env['PLAYWRIGHT_JSON_OUTPUT_NAME']

/** Drives the real app; no browser is downloaded. `PLAYWRIGHT_JSON_OUTPUT_NAME` names a file for the JSON report. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.e2e.ts',
  outputDir: '../../test-results',
  globalSetup: './support/desktop.ts',
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: json === undefined ? [['list']] : [['list'], ['json']],
})
