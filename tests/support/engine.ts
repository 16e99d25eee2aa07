import { onTestFinished } from 'vitest'
import { createDoctor } from '../../main/adapters/doctor.ts'
import { createSecrets } from '../../main/adapters/secrets.ts'
import { createVolumes } from '../../main/adapters/volumes.ts'
import type { CommandIn, CommandName, CommandOut } from '../../main/contract/ipc.ts'
import { createEngine, type Engine } from '../../main/core/engine.ts'
import type { WorkerPool } from '../../main/core/ports.ts'
import { composeEngine, modelsDir } from '../../main/hosts/compose.ts'

export type TestEngine = {
  engine: Engine
  /** Calls and expects a value; a refusal fails the test with its words. */
  call<N extends CommandName>(name: N, input: CommandIn<N>): Promise<CommandOut<N>>
  close(): Promise<void>
}

/** The real engine: real SQLite, real threads, real ffmpeg. Closed when the test ends. */
export async function startEngine(libraryDir: string | null, work: 'everything' | 'offload' = 'everything'): Promise<TestEngine> {
  const engine = await composeEngine({ libraryDir, watchCards: false, work })
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await engine[Symbol.asyncDispose]()
  }
  onTestFinished(close)
  return {
    engine,
    close,
    async call(name, input) {
      const reply = await engine.call(name, input)
      if (!reply.ok) throw new Error(`${name}: ${reply.error.code}: ${reply.error.message}`)
      return reply.value
    },
  }
}

/** The real core around a pool of the test's own, without catalogs. Who starts it closes it. */
export function engineWith(libraryDir: string, pool: WorkerPool): Promise<Engine> {
  const volumes = createVolumes()
  const electron = async () => ({ name: 'Electron', state: 'ok' as const, found: '', next: null })
  return createEngine({
    libraryDir,
    pool,
    volumes,
    doctor: createDoctor({ pool, volumes, modelsDir, libraryDir, electron }),
    clock: { now: () => Date.now() },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    modelsDir,
    sampleCard: null,
    catalogs: () => [],
    kinds: { list: () => [], open: () => ({ ok: false, problem: { class: 'permanent', code: 'not-found', message: 'no shops here' } }) },
    secrets: createSecrets({ file: null, env: {} }),
    webhook: () => ({ tell: () => undefined, [Symbol.asyncDispose]: async () => undefined }),
    watchCards: false,
    watchedFolders: null,
    work: 'everything',
  })
}
