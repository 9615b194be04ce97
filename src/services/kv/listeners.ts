/** Who listens to what, in this process. */

import type { DbError } from "../../core/error.ts";
import type { Listener } from "./store.ts";

export class Listeners {
  readonly #byName = new Map<string, Set<Listener>>();

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  of(name: string): Iterable<Listener> {
    return this.#byName.get(name) ?? [];
  }

  add(name: string, listener: Listener): void {
    const listeners = this.#byName.get(name);
    if (listeners === undefined) this.#byName.set(name, new Set([listener]));
    else listeners.add(listener);
  }

  remove(name: string, listener: Listener): void {
    const listeners = this.#byName.get(name);
    if (listeners?.delete(listener) === true && listeners.size === 0) this.#byName.delete(name);
  }

  tell(name: string, text: string): void {
    for (const listener of this.of(name)) listener.message(text);
  }

  gap(): void {
    for (const listeners of this.#byName.values()) for (const each of listeners) each.gap();
  }

  /** All that listen under a name, or all. */
  end(error: DbError, name?: string): void {
    const ended = name === undefined ? [...this.#byName.values()] : [new Set(this.of(name))];
    if (name === undefined) this.#byName.clear();
    else this.#byName.delete(name);
    for (const listeners of ended) for (const each of listeners) each.end(error);
  }
}
