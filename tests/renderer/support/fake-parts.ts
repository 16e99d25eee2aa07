import type { EventName, EventOf } from '../../../main/contract/ipc.ts'
import type { WireError } from '../../../main/contract/reply.ts'
import type { ProductView } from '../../../main/contract/views.ts'
import type { Scene } from './fake-scenes.ts'

/** What the parts of the FAKE engine that publish need of the rest. */
export type PublishingParts = {
  scene: Scene
  listings(): ProductView[]
  change(productId: string, part: Partial<ProductView>): ProductView | { ok: false; error: WireError }
  tell<N extends EventName>(name: N, event: EventOf<N>): void
  refused(message: string, next: string | null): { ok: false; error: WireError }
}
