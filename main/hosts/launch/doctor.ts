import type { DoctorReport } from '../../contract/views.ts'
import { findElectron } from './find-electron.ts'

/** What `doctor` says about Electron, without downloading anything. */
export async function describeElectron(): Promise<DoctorReport['checks'][number] & { state: 'ok' | 'warning' }> {
  const electron = await findElectron({ fetch: false })
  if (!electron.ok) return { name: 'Electron', state: 'warning', found: electron.because, next: electron.next }
  const found = `${electron.version ?? 'version unknown'} from ${electron.origin}: ${electron.path}`
  return { name: 'Electron', state: 'ok', found, next: electron.warning }
}
