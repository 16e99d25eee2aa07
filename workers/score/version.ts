import { checkModels } from '../../models/load.ts'
import type { TaskHandler } from '../protocol.ts'
import { modelString, openModels } from './models.ts'

/** Which model scores would be made with now. */
export const model: TaskHandler<'score.model'> = async ({ modelsDir, tried }) => {
  const states = await checkModels(modelsDir)
  if (states.some(({ state }) => state !== 'ok')) return { model: null }
  if (tried && (await openModels(modelsDir)).degraded.length > 0) return { model: null }
  return { model: await modelString(modelsDir) }
}
