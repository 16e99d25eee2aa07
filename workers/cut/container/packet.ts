/** One coded picture. Times in microseconds on the take's clock (0 = `Media.startUs`). */
export type Packet = { timeUs: number; durationUs: number | null; bytes: number; key: boolean }
