import type { CommandOut } from '../../contract/ipc.ts'
import type { OffloadReport } from '../../contract/views.ts'
import type { ExitCode, Session } from './session.ts'

export type MainJob = {
  offload: OffloadReport
  picked: string[]
  rejected: string[]
  products: CommandOut<'product.list'>
  publish: CommandOut<'publish.state'>
  refused: { what: string; because: string }[]
  page: string | null
}

/** Offload with verification, then everything that follows from it, until nothing is left to do. */
export async function offload(
  session: Session,
  path: string,
  backups: string[],
  verify: 'destination' | 'source-and-destination' | 'size',
): Promise<OffloadReport> {
  const { offloadId } = await session.call('offload.start', { path, backups, verify })
  await session.call('engine.settle', {})
  return session.call('offload.report', { offloadId })
}

/** Sends what is picked to a catalog and waits until every listing is settled. */
export async function publish(
  session: Session,
  catalog: string,
): Promise<{ plan: CommandOut<'publish.plan'>; state: CommandOut<'publish.state'> }> {
  const plan = await session.call('publish.start', { catalog })
  await session.call('engine.settle', {})
  return { plan, state: await session.call('publish.state', { catalog }) }
}

/** The whole main job: card → originals → scores → picks → renditions → catalog. */
export async function mainJob(session: Session, path: string, options: { backups: string[]; catalog: string }): Promise<MainJob> {
  const report = await offload(session, path, options.backups, 'destination')
  const accepted = await session.call('decision.accept', { assetIds: null })
  const { state } = await publish(session, options.catalog)
  const { failed } = await session.call('engine.settle', {})
  return {
    offload: report,
    picked: accepted.picked,
    rejected: accepted.rejected,
    products: await session.call('product.list', {}),
    publish: state,
    refused: failed,
    page: state.page,
  }
}

const settled = (outcome: string): boolean => outcome === 'copied' || outcome === 'skipped'

export function offloadExit(report: OffloadReport): ExitCode {
  const bad = report.assets.filter((asset) => !settled(asset.outcome)).length
  if (report.offload.state === 'failed') return 3
  if (bad > 0 && bad === report.assets.length) return 3
  return bad > 0 || report.safeToErase.verdict === 'not-safe' ? 2 : 0
}

export function mainJobExit(job: MainJob): ExitCode {
  const own = offloadExit(job.offload)
  return own !== 0 ? own : job.refused.length > 0 || job.publish.failed.length > 0 ? 2 : 0
}
