/**
 * A store in a file of SQLite: it outlives the program, and the processes of a machine share it. Waiting for another
 * process never stops the event loop.
 */

import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../../core/clock.ts";
import { ConfigError } from "../../../core/error.ts";
import { storeClosedError } from "../check.ts";
import type { Access, Engine } from "../local-store.ts";
import type { SqliteStoreSettings } from "../settings.ts";
import type { Keyspace, Listener, Listening, StorePolicy } from "../store.ts";
import { isBusy, isFull, lockedError, translateError } from "./errors.ts";
import { MESSAGE_TTL_MS, SqliteMessages } from "./messages.ts";
import { nextClock, uptimeMs, type ClockRow } from "./machine-clock.ts";
import { SqliteKeyspace } from "./sqlite-keyspace.ts";
import { FORMAT, setUp } from "./tables.ts";

const FIRST_PAUSE_MS = 1;
const LAST_PAUSE_MS = 25;
/** What is over is dropped with writes, at most so often and so many at once. */
const SWEEP_EVERY_MS = 1_000;
const SWEEP_COUNT = 500;
/** Keys that are listed at once. */
const BATCH = 500;

/** For this user only, as what is in it is nobody else's; SQLite gives the files beside it the same. One that is there is left. */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, "ax", 0o600));
  } catch {
    // It is there; or it can't be made, which SQLite says.
  }
}

export class SqliteEngine implements Engine {
  readonly policy: StorePolicy = { evicts: false, name: "refuse" };
  readonly #database: DatabaseSync;
  readonly #space: SqliteKeyspace;
  readonly #messages: SqliteMessages;
  readonly #settings: SqliteStoreSettings;
  readonly #clock: Clock;
  #startMs = 0;
  #sweptMs = 0;
  /** Those who write take turns: who waits for another process isn't overtaken by those behind. */
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  private constructor(settings: SqliteStoreSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    makeFile(settings.file);
    this.#database = new DatabaseSync(settings.file, { timeout: 0 });
    this.#space = new SqliteKeyspace(this.#database);
    this.#messages = new SqliteMessages(this.#database);
  }

  static async open(settings: SqliteStoreSettings, clock: Clock): Promise<SqliteEngine> {
    let engine: SqliteEngine;
    try {
      engine = new SqliteEngine(settings, clock);
    } catch (error) {
      throw translateError(error);
    }
    try {
      await engine.#patiently(() => engine.#setUp(), settings.timeoutMs);
      return engine;
    } catch (error) {
      engine.#database.close();
      throw translateError(error);
    }
  }

