import { homedir } from 'node:os'
import { join } from 'node:path'

/** `$DROPCARD_CACHE`, or the folder the XDG rules name: what can be made or fetched again at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['DROPCARD_CACHE']) return env['DROPCARD_CACHE']
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'dropcard')
}
