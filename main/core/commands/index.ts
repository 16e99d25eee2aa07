import type { Handlers } from '../dispatch.ts'
import { assetCommands } from './asset.ts'
import type { CommandContext } from './context.ts'
import { decisionCommands } from './decision.ts'
import { libraryCommands } from './library.ts'
import { offloadCommands } from './offload.ts'
import { publishCommands } from './publish.ts'
import { scoreCommands } from './score.ts'
import { videoCommands } from './video.ts'

/** One handler per command of the contract; a missing one does not compile. */
export const handlers = (ctx: CommandContext): Handlers => ({
  ...libraryCommands(ctx),
  ...offloadCommands(ctx),
  ...assetCommands(ctx),
  ...decisionCommands(ctx),
  ...publishCommands(ctx),
  ...scoreCommands(ctx),
  ...videoCommands(ctx),
})
