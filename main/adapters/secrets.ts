import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Secrets } from '../core/catalog.ts'
import { AppError } from '../core/errors.ts'

/**
 * Secrets of the shops, encrypted (AES-256-GCM, NIST SP 800-38D) in a file beside the library; the key is elsewhere: in the system's keychain (the app
 * hands it over, see hosts/electron/secret-key.ts), derived from `DROPCARD_PASSPHRASE` (scrypt, RFC 7914), or in a file that only this user may read.
 * A variable of the environment, `DROPCARD_SECRET_<CATALOG>_<FIELD>`, goes before what is kept.
 */
export type SecretsOptions = {
  /** Of the encrypted values. null = only kept in memory. */
  file: string | null
  env: Readonly<Record<string, string | undefined>>
  /** Where the key file is when neither the app nor a passphrase gives one. */
  keyFile?: string
}

const stored = z.strictObject({
  version: z.literal(1),
  salt: z.string(),
  values: z.record(z.string(), z.strictObject({ nonce: z.string(), tag: z.string(), text: z.string() })),
})
type Stored = z.infer<typeof stored>

const usualKeyFile = (env: SecretsOptions['env']): string =>
  join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'dropcard', 'secrets.key')

const variableOf = (name: string): string =>
  `DROPCARD_SECRET_${name
    .replace(/^catalog\//, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()}`

export function createSecrets(options: SecretsOptions): Secrets {
  const { file, env } = options
  const memory = new Map<string, string>()
  const given = env['DROPCARD_KEY']
  const passphrase = env['DROPCARD_PASSPHRASE']
  const where =
    file === null
      ? 'memory only'
      : given !== undefined
        ? 'a file encrypted with a key in the system keychain'
        : 'an encrypted file beside the library'

  const keyFor = async (salt: Buffer): Promise<Buffer> => {
    if (given !== undefined) {
      const key = Buffer.from(given, 'hex')
      if (key.length !== 32) throw new AppError('invalid-input', 'DROPCARD_KEY must be 64 hex digits')
      return key
    }
    if (passphrase !== undefined && passphrase !== '') return scryptSync(passphrase, salt, 32, { N: 1 << 15, r: 8, p: 1, maxmem: 1 << 26 })
    return keyFromFile(options.keyFile ?? usualKeyFile(env))
  }
  const read = async (): Promise<Stored> => {
    const text =
      file === null
        ? null
        : await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : Promise.reject(error)))
    if (text === null) return { version: 1, salt: randomBytes(16).toString('base64'), values: {} }
    const parsed = stored.safeParse(safeJson(text))
    if (!parsed.success)
      throw new AppError('unreadable', `The file with the secrets of your shops is damaged: ${file}`, {
        next: 'Move it away and connect your shops again.',
      })
    return parsed.data
  }
  return {
    where,
    async get(name) {
      const direct = env[variableOf(name)]
      if (direct !== undefined && direct !== '') return direct
      if (file === null) return memory.get(name) ?? null
      const { salt, values } = await read()
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (value === undefined) return null
      const decipher = createDecipheriv('aes-256-gcm', await keyFor(Buffer.from(salt, 'base64')), Buffer.from(value.nonce, 'base64'))
      decipher.setAAD(Buffer.from(name))
      decipher.setAuthTag(Buffer.from(value.tag, 'base64'))
      try {
        return decipher.update(value.text, 'base64', 'utf8') + decipher.final('utf8')
      } catch {
        // Another key: another computer, another user, another passphrase. Not there, for all we can say.
        return null
      }
    },
    async set(name, value) {
      if (file === null) {
        if (value === null) memory.delete(name)
        else memory.set(name, value)
        return
      }
      const kept = await read()
      const values = { ...kept.values }
      if (value === null) delete values[name]
      else {
        const nonce = randomBytes(12)
        const cipher = createCipheriv('aes-256-gcm', await keyFor(Buffer.from(kept.salt, 'base64')), nonce)
        cipher.setAAD(Buffer.from(name))
        const text = cipher.update(value, 'utf8', 'base64') + cipher.final('base64')
        values[name] = { nonce: nonce.toString('base64'), tag: cipher.getAuthTag().toString('base64'), text }
      }
      await writePrivately(file, JSON.stringify({ ...kept, values } satisfies Stored))
    },
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function keyFromFile(path: string): Promise<Buffer> {
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? null : Promise.reject(error),
  )
  if (known !== null) {
    const key = Buffer.from(known.trim(), 'hex')
    if (key.length !== 32)
      throw new AppError('unreadable', `The key file is damaged: ${path}`, {
        next: 'Put back a good copy, or move it away and connect your shops again.',
      })
    return key
  }
  const key = randomBytes(32)
  await writePrivately(path, key.toString('hex'))
  return key
}

/** Whole or not at all, and for this user's eyes only. */
async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const part = `${path}.${randomBytes(4).toString('hex')}.part`
  try {
    await using out = await open(part, 'wx', 0o600)
    await out.writeFile(text)
    await out.sync()
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  await chmod(part, 0o600)
  await rename(part, path)
}
