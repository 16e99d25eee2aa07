import { foundation } from './0001-foundation.ts'
import { removal } from './0002-removal.ts'
import { subject } from './0003-subject.ts'
import { rating } from './0004-rating.ts'
import { learning } from './0005-learning.ts'
import { set } from './0006-set.ts'
import { jobOrder } from './0007-job-order.ts'
import { marks } from './0008-marks.ts'
import { trash } from './0009-trash.ts'
import { clips } from './0010-clips.ts'
import { publishing } from './0011-publishing.ts'
import { preference } from './0012-preference.ts'
import { showing } from './0013-showing.ts'

/** Numbered, append-only. To add one: write `000N-<noun>.ts`, add one line here. The library's `user_version` is the count applied. */
export const migrations: readonly { name: string; sql: string }[] = [
  { name: '0001-foundation', sql: foundation },
  { name: '0002-removal', sql: removal },
  { name: '0003-subject', sql: subject },
  { name: '0004-rating', sql: rating },
  { name: '0005-learning', sql: learning },
  { name: '0006-set', sql: set },
  { name: '0007-job-order', sql: jobOrder },
  { name: '0008-marks', sql: marks },
  { name: '0009-trash', sql: trash },
  { name: '0010-clips', sql: clips },
  { name: '0011-publishing', sql: publishing },
  { name: '0012-preference', sql: preference },
  { name: '0013-showing', sql: showing },
]
