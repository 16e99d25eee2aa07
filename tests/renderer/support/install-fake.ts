import { createFake } from './fake-dropcard.ts'
import type { Scene } from './fake-scenes.ts'

/** Puts the FAKE engine where the preload script would put the real door. Loaded before the window's own code, by harness.ts only. */
const asked = new URL(window.location.href).searchParams.get('scene') ?? 'full'
Object.defineProperty(window, 'dropcard', { value: createFake(asked as Scene) })
