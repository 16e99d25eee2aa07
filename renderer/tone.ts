/** A short soft tone of two notes, made here: no file, and nothing is set up before the first one is asked for. */
export function playTone(): void {
  const audio = new AudioContext()
  const now = audio.currentTime
  for (const [index, hertz] of [659.3, 880].entries()) {
    const from = now + index * 0.16
    const note = audio.createOscillator()
    const loudness = audio.createGain()
    note.frequency.value = hertz
    loudness.gain.setValueAtTime(0, from)
    loudness.gain.linearRampToValueAtTime(0.08, from + 0.02)
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.5)
    note.connect(loudness).connect(audio.destination)
    note.start(from)
    note.stop(from + 0.5)
    if (index === 1) note.onended = () => void audio.close()
  }
}
