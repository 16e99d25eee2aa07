/**
 * How the C library of Linux (glibc) shares out memory, as environment of the engine's process: few heaps for many threads, and large buffers
 * straight from the system, which has them back as soon as they are free. A decoded photo is such a buffer: without this, two scoring threads
 * hold some 1,050 MB, with it 650 (16 photos of 3.5 MP, `npm run bench:score`). Such buffers come in pages of 2 MB where the system has them: 24 MB
 * of fresh pixels cost 12 page faults instead of 6,000. What is smaller than 2 MB comes from the heaps, whose last 8 MB stay when they are free:
 * decoders and networks ask for such blocks again at once, and the system would have to clear them each time. Other systems do not look at it.
 * Source: mallopt(3), glibc; "Memory Allocation Tunables" (glibc.malloc.hugetlb) in glibc's manual, 2.35 and later.
 */
export const heap: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '2097152',
  MALLOC_TRIM_THRESHOLD_: '8388608',
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
}
