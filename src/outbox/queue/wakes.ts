/** Who waits for jobs of a database's queues: in this process, and in others as far as the server sends words on. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../../connect/source.ts";
import { OnceMore } from "../once-more.ts";

type Wake = (delayMs: number) => void;

/** Others are told at most so often, however many jobs come. */
const TELL_EVERY_MS = 50;
/** All queues of a database have one: whoever is woken for nothing looks once. */
const CHANNEL = "plinth_queue";

class Wakes {
  readonly #engine: Engine;
  readonly #listeners = new Map<string, Set<Wake>>();
  #unhear: (() => void) | undefined;
  readonly #telling = new OnceMore(() => this.#tellOthers());

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  listen(queue: string, wake: Wake): () => void {
    const listeners = this.#listeners.get(queue) ?? new Set();
    this.#listeners.set(queue, listeners);
    listeners.add(wake);
    this.#unhear ??= this.#engine.notices?.hear(CHANNEL, () => {
      for (const each of this.#listeners.values()) for (const wakeIt of each) wakeIt(0);
    });
    return () => {
      listeners.delete(wake);
      if (listeners.size === 0) this.#listeners.delete(queue);
      if (this.#listeners.size > 0) return;
      this.#unhear?.();
      this.#unhear = undefined;
    };
  }

  tell(queue: string, delayMs: number): void {
    for (const wake of this.#listeners.get(queue) ?? []) wake(delayMs);
    // Of what is due later workers learn as they look for it.
    if (delayMs <= 0 && this.#engine.notices !== undefined) this.#telling.ask();
  }

  /** Nobody waits for it, nor hears that it failed: others look too. */
  async #tellOthers(): Promise<void> {
    try {
      await this.#engine.notices?.send(CHANNEL);
    } catch {
      // The statements of the queue tell what is wrong with the server.
    }
    await sleep(TELL_EVERY_MS, undefined, { ref: false });
  }
}

const ofEngines = new WeakMap<Engine, Wakes>();

function wakesOf(engine: Engine): Wakes {
  const known = ofEngines.get(engine) ?? new Wakes(engine);
  ofEngines.set(engine, known);
  return known;
}

export function listenFor(engine: Engine, queue: string, wake: Wake): () => void {
  return wakesOf(engine).listen(queue, wake);
}

export function wakeAll(engine: Engine, queue: string, delayMs: number): void {
  wakesOf(engine).tell(queue, delayMs);
}
