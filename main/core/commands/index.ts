import type { Handlers } from '../dispatch.ts'
import { assetCommands } from './asset.ts'
import { cardCommands } from './card.ts'
import type { CommandContext } from './context.ts'
import { decisionCommands } from './decision.ts'
import { libraryCommands } from './library.ts'
import { offloadCommands } from './offload.ts'
import { publishCommands } from './publish.ts'
import { removalCommands } from './removal.ts'
import { scoreCommands } from './score.ts'
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
  ...decisionCommands(ctx),
  ...publishCommands(ctx),
  ...scoreCommands(ctx),
  ...videoCommands(ctx),
})
