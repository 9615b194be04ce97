/**
 * Messages between the processes that share a file: rows that each reads in their order, and that are dropped soon after.
 * Whether another process wrote is asked by `pragma data_version`, which reads no page.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { storeClosedError } from "../check.ts";
import { Listeners } from "../listeners.ts";
import type { Datum, Listener, Listening } from "../store.ts";
import { isBusy, translateError } from "./errors.ts";
import { asText } from "./sqlite-keyspace.ts";
import type { DbError } from "../../../core/error.ts";

/** How long another process's message may wait until it is seen, at most, and its reading. */
const POLL_EVERY_MS = 25;
/** How long a message is kept: who stands still for longer is told of a gap. */
export const MESSAGE_TTL_MS = 5_000;
const BATCH = 500;

interface Message {
  readonly id: number;
  readonly name: string;
  readonly body: Datum;
}

export class SqliteMessages {
  readonly #database: DatabaseSync;
  readonly #listeners = new Listeners();
  #version: StatementSync | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isScheduled = false;
  #seenVersion: unknown;
  /** The last message that was read; undefined until it is known from where on. */
  #lastId: number | undefined;
  #began: PromiseWithResolvers<void> | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  listen(name: string, listener: Listener): Listening {
    this.#listeners.add(name, listener);
    this.#began ??= this.#begin();
    return { ready: this.#began.promise, stop: () => this.#remove(name, listener) };
  }

  #begin(): PromiseWithResolvers<void> {
    const began = Promise.withResolvers<void>();
    began.promise.catch(() => {});
    this.#timer = setInterval(() => this.#look(), POLL_EVERY_MS);
    setImmediate(() => this.#look());
    return began;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#lastId = undefined;
    this.#began = undefined;
  }

  #remove(name: string, listener: Listener): void {
    this.#listeners.remove(name, listener);
    if (this.#listeners.isEmpty) this.#stop();
  }

  #readVersion(): unknown {
    this.#version ??= this.#database.prepare("pragma data_version");
    return this.#version.get()?.["data_version"];
  }

  /** The newest there ever was, also if it is dropped. */
  #readLastId(): number {
    const row = this.#database
      .prepare("select seq from sqlite_sequence where name = 'plinth_message'")
      .get() as { seq: number } | undefined;
    return row?.seq ?? 0;
  }

  /** After a transaction of this process that wrote messages: soon, and once for several. */
  schedule(): void {
    if (this.#isScheduled || this.#timer === undefined) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#look(true);
    });
  }

  #look(isSure = false): void {
    if (this.#timer === undefined) return;
    try {
      const version = this.#readVersion();
      if (this.#lastId === undefined) {
        this.#lastId = this.#readLastId();
        this.#began?.resolve();
      } else if (isSure || version !== this.#seenVersion) this.#read(this.#lastId);
      this.#seenVersion = version;
    } catch (error) {
      // Another process has the whole file for a moment: the next look sees it.
      if (isBusy(error)) this.#seenVersion = undefined;
      else this.end(translateError(error) as DbError);
    }
  }

  #read(lastId: number): void {
    const messages = this.#database
      .prepare("select id, name, body from plinth_message where id > ? order by id limit ?")
      .all(lastId, BATCH) as unknown as Message[];
    const nextId = messages[0]?.id ?? this.#readLastId() + 1;
    this.#lastId = messages.at(-1)?.id ?? nextId - 1;
    if (nextId !== lastId + 1) this.#listeners.gap();
    for (const { body, name } of messages) {
      if (this.#listeners.has(name)) this.#listeners.tell(name, asText(body));
    }
    if (messages.length === BATCH) this.schedule();
  }

  end(error: DbError = storeClosedError()): void {
    this.#began?.reject(error);
    this.#stop();
    this.#listeners.end(error);
  }
}
