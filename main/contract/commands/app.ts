import { z } from 'zod'
import { doctorReport, libraryStatus, settings } from '../views.ts'
import { type Door, nothing } from './command.ts'

/** The engine itself. */
export const appCommands = {
  'library.status': { door: 'window', in: nothing, out: libraryStatus },
  'settings.get': { door: 'window', in: nothing, out: settings },
  /** Only what is given changes. */
  'settings.set': { door: 'window', in: settings.partial(), out: settings },
  'job.retry': { door: 'window', in: nothing, out: z.strictObject({ retried: z.number().int() }) },
  'doctor.run': { door: 'window', in: nothing, out: doctorReport },
} as const satisfies Record<string, Door>
