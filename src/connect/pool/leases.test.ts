import { expect, test } from "vitest";
import {
  inMemoryDialect,
  inMemorySettings,
  InMemoryServer,
} from "../../../test/connect/in-memory.ts";
import { Random } from "../../../test/properties/random.ts";
import { systemClock } from "../../core/clock.ts";
import type { Connection } from "../../dialect/driver.ts";
import { Leases } from "./leases.ts";
import { TRUSTED_IDLE_MS } from "./watch.ts";

const MAX_CONNECTIONS = 3;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Whoever came for a connection, and what came of it. */
interface Guest {
  readonly order: number;
  readonly controller: AbortController;
  connection: Connection | undefined;
  isTold: boolean;
}

/** Guests of a few connections, to whom and to which everything happens. */
class House {
  readonly server = new InMemoryServer();
  readonly leases: Leases;
  readonly inside: Guest[] = [];
  /** In the order in which they came. */
  waiting: Guest[] = [];
  #nowMs = 0;
  #lastOrder = 0;
  /** Of those who had to wait, in the order in which they were served. */
  readonly #served: number[] = [];

  constructor() {
    this.leases = new Leases({
      dialect: inMemoryDialect,
      settings: {
        ...inMemorySettings,
        maxConnections: MAX_CONNECTIONS,
        acquireTimeoutMs: 600_000,
      },
      clock: { ...systemClock, monotonicMs: () => this.#nowMs },
      open: () => this.server.open(),
      isStale: () => false,
    });
  }

  come(): void {
    const controller = new AbortController();
    const guest: Guest = {
      order: ++this.#lastOrder,
      controller,
      connection: undefined,
      isTold: false,
    };
    const leased = this.leases.acquire(controller.signal);
    if (!(leased instanceof Promise)) {
      expect(leased.isAlive).toBe(true);
      return this.#enter(guest, leased);
    }
    this.waiting.push(guest);
    const leave = (): void => {
      expect(guest.isTold, "told twice").toBe(false);
      guest.isTold = true;
      this.waiting = this.waiting.filter((other) => other !== guest);
    };
    leased.then((connection) => {
      leave();
      this.#served.push(guest.order);
      this.#enter(guest, connection);
    }, leave);
  }

  #enter(guest: Guest, connection: Connection): void {
    expect(this.inside.map((other) => other.connection)).not.toContain(connection);
    guest.connection = connection;
    this.inside.push(guest);
    expect(this.inside.length).toBeLessThanOrEqual(MAX_CONNECTIONS);
  }

  leave(guest: Guest, isBroken: boolean): void {
    this.inside.splice(this.inside.indexOf(guest), 1);
    this.leases.release(guest.connection!, isBroken);
  }

  happen(random: Random): void {
    const guest = this.inside.length > 0 ? random.pick(this.inside) : undefined;
    const waiter = this.waiting.length > 0 ? random.pick(this.waiting) : undefined;
    switch (random.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.come();
      case 4:
      case 5:
      case 6:
        return guest && this.leave(guest, false);
      case 7:
        return guest && this.leave(guest, true);
      case 8:
        return waiter?.controller.abort(new Error("given up"));
      case 9:
        this.#nowMs += random.pick([1, 2_000, TRUSTED_IDLE_MS, 2 * TRUSTED_IDLE_MS]);
        return this.leases.sweep();
      case 10:
        this.server.openError = random.below(3) === 0 ? new Error("full") : undefined;
        return;
      default: {
        // It dies, held or not.
        const { connections } = this.server;
        if (connections.length > 0) random.pick(connections).isAlive = false;
      }
    }
  }

  check(): void {
    expect(this.leases.usedCount).toBe(this.inside.length);
    expect(this.leases.waitingCount).toBe(this.waiting.length);
    for (const { controller } of this.waiting) expect(controller.signal.aborted).toBe(false);
    expect(this.#served).toEqual(this.#served.toSorted((left, right) => left - right));
    expect(this.leases.usedCount + this.leases.idleCount).toBeLessThanOrEqual(MAX_CONNECTIONS);
    if (this.waiting.length > 0) expect(this.inside.length).toBe(MAX_CONNECTIONS);
  }
}

test("whatever happens, a connection has one holder, nobody waits beside a free one, and all are served in their order", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const house = new House();
    const random = new Random(seed);
    for (let step = 0; step < 150; step++) {
      house.happen(random);
      // Much happens before what was begun is done.
      if (random.below(3) > 0) continue;
      await turn();
      house.check();
    }
    house.server.openError = undefined;
    const closed = house.leases.close(60_000);
    await turn();
    while (house.inside.length > 0) house.leave(house.inside[0]!, false);
    await closed;
    expect(house.waiting).toEqual([]);
    expect(house.server.openCount, `seed ${seed}`).toBe(0);
    await expect(Promise.resolve(house.leases.acquire())).rejects.toMatchObject({
      code: "E_CLOSED",
    });
  }
});
