import type { ChannelName } from '../../protocol.ts'

/** Inclusive bounds; null = the destination publishes none. */
export type Bounds = { min: number | null; max: number | null }

/** What a destination accepts. Every rule is checked on the finished file before it gets its name (preflight.ts). */
export type Rules = {
  /** Seconds. */
  seconds: Bounds
  bytes: Bounds
  /** Pixels, each side. */
  width: Bounds
  height: Bounds
  /** Width / height. */
  aspect: Bounds
  framesPerSecond: Bounds
  /** Longest distance between two keyframes, seconds. */
  keyframeSeconds: Bounds
  /** Mean over the clip, kilobits per second. */
  videoKbps: Bounds
  audio: 'required' | 'allowed' | 'removed'
  /** Mean over the clip, kilobits per second. */
  audioKbps: Bounds
  /** Highest peak between samples of a clip that has sound, dBTP. */
  truePeak: Bounds
  /** Integrated loudness of a clip that has sound, LUFS. */
  loudness: Bounds
}

/** How a clip is made for a destination. */
export type Render = {
  /** 'fit': keep the aspect, shrink to these sides (long, short). 'fill': exactly this frame, cropped or padded. */
  frame: { kind: 'fit'; longSide: number; shortSide: number } | { kind: 'fill'; width: number; height: number }
  /** Sources slower or faster than this are brought to the nearest end. */
  framesPerSecond: { min: number; max: number }
  /** x264 constant quality: lower is better and larger. */
  quality: number
  maxKbps: number
  audioKbps: number
}

export type Channel = {
  name: ChannelName
  /** Page the rules come from, and when it was read. */
  source: string
  rules: Rules
  render: Render
}

export const none: Bounds = { min: null, max: null }
export const upTo = (max: number): Bounds => ({ min: null, max })
export const from = (min: number): Bounds => ({ min, max: null })
export const between = (min: number, max: number): Bounds => ({ min, max })

/** −14 LUFS is what players of short clips level to, by measurement; none of them publishes a figure. Tolerance 0.7 LU. */
export const targetLoudness = -14
export const usualLoudness: Bounds = between(targetLoudness - 0.7, targetLoudness + 0.7)
export const usualPeak: Bounds = upTo(-1)

/** The upright master that every social channel takes. */
export const uprightMaster: Render = {
  frame: { kind: 'fill', width: 1080, height: 1920 },
  framesPerSecond: { min: 24, max: 60 },
  quality: 20,
  maxKbps: 12_000,
  audioKbps: 160,
}

/**
 * One encode for all channels of a shape. 128 kbit/s of sound: what Instagram names, and the least Facebook asks for. Two seconds between keyframes: the
 * least of Facebook, and within what the others take.
 */
export const sharedMaster: Omit<Render, 'frame'> = { ...uprightMaster, maxKbps: 10_000, audioKbps: 128 }
