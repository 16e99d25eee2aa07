import { resolve } from 'node:path'

/** Stand-ins for what a test cannot click. Read only by an app that is not packaged. */
export type TestSwitches = {
  /** What the folder dialog answers instead of opening. */
  chooseFolder: string | null
  /** The folder that the save dialog answers with instead of opening. */
  saveTo: string | null
  /** A file that collects, one per line, what would have been opened on the desktop. */
  opened: string | null
  /** A file that collects, one JSON object per line, what would have been a notification. */
  noticed: string | null
  /** A fake engine to start instead of the real one. */
  engine: string | null
}

export function testSwitches(packaged: boolean, env: NodeJS.ProcessEnv): TestSwitches {
  const read = (name: string) => (packaged ? null : env[name] || null)
  return {
    chooseFolder: read('DROPCARD_TEST_CHOOSE_FOLDER'),
    saveTo: read('DROPCARD_TEST_SAVE_TO'),
    opened: read('DROPCARD_TEST_OPENED'),
    noticed: read('DROPCARD_TEST_NOTICED'),
    engine: read('DROPCARD_TEST_ENGINE'),
  }
}

/** `--library <dir>` or `--library=<dir>` from a command line, absolute; null when it is not there. */
export function libraryArgument(argv: readonly string[], cwd: string): string | null {
  const index = argv.findIndex((word) => word === '--library' || word.startsWith('--library='))
  const word = argv[index]
  const value = word === '--library' ? argv[index + 1] : word?.slice('--library='.length)
  return value === undefined || value === '' ? null : resolve(cwd, value)
}
