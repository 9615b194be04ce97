/** Hears what is published, over one connection for all who listen, which is made anew for as long as somebody does. */

import { setTimeout as sleep } from "node:timers/promises";
import { InvalidValueError, type DbError } from "../../../core/error.ts";
import { pauseMs } from "../../../core/retry.ts";
import { withinMs } from "../../../core/stop.ts";
import { Listeners } from "../listeners.ts";
import type { Listener, Listening } from "../store.ts";
import type { RedisSubscriber } from "./client.ts";
import { serverCodeOf, silentError, translateError } from "./errors.ts";

/** How long connecting and each step may take. */
const STEP_MS = 5_000;
/** How many channels are asked for at once. */
const BATCH = 500;

interface Ready {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: DbError): void;
}

export class RedisEar {
  readonly #where: string;
  readonly #open: (tries: number) => Promise<RedisSubscriber>;
  readonly #listeners = new Listeners();
  /** Who isn't told of gaps yet, as nothing was promised. */
  readonly #pending = new Map<Listener, Ready>();
  readonly #inForce = new Set<string>();
  readonly #closing = new AbortController();
  #subscriber: RedisSubscriber | undefined;
  #isWorking = false;
  /** Connections that were begun; by chance at first, so that not all programs are at one server of a cluster. */
  #tries = Math.floor(Math.random() * 1_000);

  /** @param open Gives a client that isn't connected and won't connect anew by itself. */
  constructor(where: string, open: (tries: number) => Promise<RedisSubscriber>) {
    this.#where = where;
    this.#open = open;
  }

  listen(name: string, listener: Listener): Listening {
    this.#listeners.add(name, listener);
    const stop = (): void => {
      this.#listeners.remove(name, listener);
      this.#pending.delete(listener);
      void this.#work();
    };
    if (this.#inForce.has(name)) return { ready: Promise.resolve(), stop };
    const ready = Promise.withResolvers<void>();
    ready.promise.catch(() => {});
    this.#pending.set(listener, ready);
    void this.#work();
    return { ready: ready.promise, stop };
  }

  close(error: DbError): void {
    this.#closing.abort();
    this.#drop(this.#subscriber);
    this.#end(error);
  }

  #end(error: DbError, name?: string): void {
    const ended = name === undefined ? [...this.#pending.keys()] : this.#listeners.of(name);
    for (const listener of ended) {
      this.#pending.get(listener)?.reject(error);
      this.#pending.delete(listener);
    }
    this.#listeners.end(error, name);
  }

  /** Until what is heard is what is listened to. One at a time, so that the steps for a name keep their order. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let failures = 0; !this.#closing.signal.aborted;) {
      const missing = [...this.#listeners.names()].filter((name) => !this.#inForce.has(name));
      const unused = [...this.#inForce].filter((name) => !this.#listeners.has(name));
      if (missing.length === 0 && unused.length === 0) break;
      try {
        this.#subscriber ??= await this.#connect();
        await this.#subscribe(this.#subscriber, missing.slice(0, BATCH));
        await this.#unsubscribe(this.#subscriber, unused.slice(0, BATCH));
        failures = 0;
      } catch (error) {
        this.#drop(this.#subscriber);
        // Trying again makes no other client of it.
        if (error instanceof InvalidValueError) this.#end(error);
        const { signal } = this.#closing;
        await sleep(pauseMs(++failures + 2, Math.random), undefined, { signal }).catch(() => {});
      }
    }
    this.#isWorking = false;
  }

  async #connect(): Promise<RedisSubscriber> {
    const subscriber = await this.#within(this.#open(this.#tries++));
    subscriber.on("error", () => this.#lose(subscriber));
    try {
      await this.#within(subscriber.connect());
    } catch (error) {
      subscriber.destroy();
      throw error;
    }
    if (this.#closing.signal.aborted) subscriber.destroy();
    return subscriber;
  }

  async #subscribe(subscriber: RedisSubscriber, names: string[]): Promise<void> {
    if (names.length === 0) return;
    try {
      await this.#within(subscriber.subscribe(names, this.#hear));
    } catch (error) {
      if (serverCodeOf(error) !== "NOPERM") throw error;
      if (names.length === 1) this.#end(translateError(this.#where, error), names[0]);
      else for (const name of names) await this.#subscribe(subscriber, [name]);
      return;
    }
    if (subscriber !== this.#subscriber) return;
    for (const name of names) this.#begin(name);
  }

  readonly #hear = (text: string, name: string): void => this.#listeners.tell(name, text);

  #begin(name: string): void {
    this.#inForce.add(name);
    for (const listener of this.#listeners.of(name)) {
      const ready = this.#pending.get(listener);
      if (ready === undefined) listener.gap();
      else {
        this.#pending.delete(listener);
        ready.resolve();
      }
    }
  }

  async #unsubscribe(subscriber: RedisSubscriber, names: string[]): Promise<void> {
    if (names.length === 0) return;
    // Who comes meanwhile is asked for anew, after this.
    for (const name of names) this.#inForce.delete(name);
    await this.#within(subscriber.unsubscribe(names));
  }

  #within<Result>(work: Promise<Result>): Promise<Result> {
    return withinMs(STEP_MS, work, () => silentError(this.#where, STEP_MS));
  }

  #lose(subscriber: RedisSubscriber): void {
    if (subscriber !== this.#subscriber) return;
    this.#drop(subscriber);
    void this.#work();
  }

  #drop(subscriber: RedisSubscriber | undefined): void {
    this.#subscriber = undefined;
    this.#inForce.clear();
    subscriber?.destroy();
  }
}
