import type { TaskHandler } from '../protocol.ts'
import { openTake } from './container/take.ts'

/** What a video file is. Length and rate come from its packets, so a header that lies is found out (see `warnings`). */
export const probe: TaskHandler<'cut.probe'> = async ({ path }, { signal }) => (await openTake(path, signal)).info
