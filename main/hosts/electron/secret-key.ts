import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { safeStorage } from 'electron'
import type { FileLog } from '../../adapters/log.ts'

/**
 * The key that secrets of shops are encrypted with (see adapters/secrets.ts): made once, kept by the system's keychain, handed to the engine when it
 * starts. null: this system has no keychain that keeps it (Electron then only obscures), and the engine uses a key file of its own, which says so.
 * https://www.electronjs.org/docs/latest/api/safe-storage
 */
export function secretKey(path: string, log: FileLog): string | null {
  if (!safeStorage.isEncryptionAvailable()) return null
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return null
  try {
    const key = safeStorage.decryptString(readFileSync(path))
    if (/^[0-9a-f]{64}$/.test(key)) return key
    log.warn('the key of the secrets is damaged; shops have to be connected again')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      log.warn('the keychain did not open the key of the secrets', { because: error instanceof Error ? error.message : String(error) })
  }
  const key = randomBytes(32).toString('hex')
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.part`, safeStorage.encryptString(key), { mode: 0o600 })
    chmodSync(`${path}.part`, 0o600)
    renameSync(`${path}.part`, path)
    return key
  } catch (error) {
    log.warn('the key of the secrets cannot be kept', { because: error instanceof Error ? error.message : String(error) })
    return null
  }
}
