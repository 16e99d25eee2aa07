import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createSteps, programOf } from './steps.ts'

const node = (script: string) => [process.execPath, '--input-type=module', '-e', script]
const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    // Ended, and not yet collected by whoever inherited it.
    return !(process.platform === 'linux' && /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1')))
  } catch {
    return false
  }
}
/** Waits for a killed program to be gone. */
async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && alive(pid); tries += 1) await sleep(50)
  return !alive(pid)
}

describe('steps', () => {
  it('hand on the exit code, the environment and the folder, and end what takes too long', async () => {
    await using steps = createSteps()
    const script = "process.exit(process.env.WORD === 'yes' && (await import('node:fs')).existsSync('package.json') ? 7 : 1)"
    expect(await steps.run(node(script), { minutes: 1, env: { WORD: 'yes' } })).toMatchObject({ code: 7, timedOut: false, survivors: [] })
    expect(await steps.run(node('setInterval(() => {}, 1000)'), { minutes: 0.01 })).toMatchObject({
      code: null,
      timedOut: true,
      survivors: [],
    })
    expect(await steps.run(['no-such-program-here'], { minutes: 1 })).toMatchObject({ code: null, timedOut: false })
    expect(await steps.run([...programOf('@biomejs/biome', 'biome'), '--version'], { minutes: 1 })).toMatchObject({ code: 0 })
  })

  it.skipIf(process.platform !== 'linux')(
    'name and end what a step left running, even in a group of its own [needs Linux: /proc]',
    async () => {
      await using steps = createSteps({ graceMs: 300 })
      const script = "(await import('node:child_process')).spawn('sleep', ['61'], { detached: true, stdio: 'ignore' }).unref()"
      const { code, survivors } = await steps.run(node(script), { minutes: 1 })
      expect({ code, survivors }).toEqual({ code: 0, survivors: [expect.stringMatching(/^sleep 61 \(\d+\)$/)] })
      expect(await gone(Number(/\((\d+)\)/.exec(survivors[0] ?? '')?.[1]))).toBe(true)
    },
  )

  it.skipIf(process.platform === 'win32')('end the running step when they are interrupted [needs signals: not on Windows]', async () => {
    const child = JSON.stringify(node("console.log('step', process.pid); setInterval(() => {}, 1000)"))
    const script = `const { createSteps } = await import(${JSON.stringify(new URL('./steps.ts', import.meta.url))}); await createSteps().run(${child}, { minutes: 1 })`
    const [program = '', ...args] = node(script)
    const runner = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [chunk] = await once(runner.stdout, 'data')
    const pid = Number(/step (\d+)/.exec(String(chunk))?.[1])
    runner.kill('SIGTERM')
    const [code] = await once(runner, 'exit')
    expect({ code, gone: await gone(pid) }).toEqual({ code: 143, gone: true })
  })
})
