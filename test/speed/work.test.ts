import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runProgram } from "../docs/run-program.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { counted, type Counts, type Protocol } from "./counting.ts";
import { openWork, type WorkName } from "./work.ts";

/** Plans and prepared statements of the first turn; writes to sockets, round trips and promises of every further one. */
type Expected = Readonly<Record<WorkName, readonly [number, number, number, number, number]>>;

/*
 * A smaller number is a gain: write it down. A larger one is a loss that somebody should have wanted: a new plan or
 * statement costs the first query of a shape, a write or a round trip every query, a promise about 0.1 µs and 100 bytes.
 * Another release of Node, `pg` or `mariadb` may change promises, and nothing else.
 */
const expected: Readonly<Record<Protocol, Expected>> = {
  sqlite: {
    byKey: [1, 1, 0, 0, 3],
    checked: [1, 1, 0, 0, 4],
    page: [1, 1, 0, 0, 4],
    search: [1, 1, 0, 0, 4],
    tree: [2, 2, 0, 0, 3],
    // One statement for the orders with their customers, one for all details with their products.
    trees: [2, 2, 0, 0, 4],
    aggregate: [1, 1, 0, 0, 4],
    update: [1, 1, 0, 0, 4],
    // The read, the two updates, which are of one shape, and the insert.
    transaction: [3, 3, 0, 0, 19],
    // The statement of the transaction, as the database tells the key without being asked.
    insert: [0, 0, 0, 0, 4],
    // 64 rows at a time, and the last 40.
    bulk: [2, 2, 0, 0, 9],
    atOnce: [0, 0, 0, 0, 19],
  },
  postgres: {
    byKey: [1, 1, 1, 1, 5],
    checked: [1, 1, 1, 1, 8],
    page: [1, 1, 1, 1, 7],
    search: [1, 1, 1, 1, 7],
    // The order and its details are asked for at once.
    tree: [2, 2, 1, 1, 20],
    // The products by a query of their own, in the write of the one for the details.
    trees: [3, 3, 2, 2, 28],
    aggregate: [1, 1, 1, 1, 7],
    update: [1, 1, 1, 1, 7],
    // Begin goes with the read; the fourth statement is the commit.
    transaction: [3, 4, 5, 5, 34],
    insert: [1, 1, 1, 1, 7],
    bulk: [1, 1, 1, 1, 7],
    // What is asked within one tick goes out in one write.
    atOnce: [0, 0, 1, 1, 35],
  },
  mysql: {
    byKey: [1, 1, 1, 1, 5],
    checked: [1, 1, 1, 1, 8],
    page: [1, 1, 1, 1, 7],
    search: [1, 1, 1, 1, 7],
    tree: [2, 2, 1, 1, 20],
    trees: [2, 2, 2, 2, 15],
    aggregate: [1, 1, 1, 1, 7],
    update: [1, 1, 1, 1, 7],
    transaction: [3, 3, 5, 5, 34],
    insert: [1, 1, 1, 1, 7],
    bulk: [1, 1, 1, 1, 7],
    atOnce: [0, 0, 1, 1, 35],
  },
};

const TURNS = 21;

/** Of all turns: what goes on beside the work, as a timer of the pool, is in few of them. */
function median(all: readonly Counts[], of: keyof Counts): number {
  return all.map((counts) => counts[of]).sort((a, b) => a - b)[all.length >> 1]!;
}

const protocols: readonly Protocol[] = ["sqlite", "postgres"];

test.each(testServers())("work costs on $name what it did", async (server) => {
  const protocol = protocols.find((name) => server.name.startsWith(name)) ?? "mysql";
  const database = await createTestDatabase(server);
  const url = new URL(database.url);
  // All by one connection: else it is chance which of them has prepared a statement already.
  if (protocol !== "sqlite") {
    url.searchParams.set("shared_connections", "1");
    url.searchParams.set("max_connections", "1");
  }
  try {
    await using opened = await openWork(protocol === "sqlite" ? database.url : url.href);
    const found: Record<string, readonly number[]> = {};
    for (const [name, run] of Object.entries(opened.work)) {
      const first = await counted(protocol, () => run(0));
      const turns: Counts[] = [];
      for (let turn = 1; turn <= TURNS; turn++) {
        turns.push(await counted(protocol, () => run(turn)));
      }
      expect(turns.at(-1), name).toMatchObject({ plans: 0, prepared: 0 });
      const later = (["writes", "roundTrips", "promises"] as const).map((of) => median(turns, of));
      found[name] = [first.plans, first.prepared, ...later];
    }
    expect(found).toEqual(expected[protocol]);
  } finally {
    await database.drop();
  }
});

test.each(testServers().filter(({ name }) => !name.startsWith("sqlite")))(
  "a row and what belongs to it are asked for over one connection of several on $name",
  async (server) => {
    const protocol = server.name.startsWith("postgres") ? "postgres" : "mysql";
    const database = await createTestDatabase(server);
    const url = new URL(database.url);
    url.searchParams.set("shared_connections", "2");
    try {
      await using opened = await openWork(url.href);
      const { byKey, tree } = opened.work;
      // Both connections are open, and both have prepared both statements.
      for (let turn = 0; turn < 40; turn++)
        await Promise.all([byKey(turn), tree(turn), byKey(turn), tree(turn)]);
      const turns: Counts[] = [];
      for (let turn = 0; turn < TURNS; turn++)
        turns.push(await counted(protocol, () => tree(turn)));
      expect([median(turns, "writes"), median(turns, "roundTrips")]).toEqual([1, 1]);
    } finally {
      await database.drop();
    }
  },
);

const program = fileURLToPath(new URL("allocations.program.ts", import.meta.url));

/** Of every turn on SQLite, in a program that is interpreted; what is compiled allocates less. */
const bytes: Readonly<Record<WorkName, number>> = {
  byKey: 2_080,
  checked: 2_620,
  page: 18_330,
  search: 2_250,
  tree: 8_270,
  trees: 134_470,
  aggregate: 12_600,
  update: 2_510,
  transaction: 13_860,
  insert: 3_420,
  bulk: 159_830,
  atOnce: 14_190,
};

test("work allocates what it did, within 3 %", async () => {
  const { code, err, out } = await runProgram(program, {
    flags: [
      "--no-opt",
      "--no-maglev",
      "--no-sparkplug",
      "--expose-gc",
      "--min-semi-space-size=256",
      "--max-semi-space-size=256",
    ],
    env: { NODE_ENV: "production" },
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const found = JSON.parse(out) as Record<string, number>;
  expect(Object.keys(found)).toEqual(Object.keys(bytes));
  for (const [name, allocated] of Object.entries(bytes)) {
    expect(Math.abs(found[name]! / allocated - 1), `${name}: ${found[name]} bytes`).toBeLessThan(
      0.03,
    );
  }
});
