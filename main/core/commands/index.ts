import type { Handlers } from '../dispatch.ts'
import { assetCommands } from './asset.ts'
import { cardCommands } from './card.ts'
import { clipCommands } from './clip.ts'
import { clipExportCommands } from './clip-export.ts'
import { clipReviewCommands } from './clip-review.ts'
import { clipsMakeCommands } from './clips-make.ts'
import { connectionCommands } from './connection.ts'
import type { CommandContext } from './context.ts'
import { decisionCommands } from './decision.ts'
import { dropCommands } from './drop.ts'
import { learningCommands } from './learning.ts'
import { libraryCommands } from './library.ts'
import { marksCommands } from './marks.ts'
import { offloadCommands } from './offload.ts'
import { posterCommands } from './poster.ts'
import { productCommands } from './product.ts'
import { productWordsCommands } from './product-words.ts'
import { publishCommands } from './publish.ts'
import { conflictCommands } from './publish-conflict.ts'
import { ratingCommands } from './rating.ts'
import { removalCommands } from './removal.ts'
import { reportCommands } from './report.ts'
import { scoreCommands } from './score.ts'
import { subjectCommands } from './subject.ts'
import { verifyCommands } from './verify.ts'
import { videoCommands } from './video.ts'

/** One handler per command of the contract; a missing one does not compile. */
export const handlers = (ctx: CommandContext): Handlers => ({
  ...libraryCommands(ctx),
  ...cardCommands(ctx),
  ...offloadCommands(ctx),
  ...verifyCommands(ctx),
  ...removalCommands(ctx),
  ...assetCommands(ctx),
  ...subjectCommands(ctx),
  ...clipCommands(ctx),
  ...clipReviewCommands(ctx),
  ...clipExportCommands(ctx),
  ...decisionCommands(ctx),
  ...learningCommands(ctx),
  ...ratingCommands(ctx),
  ...marksCommands(ctx),
  ...productCommands(ctx),
  ...productWordsCommands(ctx),
  ...publishCommands(ctx),
  ...conflictCommands(ctx),
  ...connectionCommands(ctx),
  ...dropCommands(ctx),
  ...reportCommands(ctx),
  ...posterCommands(ctx),
  ...scoreCommands(ctx),
  ...videoCommands(ctx),
  ...clipsMakeCommands(ctx),
})
