import type { TaskHandler } from '../protocol.ts'
import { tools as findOnce } from './ffmpeg/tools.ts'

/** What this machine has to cut with; the filters and encoders decide which features are offered. */
export const tools: TaskHandler<'cut.tools'> = async () => {
  const { ffmpeg, ffprobe } = await findOnce()
  return {
    ffmpeg: ffmpeg && {
      path: ffmpeg.path,
      version: ffmpeg.version,
      origin: ffmpeg.origin,
      filters: [...ffmpeg.filters].sort(),
      encoders: [...ffmpeg.encoders].sort(),
    },
    ffprobe,
  }
}
