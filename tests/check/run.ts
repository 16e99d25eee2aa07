import { createSteps, programOf } from './steps.ts'

// `npm run check`: everything that is quick to know, cheapest first, stopping at the first red.
// `-- --static` leaves the unit suites out (a run of `npm test` follows anyway).

const biome = programOf('@biomejs/biome', 'biome')
const tsc = programOf('typescript', 'tsc')
const rules = [process.execPath, 'tests/check/rules.ts']

const steps: { name: string; command: string[] }[] = [
  { name: 'format and lint', command: [...biome, 'check', '--error-on-warnings', '--max-diagnostics=50', '.'] },
  { name: 'types: engine, workers, tests', command: [...tsc, '-p', 'tsconfig.json'] },
  { name: 'types: window', command: [...tsc, '-p', 'tsconfig.renderer.json'] },
  { name: 'types: Electron', command: [...tsc, '-p', 'tsconfig.electron.json'] },
  { name: 'import rules', command: [...rules, 'imports'] },
  { name: 'tree rules', command: [...rules, 'tree'] },
  { name: 'dead code', command: [...programOf('knip'), '--no-progress'] },
]
if (!process.argv.includes('--static')) {
  steps.push({ name: 'unit tests', command: [...programOf('vitest'), 'run', '--project', 'unit', '--reporter', 'dot'] })
}

await using runner = createSteps()
for (const { name, command } of steps) {
  console.log(`\n── ${name}`)
  const { code, seconds, timedOut, survivors } = await runner.run(command, { minutes: 5 })
  if (code !== 0 || survivors.length > 0) {
    const why = timedOut
      ? 'took longer than 5 minutes'
      : code !== 0
        ? `ended with code ${code}`
        : `left programs running: ${survivors.join(', ')}`
    console.error(`\ncheck failed at "${name}": ${why}`)
    process.exitCode = 1
    break
  }
  console.log(`   ok, ${seconds.toFixed(1)} s`)
}
if (process.exitCode !== 1) console.log(`\ncheck passed: ${steps.length} steps`)
