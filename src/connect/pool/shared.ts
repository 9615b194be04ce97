/** The connections that queries of many callers share, pipelined. */

import type { Clock } from "../../core/clock.ts";
import { closedError } from "../../core/error.ts";
import { isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import type { Connection } from "../../dialect/driver.ts";
import { answers, TRUSTED_IDLE_MS } from "./watch.ts";

/** A shared connection whose oldest query runs longer than this is passed by. */
const HELD_UP_MS = 20;

/** A server that has no connection left isn't asked for one with every query. */
const RETRY_OPENING_MS = 1_000;

/** Room for one shared connection. */
export class SharedSlot {
  connection: Connection | undefined;
  opening: Promise<void> | undefined;
  pendingCount = 0;
  /** Those among them that may wait for a lock. */
  pendingWriteCount = 0;
  /** Since when something has been under way without a pause in which an answer came; or since when nothing has. */
  busySinceMs = 0;
  /** Before this time it isn't opened in the background again. */
  retryAtMs = 0;
  /** Is called when nothing is under way any more. */
  onDrained: (() => void) | undefined;

  get isOpen(): boolean {
    return this.connection?.isAlive === true;
  }
}

export interface SharedOptions {
  readonly count: number;
  readonly first: Connection;
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
  readonly open: () => Promise<Connection>;
  /** Whether a connection came from before a failover, or is too old. */
  readonly isStale: (connection: Connection) => boolean;
  readonly hasLeases: () => boolean;
  /** Does it again where that is safe, or throws the error. */
  readonly onFailure: <Result>(failure: Failure<Result>) => Promise<Result>;
}

/** Something that failed on a connection. */
export interface Failure<Result> {
  readonly error: unknown;
  readonly connection: Connection;
  readonly isWrite: boolean;
  readonly work: Work<Result>;
}

export type Work<Result> = (connection: Connection) => MaybePromise<Result>;

export class SharedConnections {
  readonly #options: SharedOptions;
  readonly #slots: SharedSlot[];
  /** Taken out of use, and not closed yet: what is under way there is answered first. */
  readonly #retired = new Set<SharedSlot>();
  #isClosed = false;
  #isTogether = false;
  /** That of what was asked first. */
  #joined: SharedSlot | undefined;

  constructor(options: SharedOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.count }, () => new SharedSlot());
    // The connection that asked for the server's version is used further.
    const [slot] = this.#slots;
    if (slot === undefined) return;
    slot.connection = options.first;
    slot.busySinceMs = options.clock.monotonicMs();
  }

  get openCount(): number {
    return this.#all.filter((slot) => slot.isOpen).length;
  }

  get idleCount(): number {
    return this.#slots.filter((slot) => slot.isOpen && slot.pendingCount === 0).length;
  }

  get connections(): Connection[] {
    return this.#all.flatMap(({ connection }) => connection ?? []);
  }

  get #all(): SharedSlot[] {
    return [...this.#slots, ...this.#retired];
  }

  /** What `ask` asks at once goes over one connection, in one write: for questions that are small, and belong together. */
  together<Result>(ask: () => Result): Result {
    this.#isTogether = true;
    try {
      return ask();
    } finally {
      this.#isTogether = false;
      this.#joined = undefined;
    }
  }

  /** The slot that a question goes to. Undefined when all slots are open and held up. */
  pick(): SharedSlot | undefined {
    if (!this.#isTogether) return this.#leastBusy();
    if (this.#joined === undefined || isUnsure(this.#joined)) this.#joined = this.#leastBusy();
    return this.#joined;
  }

  /**
   * The open slot with the least to do. When all have something to do, the next one is opened in the background; only
   * when none is open, or all are held up, it is waited for.
   */
  #leastBusy(): SharedSlot | undefined {
    let best: SharedSlot | undefined;
    let next: SharedSlot | undefined;
    let nowMs: number | undefined;
    for (const slot of this.#slots) {
      if (!slot.isOpen) {
        next ??= slot;
        continue;
      }
      if (slot.pendingCount === 0) return slot;
      if (this.#mayWaitForLease(slot)) continue;
      nowMs ??= this.#options.clock.monotonicMs();
      if (nowMs - slot.busySinceMs > HELD_UP_MS) continue;
      if (best === undefined || slot.pendingCount < best.pendingCount) best = slot;
    }
    if (best === undefined) return next;
    if (next !== undefined && next.opening === undefined && nowMs! >= next.retryAtMs)
      // Who runs on another one doesn't care; the next to need it is told.
      this.open(next).catch(() => {});
    return best;
  }

  /** A server that has no connection left still answers on those that there are. */
  pickOpen(): SharedSlot | undefined {
    return this.#slots.find((slot) => slot.isOpen && !this.#mayWaitForLease(slot));
  }

  /**
   * Whether a write under way may wait for a lock of a transaction, which may itself wait for what would be sent behind
   * the write: the two would wait for one another, and no server sees that.
   */
  #mayWaitForLease(slot: SharedSlot): boolean {
    return slot.pendingWriteCount > 0 && this.#options.hasLeases();
  }

  open(slot: SharedSlot): Promise<void> {
    slot.opening ??= (async () => {
      try {
        const connection = await this.#options.open();
        if (this.#isClosed) {
          await connection.close();
          throw closedError();
        }
        slot.connection = connection;
        slot.busySinceMs = this.#options.clock.monotonicMs();
      } catch (error) {
        slot.retryAtMs = this.#options.clock.monotonicMs() + RETRY_OPENING_MS;
        throw error;
      } finally {
        slot.opening = undefined;
      }
    })();
    return slot.opening;
  }

  /** Runs something on an open slot. */
  run<Result>(slot: SharedSlot, isWrite: boolean, work: Work<Result>): Promise<Result> {
    const { clock, onFailure } = this.#options;
    const connection = slot.connection!;
    if (slot.pendingCount === 0) {
      const nowMs = clock.monotonicMs();
      if (nowMs - slot.busySinceMs > TRUSTED_IDLE_MS) return this.#validated(slot, isWrite, work);
      slot.busySinceMs = nowMs;
    }
    slot.pendingCount++;
    if (isWrite) slot.pendingWriteCount++;
    const done = (): void => {
      slot.pendingCount--;
      if (isWrite) slot.pendingWriteCount--;
      slot.busySinceMs = clock.monotonicMs();
      if (slot.pendingCount === 0) slot.onDrained?.();
    };
    let result: MaybePromise<Result>;
    try {
      result = work(connection);
    } catch (error) {
      done();
      return Promise.reject(error);
    }
    if (!isPromise(result)) {
      done();
      return Promise.resolve(result);
    }
    return result.then(
      (value) => {
        done();
        return value;
      },
      (error: unknown) => {
        done();
        return onFailure({ error, connection, isWrite, work });
      },
    );
  }

  /** What was unused for long may be gone without a word, and a write on it would be lost in the unknown. */
  async #validated<Result>(
    slot: SharedSlot,
    isWrite: boolean,
    work: Work<Result>,
  ): Promise<Result> {
    await this.#validate(slot);
    // One that was retired meanwhile has another in its place: what is asked of it fails as lost before it was sent.
    if (!slot.isOpen && this.#slots.includes(slot)) await this.open(slot);
    return this.run(slot, isWrite, work);
  }

  async #validate(slot: SharedSlot): Promise<void> {
    // Others pass it by meanwhile, as one that is held up.
    slot.busySinceMs = -Infinity;
    slot.pendingCount++;
    try {
      await answers(slot.connection!);
    } finally {
      slot.pendingCount--;
      slot.busySinceMs = this.#options.clock.monotonicMs();
    }
  }

  /** Takes out of use what is idle for too long, too old, or of a server that was replaced. */
  sweep(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [index, slot] of this.#slots.entries()) {
      if (!slot.isOpen) continue;
      const isIdle =
        slot.pendingCount === 0 && nowMs - slot.busySinceMs > this.#options.idleTimeoutMs;
      if (isIdle || this.#options.isStale(slot.connection!)) this.#retire(index);
    }
  }

  /** Has those replaced that are idle now. */
  retireIdle(): void {
    for (const [index, slot] of this.#slots.entries()) {
      if (slot.isOpen && slot.pendingCount === 0) this.#retire(index);
    }
  }

  /** A new slot takes its place; what is under way on the old one is answered. */
  #retire(index: number): void {
    const slot = this.#slots[index]!;
    const connection = slot.connection!;
    this.#slots[index] = new SharedSlot();
    this.#retired.add(slot);
    const end = async (): Promise<void> => {
      await connection.close();
      this.#retired.delete(slot);
    };
    if (slot.pendingCount === 0) void end();
    else slot.onDrained = () => void end();
  }

  forget(): void {
    for (const slot of this.#slots) slot.connection?.forget();
  }

  /** Waits for what is under way, but not for ever. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.all(this.#all.map((slot) => endSlot(slot, late)));
    clearTimeout(timer);
  }
}

/** Whether it isn't known that the connection still answers. */
function isUnsure(slot: SharedSlot): boolean {
  return !slot.isOpen || slot.busySinceMs === -Infinity;
}

async function endSlot(slot: SharedSlot, late: Promise<void>): Promise<void> {
  // One that is being opened closes itself; a server that doesn't answer isn't waited for any longer.
  await Promise.race([slot.opening?.catch(() => {}), late]);
  const { connection } = slot;
  if (connection === undefined) return;
  if (slot.pendingCount > 0) {
    const drained = new Promise<void>((resolve) => {
      slot.onDrained = resolve;
    });
    await Promise.race([drained, late]);
  }
  if (slot.pendingCount > 0) connection.cut();
  await connection.close();
}
