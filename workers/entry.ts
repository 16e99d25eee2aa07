import { collectNowAndThen } from './collect.ts'
import { Refusal, type TaskHandler, type TaskName, type TaskReply, tasks, type WorkerCall } from './protocol.ts'

/** A thread loads only what its tasks need: a copying thread never opens a model. */
const handlers: { [N in TaskName]: () => Promise<TaskHandler<N>> } = {
  'copy.file': async () => (await import('./copy/file.ts')).file,
  'copy.fingerprint': async () => (await import('./copy/fingerprint.ts')).fingerprint,
  'copy.hash': async () => (await import('./copy/hash.ts')).hash,
  'peek.files': async () => (await import('./peek/peek.ts')).peek,
  'score.photo': async () => (await import('./score/photo.ts')).photo,
  'marks.read': async () => (await import('./marks/read.ts')).read,
  'marks.write': async () => (await import('./marks/write.ts')).write,
  'score.model': async () => (await import('./score/version.ts')).model,
  'crop.photo': async () => (await import('./crop/photo.ts')).photo,
  'crop.poster': async () => (await import('./crop/poster.ts')).poster,
  'cut.tools': async () => (await import('./cut/tools.ts')).tools,
  'cut.channels': async () => (await import('./cut/destinations.ts')).destinations,
  'cut.check': async () => (await import('./cut/check.ts')).check,
  'cut.probe': async () => (await import('./cut/probe.ts')).probe,
  'cut.shots': async () => (await import('./cut/shots.ts')).shots,
  'cut.find': async () => (await import('./cut/find.ts')).find,
  'cut.preview': async () => (await import('./cut/preview.ts')).preview,
  'cut.clip': async () => (await import('./cut/clip.ts')).clip,
}

/** The thread's one function: parse in → handler → parse out → a TaskReply. */
export default async function run<N extends TaskName>(call: WorkerCall<N>): Promise<TaskReply<N>> {
  const handler: TaskHandler<N> = await handlers[call.name]()
  const task = tasks[call.name]
  const abort = new AbortController()
  call.port.on('message', () => abort.abort())
  try {
    const input = task.in.parse(call.input) as Parameters<TaskHandler<N>>[0]
    const out = await handler(input, {
      signal: abort.signal,
      progress: (done, total) => call.port.postMessage({ done, total }),
    })
    return { kind: 'done', out: task.out.parse(out) as Awaited<ReturnType<TaskHandler<N>>> }
  } catch (error) {
    if (abort.signal.aborted) return { kind: 'cancelled' }
    if (error instanceof Refusal) return { kind: 'refused', because: error.message, code: error.code }
    throw error
  } finally {
    call.port.close()
    collectNowAndThen(call.name)
  }
}
