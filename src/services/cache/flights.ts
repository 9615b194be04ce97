/** Loads that are under way in this process, so that many readers of a key share one. */

import type { Body } from "./body.ts";

/** What was loaded, and its form, from which others who waited get values of their own. */
export interface Loaded {
  readonly value: unknown;
  readonly body: Body;
}

export interface Flight {
  readonly tags: readonly string[];
  readonly startMs: number;
  readonly landing: Promise<Loaded>;
}

/** By key, then by what the reader knows to be current: the entry's version and those of its tags. */
export class Flights {
  readonly #flights = new Map<string, Map<string, Flight>>();

  find(key: string, versions: string): Flight | undefined {
    return this.#flights.get(key)?.get(versions);
  }

  /** The one that began last, whatever its versions. */
  latest(key: string): Flight | undefined {
    return [...(this.#flights.get(key)?.values() ?? [])].at(-1);
  }

  add(key: string, versions: string, flight: Flight): void {
    let ofKey = this.#flights.get(key);
    if (ofKey === undefined) this.#flights.set(key, (ofKey = new Map()));
    // Behind the others, also in the place of one.
    ofKey.delete(versions);
    ofKey.set(versions, flight);
    const land = (): void => this.#remove(key, versions, flight);
    flight.landing.then(land, land);
  }

  #remove(key: string, versions: string, flight: Flight): void {
    const ofKey = this.#flights.get(key);
    if (ofKey?.get(versions) !== flight) return;
    ofKey.delete(versions);
    if (ofKey.size === 0) this.#flights.delete(key);
  }

  /** Nobody joins those of the key any more; who has joined gets what they load. */
  detach(key: string): void {
    this.#flights.delete(key);
  }

  detachTags(tags: readonly string[]): void {
    for (const [key, ofKey] of this.#flights) {
      for (const [versions, flight] of ofKey) {
        if (flight.tags.some((tag) => tags.includes(tag))) ofKey.delete(versions);
      }
      if (ofKey.size === 0) this.#flights.delete(key);
    }
  }

  detachAll(): void {
    this.#flights.clear();
  }
}
