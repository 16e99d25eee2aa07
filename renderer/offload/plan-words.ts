import type { OffloadPlan, VerifyMode } from '../../main/contract/views.ts'
import { bytes, photosAndClips, roughly } from '../words.ts'

type Action = OffloadPlan['files'][number]['action']

const count = (plan: OffloadPlan, action: Action, kind?: 'photo' | 'clip'): number =>
  plan.files.filter((file) => file.action === action && (kind === undefined || file.kind === kind)).length

export type Figures = { headline: string; about: string; figures: { key: string; value: string; about: string }[] }

/** The plan as a headline and a few figures; what is zero and says nothing is left out. */
export function figuresOf(plan: OffloadPlan): Figures {
  const toCopy = count(plan, 'copy')
  const have = count(plan, 'have')
  const removed = count(plan, 'removed')
  const companions = plan.files.reduce((sum, file) => sum + (file.action === 'copy' ? file.companions.length : 0), 0)
  const figure = (key: string, value: string, about: string) => ({ key, value, about })
  const number = (value: number): string => value.toLocaleString('en')
  const isNothing = plan.files.length === 0
  return {
    headline: isNothing
      ? 'Nothing to copy'
      : toCopy === 0
        ? 'Nothing new'
        : photosAndClips(count(plan, 'copy', 'photo'), count(plan, 'copy', 'clip')),
    about: isNothing
      ? 'No photo or clip was found here.'
      : toCopy > 0
        ? 'to copy and check'
        : removed === 0
          ? 'All of it is in the library already, checked.'
          : 'All of it is in the library already, or was removed on purpose.',
    figures: [
      ...(toCopy === 0
        ? []
        : [
            figure('bytes', bytes(plan.bytes), 'to copy'),
            figure('time', plan.seconds === null ? 'Not known yet' : capital(roughly(plan.seconds)), 'it will take'),
          ]),
      figure('have', number(have), 'in the library already'),
      ...(removed === 0 ? [] : [figure('removed', number(removed), 'removed on purpose, stay removed')]),
      ...(companions === 0
        ? []
        : [figure('companions', number(companions), companions === 1 ? 'companion travels along' : 'companions travel along')]),
      ...(plan.ignored.length === 0 ? [] : [figure('ignored', number(plan.ignored.length), 'left alone, with a reason')]),
    ],
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The plan in one line, for the tile of a card. */
export function planInShort(plan: OffloadPlan): string {
  const toCopy = count(plan, 'copy')
  const have = count(plan, 'have')
  const removed = count(plan, 'removed')
  if (plan.problem !== null) return plan.problem
  if (plan.files.length === 0) return 'No photo or clip was found here.'
  if (toCopy === 0)
    return `Nothing new: ${removed === 0 ? 'all of it is in the library already.' : 'all of it is in the library, or removed on purpose.'}`
  const what = photosAndClips(count(plan, 'copy', 'photo'), count(plan, 'copy', 'clip'))
  const rest = have === 0 ? '' : `, ${have.toLocaleString('en')} already in the library`
  return `${what} to copy (${bytes(plan.bytes)}${plan.seconds === null ? '' : `, ${roughly(plan.seconds)}`})${rest}.`
}

/** Why the start button is off, or null. */
export function whyNot(plan: OffloadPlan): string | null {
  if (plan.problem !== null) return plan.problem
  if (plan.files.length === 0) return 'There is nothing here to copy.'
  const full = plan.destinations.find(({ enough }) => !enough)
  return full === undefined ? null : `${full.path} has too little space. Free some, or take this copy away.`
}

export const verifyModes: readonly { key: VerifyMode; label: string; about: string }[] = [
  { key: 'destination', label: 'Read the copy back', about: 'Every copied byte is read from the disk again and compared.' },
  {
    key: 'source-and-destination',
    label: 'Read the copy and the card again',
    about: 'Also finds a bad card or reader. Takes about twice as long.',
  },
  { key: 'size', label: 'Compare sizes only', about: 'Fast, but never earns "safe to erase".' },
]

export type Token = { text: string; name: string; about: string }

/** What a template can hold, see main/core/domain/place.ts. */
export const templateTokens: readonly Token[] = [
  { text: '{date:YYYY-MM-DD}', name: 'Day', about: 'when it was taken, like 2026-05-03' },
  { text: '{card}', name: 'Card', about: 'the name of the card' },
  { text: '{camera}', name: 'Camera', about: 'the make and model of the camera' },
  { text: '{name}', name: 'File name', about: 'as the camera wrote it, like IMG_0001.JPG' },
  { text: '{stem}', name: 'Name without ending', about: 'like IMG_0001; the ending is kept' },
  { text: '{seq:4}', name: 'Number', about: 'counts the photos of this offload, like 0001' },
]

export const usualTemplate = '{date:YYYY-MM-DD}/{card}/{name}'

export const destinationWords = (index: number, path: string): string => (index === 0 ? `The library, ${path}` : path)

export const leftFree = ({ freeBytes }: OffloadPlan['destinations'][number]): string =>
  freeBytes === null ? 'free space not known' : `${bytes(freeBytes)} free`