  #setUp(): void {
    const { durability, maxBytes } = this.#settings;
    this.#database.exec(`pragma journal_mode = wal; pragma synchronous = ${durability}`);
    this.#database.exec("begin immediate");
    try {
      this.#database.exec(setUp);
      this.#readClock();
      this.#database.exec("commit");
    } catch (error) {
      this.#database.exec("rollback");
      throw error;
    }
    const { page_size } = this.#database.prepare("pragma page_size").get() as { page_size: number };
    // Both aren't kept in the file, so each connection says them.
    this.#database.exec(
      `pragma foreign_keys = on; pragma max_page_count = ${Math.ceil(maxBytes / page_size)}`,
    );
  }

  #readClock(): void {
    const found = this.#database
      .prepare("select format, boot, start_ms as startMs, last_ms as lastMs from plinth_store")
      .get() as (ClockRow & { readonly format: number }) | undefined;
    if (found !== undefined && found.format > FORMAT) {
      throw new ConfigError("The store's file is of a later version of Plinth.", {
        hint: "Use that version, or another file.",
      });
    }
    const { boot, lastMs, startMs } = nextClock(found, this.#clock.nowMs(), uptimeMs());
    this.#startMs = startMs;
    this.#database
      .prepare(
        "insert into plinth_store (id, format, boot, start_ms, last_ms) values (1, ?, ?, ?, ?)" +
          " on conflict (id) do update set boot = excluded.boot, start_ms = excluded.start_ms," +
          " last_ms = excluded.last_ms",
      )
      .run(FORMAT, boot, startMs, lastMs);
  }

  #tick(): void {
    this.#space.nowMs = Math.floor(this.#startMs + uptimeMs());
  }

  async work<Result>(
    access: Access,
    work: (space: Keyspace) => Result,
    timeoutMs: number = this.#settings.timeoutMs,
  ): Promise<Result> {
    if (this.#isClosed) throw storeClosedError();
    try {
      if (access === "look") return await this.#patiently(() => this.#look(work), timeoutMs);
      if (access === "read") {
        return await this.#patiently(() => this.#inTransaction("begin", work), timeoutMs);
      }
      const result = await this.#inTurn(
        () => this.#inTransaction("begin immediate", work),
        timeoutMs,
      );
      this.#sweepSometimes();
      return result;
    } catch (error) {
      if (access !== "write" || !isFull(error)) throw translateError(error);
      return await this.#withRoom(work, timeoutMs);
    }
  }

  /** Once more, after what is over was dropped. */
  async #withRoom<Result>(work: (space: Keyspace) => Result, timeoutMs: number): Promise<Result> {
    try {
      await this.#inTurn(() => this.#sweep(), timeoutMs);
      return await this.#inTurn(() => this.#inTransaction("begin immediate", work), timeoutMs);
    } catch (error) {
      throw translateError(error);
    }
  }

  /** One statement is as of one moment by itself. */
  #look<Result>(work: (space: SqliteKeyspace) => Result): Result {
    if (this.#isClosed) throw storeClosedError();
    this.#tick();
    return work(this.#space);
  }

  #inTransaction<Result>(begin: string, work: (space: SqliteKeyspace) => Result): Result {
    if (this.#isClosed) throw storeClosedError();
    this.#tick();
    this.#space.run(begin);
    try {
      const result = work(this.#space);
      this.#space.run("commit");
      if (this.#space.hasPublished) this.#messages.schedule();
      this.#space.hasPublished = false;
      return result;
    } catch (error) {
      // A full disk may have ended it already.
      if (this.#database.isTransaction) this.#database.exec("rollback");
      throw error;
    }
  }

  /** At once where nobody waits: that is the usual. */
  async #inTurn<Result>(work: () => Result, timeoutMs: number): Promise<Result> {
    if (this.#waiting === 0) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    }
    const startMs = this.#clock.monotonicMs();
    const before = this.#turn;
    let endTurn!: () => void;
    this.#turn = new Promise((resolve) => (endTurn = resolve));
    this.#waiting++;
    try {
      await before;
      return await this.#patiently(work, timeoutMs, startMs);
    } finally {
      this.#waiting--;
      endTurn();
    }
  }

  /** Tries again, with pauses, for as long as another process writes. */
  async #patiently<Result>(
    work: () => Result,
    timeoutMs: number,
    startMs: number = this.#clock.monotonicMs(),
  ): Promise<Result> {
    const deadlineMs = startMs + timeoutMs;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
      const leftMs = deadlineMs - this.#clock.monotonicMs();
      if (leftMs <= 0) throw lockedError(timeoutMs);
      await this.#clock.sleep(Math.min(leftMs, pauseMs * (0.5 + Math.random() / 2)));
      pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2);
    }
  }

  #sweepSometimes(): void {
    if (this.#space.nowMs - this.#sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs = this.#space.nowMs;
    setImmediate(() => {
      if (this.#isClosed || this.#waiting > 0) return;
      try {
        this.#sweep();
      } catch {
        // Another process writes, or the disk is full: the next one will.
      }
    });
  }

  #sweep(): number {
    return this.#inTransaction("begin immediate", (space) => {
      this.#database.prepare("update plinth_store set last_ms = ?").run(space.nowMs);
      this.#database
        .prepare("delete from plinth_message where at_ms < ?")
        .run(space.nowMs - MESSAGE_TTL_MS);
      return space.sweep(SWEEP_COUNT);
    });
  }

  listen(name: string, listener: Listener): Listening {
    if (this.#isClosed) throw storeClosedError();
    return this.#messages.listen(name, listener);
  }

  async *keys(start: string): AsyncGenerator<readonly string[]> {
    let after: string | undefined;
    for (;;) {
      const batch = await this.work("read", () => this.#space.keysFrom(start, after, BATCH));
      yield batch;
      if (batch.length < BATCH) return;
      after = batch.at(-1);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#messages.end();
    this.#database.close();
  }
}
