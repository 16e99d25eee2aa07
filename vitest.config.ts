import { defineConfig } from 'vitest/config'

const tests = ['tests/**/*.test.{ts,tsx}']
const elsewhere = ['**/node_modules/**', 'tests/e2e/**', 'tests/bench/**']
/** Suites that start programs (engine, command line, ffmpeg): `npm run check` leaves them to `npm test`. */
const programs = ['tests/hosts/**', 'tests/workers/cut/**']
const corpus = ['tests/**/*.corpus.test.{ts,tsx}']
/** Suites that break things on purpose: one file at a time, so that what they time and mount is theirs alone. */
const faults = ['tests/faults/**']

const common = {
  environment: 'node' as const,
  pool: 'forks' as const,
  globals: false,
  // They end what hangs; a slow machine is no fault.
  testTimeout: 180_000,
  hookTimeout: 180_000,
  teardownTimeout: 20_000,
}

export default defineConfig({
  test: {
    projects: [
      { test: { ...common, name: 'unit', include: tests, exclude: [...elsewhere, ...programs, ...faults, ...corpus] } },
      {
        test: {
          ...common,
          name: 'programs',
          include: programs.map((folder) => `${folder}/*.test.{ts,tsx}`),
          exclude: [...elsewhere, ...corpus],
        },
      },
      {
        test: {
          ...common,
          name: 'faults',
          include: ['tests/faults/*.test.ts'],
          exclude: [...elsewhere, ...corpus],
          fileParallelism: false,
          testTimeout: 300_000,
        },
      },
      { test: { ...common, name: 'corpus', include: corpus, exclude: elsewhere, testTimeout: 300_000 } },
    ],
  },
})
