import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Writes a small file so that it is there whole or not at all: `.part` → fsync → rename → directory fsync. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const part = join(folder, `.${process.pid.toString(16)}-${randomBytes(6).toString('hex')}.part`)
  try {
    const file = await open(part, 'wx')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
    if (process.platform !== 'win32') {
      const handle = await open(folder, 'r')
      await handle.sync().finally(() => handle.close())
    }
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
