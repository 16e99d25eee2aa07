import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect, sql, type Transaction } from 'kysely'
import { AppError, systemError } from '../errors.ts'
import { migrations } from './migrations/index.ts'
import type { Schema } from './schema.ts'

export type Db = Kysely<Schema>
export type Tx = Transaction<Schema>
/** What a stage may do with the library while it runs: look, not write. */
export type Reader = Pick<Db, 'selectFrom'>

/**
 * How a commit lands. `now`: it is on the disk before anything goes on (the write-ahead log is synced). `soon`: the system has it; a killed
 * engine loses nothing, a power cut at most the last such commits, whole and in order. Every `now`, every checkpoint and the close take all
 * commits before them along. (sqlite.org/pragma.html#pragma_synchronous, sqlite.org/wal.html)
 */
export type Lands = 'now' | 'soon'

/** Writes in the way that is asked for. The setting belongs to the only connection, so nobody else writes meanwhile, and it is always put back. */
export function landing<T>(db: Db, lands: Lands, act: (db: Db) => Promise<T>): Promise<T> {
  if (lands === 'now') return act(db)
  return db.connection().execute(async (own) => {
    // Between two transactions, where alone it may be changed.
    await sql`pragma synchronous = normal`.execute(own)
    try {
      return await act(own)
    } finally {
      await sql`pragma synchronous = full`.execute(own)
    }
  })
}

export interface Library extends AsyncDisposable {
  readonly dir: string
  readonly schema: number
  readonly db: Db
}

/** Kysely's own SQLite dialect on Node's built-in SQLite: the same calls under other names. */
function dialect(database: DatabaseSync): SqliteDialect {
  const bind = (parameters: readonly unknown[]): SQLInputValue[] =>
    parameters.map((value) => (typeof value === 'boolean' ? Number(value) : (value as SQLInputValue)))
  const kept = new Map<string, StatementSync>()
  const statement = (text: string): StatementSync => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const made = database.prepare(text)
    if (kept.size < 500) kept.set(text, made)
    return made
  }
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (text: string) => {
        const prepared = statement(text)
        return {
          reader: prepared.columns().length > 0,
          all: (parameters: readonly unknown[]) => prepared.all(...bind(parameters)),
          run: (parameters: readonly unknown[]) => prepared.run(...bind(parameters)),
          iterate: (parameters: readonly unknown[]) => prepared.iterate(...bind(parameters)) as IterableIterator<unknown>,
        }
      },
    },
  })
}

const fileName = 'dropcard.sqlite'

/**
 * Opens (or makes) the library in `dir`: checks it, takes the only writer's lock, backs it up before each migration.
 * @param dir folder of the library, or null for one in memory (commands that need no library)
 * @throws AppError conflict (another Dropcard has it open), newer-library, corrupt-library, no-space, unreadable
 */
export async function openLibrary(dir: string | null): Promise<Library> {
  if (dir !== null) {
    try {
      mkdirSync(dir, { recursive: true })
      if (!statSync(dir).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR', path: dir })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
        throw new AppError('unreadable', `The library must be a folder, but this is a file: ${dir}`, {
          next: 'Choose another folder with --library.',
          cause: error,
        })
      }
      throw systemError(error, 'The library folder') ?? error
    }
  }
  const file = dir === null ? ':memory:' : join(dir, fileName)
  const isNew = dir === null || !existsSync(file)
  let database: DatabaseSync
  try {
    database = new DatabaseSync(file, { timeout: 2000, enableForeignKeyConstraints: true })
  } catch (error) {
    throw openError(error, file)
  }
  try {
    // Exclusive: a second engine on the same library gets a clear refusal, and the lock goes with the process, even after kill -9.
    database.exec('pragma locking_mode = exclusive')
    database.exec('pragma journal_mode = wal')
    database.exec('pragma synchronous = full')
    database.exec('begin immediate; commit')
    if (!isNew) check(database, file)
    await migrate(database, dir, isNew)
  } catch (error) {
    database.close()
    throw error instanceof AppError ? error : openError(error, file)
  }
  const db = new Kysely<Schema>({ dialect: dialect(database) })
  return {
    dir: dir ?? '',
    schema: migrations.length,
    db,
    [Symbol.asyncDispose]: async () => {
      await db.destroy()
      // Kysely closes only what it has used.
      if (database.isOpen) database.close()
    },
  }
}

function openError(error: unknown, file: string): AppError {
  const system = systemError(error, 'The library')
  if (system !== null) return system
  const message = error instanceof Error ? error.message : String(error)
  if (/locked|busy/i.test(message)) {
    return new AppError('conflict', `Another Dropcard has this library open: ${file}`, {
      next: 'Close it there, or choose another library.',
      retryable: true,
      cause: error,
    })
  }
  if (/full/i.test(message))
    return new AppError('no-space', `The disk of the library is full: ${file}`, {
      next: 'Free some space, then try again.',
      retryable: true,
      cause: error,
    })
  if (/not a database|malformed|corrupt|disk image/i.test(message)) return corrupt(file, message, error)
  if (/unable to open|readonly/i.test(message)) {
    return new AppError('unreadable', `The library cannot be opened: ${file} (${message})`, {
      next: 'Check that the folder may be written.',
      cause: error,
    })
  }
  return new AppError('unreadable', `The library cannot be opened: ${file} (${message})`, {
    next: 'Check the disk, then try again.',
    cause: error,
  })
}

const corrupt = (file: string, what: string, cause?: unknown): AppError =>
  new AppError('corrupt-library', `The library file is damaged: ${file} (${what})`, {
    next: 'The photos beside it are untouched. Put back the newest file of its "backups" folder, or start a new library and offload again.',
    cause,
  })

function check(database: DatabaseSync, file: string): void {
  const problem = database.prepare('pragma quick_check(1)').get()
  const word = problem === undefined ? 'no answer' : String(Object.values(problem)[0])
  if (word !== 'ok') throw corrupt(file, word)
}

async function migrate(database: DatabaseSync, dir: string | null, isNew: boolean): Promise<void> {
  const row = database.prepare('pragma user_version').get()
  const found = Number(row?.['user_version'] ?? 0)
  if (found > migrations.length) {
    throw new AppError(
      'newer-library',
      `This library was written by a newer Dropcard (version ${found}; this one knows ${migrations.length})`,
      {
        next: 'Update Dropcard, or choose another library.',
      },
    )
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < found) continue
    if (!isNew && dir !== null) {
      const folder = join(dir, 'backups')
      mkdirSync(folder, { recursive: true })
      await backup(database, join(folder, `before-${migration.name}.sqlite`))
    }
    database.exec(`begin immediate;\n${migration.sql}\npragma user_version = ${index + 1};\ncommit;`)
  }
}
