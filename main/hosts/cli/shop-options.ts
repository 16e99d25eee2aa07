/** What the commands around shops have in common. */
export type WithLibrary = { library: string; json?: boolean }

export const library = ['--library <dir>', 'folder of the library'] as const
export const json = ['--json', 'one JSON document on stdout'] as const
export const collect = (value: string, all: string[]): string[] => [...all, value]
