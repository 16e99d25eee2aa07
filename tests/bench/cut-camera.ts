import { stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'

/** Real takes where there is a corpus; each is shown as it is, then mirrored. */
const takes = [
  'mapillary_tools/tests/data/videos/sample-5s.mp4',
  'mediabunny/test/public/video-h265.mp4',
  'mdn-shared-assets/videos/flower.mp4',
  'mdn-shared-assets/videos/friday.mp4',
  'mdn-shared-assets/videos/learn/bug_video_640.mp4',
  'moviepy/media/chaplin.mp4',
]

/**
 * Makes a long take as a camera would record it: 1080p30, CABAC, a keyframe at a fixed distance, about 50 Mb/s, with sound. One minute is encoded
 * (grain keeps the bits up) and repeated without encoding again.
 */
export async function cameraTake(
  ffmpeg: string,
  path: string,
  { minutes, keySeconds, corpus }: { minutes: number; keySeconds: number; corpus: string | null },
): Promise<{ bitsPerSecond: number }> {
  const folder = dirname(path)
  const minute = join(folder, `minute-${keySeconds}.mp4`)
  const same = 'scale=1920:1080:force_original_aspect_ratio=increase,crop=1920:1080,setsar=1,fps=30,format=yuv420p'
  const parts = takes.map((_, at) => `[${at}:v]${same},split[a${at}][m${at}];[m${at}]hflip[b${at}]`)
  const order = takes.flatMap((_, at) => [`[a${at}]`, `[b${at}]`]).join('')
  const video =
    corpus === null
      ? { inputs: ['-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=30:d=60'], graph: '[0:v]noise=alls=12:allf=t[v]', sound: 1 }
      : {
          inputs: takes.flatMap((file) => ['-i', join(corpus, 'dev/clips', file)]),
          graph: `${parts.join(';')};${order}concat=n=${takes.length * 2}:v=1,noise=alls=7:allf=t,loop=-1:1000,trim=duration=60[v]`,
          sound: takes.length,
        }
  const key = `keyint=${30 * keySeconds}:min-keyint=${30 * keySeconds}:scenecut=0:cabac=1`
  const codec = ['-c:v', 'libx264', '-preset', 'superfast', '-x264-params', key, '-b:v', '50M', '-maxrate', '55M', '-bufsize', '50M']
  const sound = ['-f', 'lavfi', '-i', "aevalsrc='0.2*sin(440*2*PI*t)*gt(mod(t,3),1.4)':s=48000:d=60"]
  const quiet = ['-nostdin', '-v', 'error', '-y']
  const maps = ['-map', '[v]', '-map', `${video.sound}:a`, '-t', '60', '-pix_fmt', 'yuv420p', '-c:a', 'aac']
  await execa(ffmpeg, [...quiet, ...video.inputs, ...sound, '-filter_complex', video.graph, ...maps, ...codec, minute])
  const list = join(folder, 'minutes.txt')
  await writeFile(list, `file '${minute}'\n`.repeat(minutes))
  await execa(ffmpeg, [...quiet, '-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy', path])
  return { bitsPerSecond: ((await stat(path)).size * 8) / (60 * minutes) }
}
