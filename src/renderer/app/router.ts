import { useSyncExternalStore } from 'react'
import { formatPlace, parsePlace, type Place } from './place.ts'

let last = { hash: '', place: parsePlace('') }

/** The place of the address bar: the same object as long as the address is the same. */
export function currentPlace(): Place {
  if (location.hash !== last.hash) last = { hash: location.hash, place: parsePlace(location.hash) }
  return last.place
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

export const usePlace = (): Place => useSyncExternalStore(subscribe, currentPlace)

/** Goes to a place. `replace` leaves no step in the history: for what is not worth going back to, such as each row passed. */
export function goTo(place: Place, { replace = false } = {}): void {
  const hash = formatPlace(place)
  if (hash === location.hash) return
  if (!replace) {
    location.hash = hash
    return
  }
  history.replaceState(null, '', hash)
  // replaceState alone tells nobody.
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

/** Changes part of the place where the reader is. */
export const moveTo = (change: Partial<Place>, options?: { replace?: boolean }) =>
  goTo({ ...currentPlace(), ...change }, options)
