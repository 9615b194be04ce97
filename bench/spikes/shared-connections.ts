/**
 * A query outside a transaction: leased from a pool, or sent over a few shared, pipelined connections?
 *
 *     node spikes/shared-connections.ts [--quick] [postgres|mariadb]
 *
 * Needs the bench's data set (`npm run bench -- all --verify` loads it) on servers that
 * BENCH_POSTGRES_URL and BENCH_MARIADB_URL name; without them private servers are started.
 */
/* oxlint-disable typescript/no-explicit-any, typescript/no-implied-eval
   -- the drivers' insides have no types, and generated decoders are what is measured */
import mariadb from "mariadb";
import pg from "pg";
import { Pool } from "tarn";

import { columnNames } from "../data/tables.ts";
import { withServers } from "../run/servers.ts";
import type { ServerTarget } from "../run/targets.ts";
import { compare, type Way } from "./compare.ts";

type Row = Record<string, unknown>;
type Cells = (string | null)[];

const customerText = (placeholder: string) =>
  `select ${columnNames("customers").join(", ")} from customers where id = ${placeholder}`;
const orderText = (placeholder: string) =>
  `select ${columnNames("orders").join(", ")} from orders where id > ${placeholder} order by id limit 50`;
const id = (turn: number) => 1 + ((turn * 7919) % 9990);

// ---------------------------------------------------------------- PostgreSQL

async function comparePostgres(target: ServerTarget): Promise<void> {
  const open = async (pipeline: boolean): Promise<any> => {
    const client = new pg.Client({ ...target, pipeline } as pg.ClientConfig);
    await client.connect();
    return client;
  };
  const lease = new Pool<any>({
    create: () => open(false),
    destroy: (client) => client.end(),
    min: 8,
    max: 8,
  });
  const ownPool = new pg.Pool({ ...target, max: 8 });
  const single = await open(false);
  const shared = await Promise.all(Array.from({ length: 8 }, () => open(true)));
  const version = (await single.query("show server_version")).rows[0].server_version;
  console.log(`node ${process.version}, PostgreSQL ${version}, pg 8.23.1`);

  const named = (name: string, text: string, value: number) => ({ name, text, values: [value] });
  const leased = async (name: string, text: string, value: number) => {
    const client = await lease.acquire().promise;
    try {
      return (await client.query(named(name, text, value))).rows;
    } finally {
      lease.release(client);
    }
  };
  const over =
    (count: number, name: string, text: string): Way =>
    (turn) =>
      shared[turn % count].query(named(name, text, id(turn)));

  const customerDecoder = decoder("customers", new Set([0]));
  const orderDecoder = decoder("orders", new Set([0, 4, 5, 11, 12]), new Set([1, 2, 3]));
  for (const [title, name, text, decode] of [
    ["row by id", "customer", customerText("$1"), customerDecoder],
    ["50 orders of 13 columns", "orders", orderText("$1"), orderDecoder],
  ] as const) {
    await compare(`PostgreSQL, ${title}`, {
      "pg unnamed, one connection": (turn) => single.query(text, [id(turn)]),
      "pg named, one connection": (turn) => single.query(named(name, text, id(turn))),
      "pg named, rowMode array, raw texts, decoded by plan": async (turn) => {
        const { rows } = await single.query({
          ...named(name, text, id(turn)),
          rowMode: "array",
          types: rawTexts,
        });
        return rows.map(decode);
      },
      "own query object: rows decoded as they arrive": (turn) =>
        direct(single, name, text, [id(turn)], decode, true),
      "own query object, no Describe once it is known": (turn) =>
        direct(single, name, text, [id(turn)], decode, false),
      "own query object, no Describe, one pipelined": (turn) =>
        direct(shared[0], name, text, [id(turn)], decode, false),
      "pg.Pool of 8, named": (turn) => ownPool.query(named(name, text, id(turn))),
      "leased by tarn from 8, named": (turn) => leased(name, text, id(turn)),
      "1 shared pipelined connection, named": over(1, name, text),
    });
    await compare(
      `PostgreSQL, ${title}`,
      {
        "pg.Pool of 8, unnamed": (turn) => ownPool.query(text, [id(turn)]),
        "pg.Pool of 8, named": (turn) => ownPool.query(named(name, text, id(turn))),
        "leased by tarn from 8, named": (turn) => leased(name, text, id(turn)),
        "1 shared pipelined connection, named": over(1, name, text),
        "2 shared pipelined connections, named": over(2, name, text),
        "4 shared pipelined connections, named": over(4, name, text),
        "1 shared, own query object, no Describe": (turn) =>
          direct(shared[0], name, text, [id(turn)], decode, false),
        "2 shared, own query object, no Describe": (turn) =>
          direct(shared[turn % 2], name, text, [id(turn)], decode, false),
        "4 shared, own query object, no Describe": (turn) =>
          direct(shared[turn % 4], name, text, [id(turn)], decode, false),
        "2 shared, the same, a tick's writes together": (turn) =>
          direct(shared[turn % 2], name, text, [id(turn)], decode, false, TogetherQuery),
        "4 shared, the same, a tick's writes together": (turn) =>
          direct(shared[turn % 4], name, text, [id(turn)], decode, false, TogetherQuery),
      },
      { inFlight: 32, sliceMs: 200, rounds: 9 },
    );
  }
  await mixedLoad(shared, lease);
  await Promise.all([
    lease.destroy(),
    ownPool.end(),
    single.end(),
    ...shared.map((client) => client.end()),
  ]);
}

// ---------------------------------------------------------------- a slow query among quick ones

/** Hands out the connection with the fewest queries in flight. */
class LeastBusy {
  #connections: any[];
  #inFlight: number[];

  constructor(connections: any[]) {
    this.#connections = connections;
    this.#inFlight = connections.map(() => 0);
  }

  async run<T>(work: (connection: any) => Promise<T>): Promise<T> {
    let best = 0;
    for (let i = 1; i < this.#inFlight.length; i++)
      if (this.#inFlight[i]! < this.#inFlight[best]!) best = i;
    this.#inFlight[best]!++;
    try {
      return await work(this.#connections[best]);
    } finally {
      this.#inFlight[best]!--;
    }
  }
}

/** 30 lines of quick reads while two lines run a query of 20 ms each: what do the quick ones wait? */
async function mixedLoad(shared: any[], lease: Pool<any>): Promise<void> {
  const text = customerText("$1");
  const quick = (client: any, turn: number) =>
    client.query({ name: "customer", text, values: [id(turn)] });
  const slow = (client: any) =>
    client.query({ name: "slow", text: "select pg_sleep($1)", values: [0.02] });
  const leasing = async (work: (client: any) => Promise<unknown>) => {
    const client = await lease.acquire().promise;
    try {
      return await work(client);
    } finally {
      lease.release(client);
    }
  };
  const sharing = (count: number) => {
    const balance = new LeastBusy(shared.slice(0, count));
    return (work: (client: any) => Promise<unknown>) => balance.run(work);
  };
  const ways: Record<string, [any, any]> = {
    "leased by tarn from 8": [leasing, leasing],
    "1 shared": [sharing(1), undefined],
    "2 shared, least busy": [sharing(2), undefined],
    "4 shared, least busy": [sharing(4), undefined],
    "8 shared, least busy": [sharing(8), undefined],
    "2 shared, slow ones leased": [sharing(2), leasing],
    "4 shared, slow ones leased": [sharing(4), leasing],
  };
  console.log("\nPostgreSQL, row by id, 30 in flight, beside 2 queries of 20 ms");
  for (const [name, [runQuick, runSlow]] of Object.entries(ways)) {
    const waits: number[] = [];
    let turn = 0;
    const end = performance.now() + 1200;
    const quickLine = async () => {
      while (performance.now() < end) {
        const start = performance.now();
        await runQuick((client: any) => quick(client, turn++));
        waits.push(performance.now() - start);
      }
    };
    const slowLine = async () => {
      while (performance.now() < end) await (runSlow ?? runQuick)(slow);
    };
    await Promise.all([...Array.from({ length: 30 }, quickLine), slowLine(), slowLine()]);
    waits.sort((a, b) => a - b);
    const at = (share: number) => waits[Math.floor(waits.length * share)]!.toFixed(2).padStart(7);
    console.log(
      `  ${name.padEnd(32)} ${String(waits.length).padStart(7)} reads; ms: median ${at(0.5)}, 95 % ${at(0.95)}, 99.9 % ${at(0.999)}`,
    );
  }
}

const rawTexts = { getTypeParser: () => (value: string) => value };

function direct(
  client: any,
  name: string,
  text: string,
  values: unknown[],
  decode: (cells: Cells) => Row,
  describe: boolean,
  Query: typeof DirectQuery = DirectQuery,
) {
  return new Promise<Row[]>((resolve, reject) => {
    client.query(
      new Query(name, text, values, decode, describe, (error, rows) =>
        error ? reject(error) : resolve(rows),
      ),
    );
  });
}

/**
 * What pg lets a query object do itself: send its messages, and receive its rows.
 * `instanceof pg.Query` is what a pipelined client demands of it.
 */
class DirectQuery extends (pg as any).Query {
  #decode: (cells: Cells) => Row;
  #describe: boolean;
  #rows: Row[] = [];

  constructor(
    name: string,
    text: string,
    values: unknown[],
    decode: (cells: Cells) => Row,
    describe: boolean,
    callback: (error: Error | null, rows: Row[]) => void,
  ) {
    super({ name, text, values }, undefined, callback);
    this.#decode = decode;
    this.#describe = describe;
  }

  prepare(connection: any): void {
    if (!this.hasBeenParsed(connection)) {
      connection.parse({ name: this.name, text: this.text });
      connection.submittedNamedStatements[this.name] = this.text;
    }
    connection.bind({ portal: "", statement: this.name, values: this.values, valueMapper: String });
    if (this.#describe) connection.describe({ type: "P", name: "" });
    connection.execute({ portal: "", rows: 0 });
    connection.sync();
  }

  handleRowDescription(): void {}

  handleDataRow(message: { fields: Cells }): void {
    this.#rows.push(this.#decode(message.fields));
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback(null, this.#rows);
  }
}

/** pg corks and uncorks the socket for each query; here, what is written within one tick goes out together. */
class TogetherQuery extends DirectQuery {
  submit(connection: any): null {
    if (!connection.isHeld) {
      connection.isHeld = true;
      connection.stream.cork();
      process.nextTick(() => {
        connection.isHeld = false;
        connection.stream.uncork();
      });
    }
    this.prepare(connection);
    return null;
  }
}

let serial = 0;

/** The decoder that docs/decisions/002 chose, with PostgreSQL's texts turned into numbers and dates. */
function decoder(
  table: "customers" | "orders",
  numbers: Set<number>,
  dates = new Set<number>(),
): (cells: Cells) => Row {
  const names = columnNames(table);
  const cell = (i: number) =>
    numbers.has(i)
      ? `r[${i}] === null ? null : +r[${i}]`
      : dates.has(i)
        ? `r[${i}] === null ? null : date(r[${i}])`
        : `r[${i}]`;
  const body = `/* ${++serial} */ return (r) => { const o = {}; ${names.map((_, i) => `o[k${i}] = ${cell(i)};`).join(" ")} return o; }`;
  return new Function("date", ...names.map((_, i) => `k${i}`), body)(dateOfText, ...names);
}

function dateOfText(text: string): Date {
  return new Date(text.length === 22 ? `${text.slice(0, 10)}T${text.slice(11, 19)}Z` : text);
}

// ---------------------------------------------------------------- MariaDB

async function compareMariadb(target: ServerTarget): Promise<void> {
  const options = { ...target, timezone: "Z", bigIntAsNumber: true, insertIdAsNumber: true };
  const open = (own: object = {}): Promise<any> => mariadb.createConnection({ ...options, ...own });
  const lease = new Pool<any>({
    create: () => open({ pipelining: false }),
    destroy: (connection) => connection.end(),
    min: 8,
    max: 8,
  });
  const ownPool = mariadb.createPool({ ...options, connectionLimit: 8 });
  const plain = await open({ pipelining: false });
  const arrays = { rowsAsArray: true, checkDuplicate: false };
  const shared = [await open(arrays), await open(arrays), await open(arrays), await open(arrays)];
  console.log(`\nnode ${process.version}, MariaDB ${plain.serverVersion()}, mariadb 3.5.4`);

  const leased = async (text: string, value: number) => {
    const connection = await lease.acquire().promise;
    try {
      return await connection.execute(text, [value]);
    } finally {
      lease.release(connection);
    }
  };
  for (const [title, table, text] of [
    ["row by id", "customers", customerText("?")],
    ["50 orders of 13 columns", "orders", orderText("?")],
  ] as const) {
    const decode = decoder(table, new Set());
    const prepared = await Promise.all(shared.map((connection) => connection.prepare(text)));
    const perQuery = await open();
    const executed = async (count: number, turn: number) =>
      (await shared[turn % count].execute(text, [id(turn)])).map(decode);
    const kept = async (count: number, turn: number) =>
      (await prepared[turn % count].execute([id(turn)])).map(decode);
    await compare(`MariaDB, ${title}`, {
      "query, one connection": (turn) => plain.query(text, [id(turn)]),
      "execute, one connection": (turn) => plain.execute(text, [id(turn)]),
      "execute, rowsAsArray given with each query, decoded": async (turn) =>
        (await perQuery.execute({ sql: text, rowsAsArray: true }, [id(turn)])).map(decode),
      "execute, rowsAsArray set on the connection, decoded": (turn) => executed(1, turn),
      "own prepared statement, rowsAsArray, decoded": (turn) => kept(1, turn),
      "mariadb's pool of 8, execute": (turn) => ownPool.execute(text, [id(turn)]),
      "leased by tarn from 8, execute": (turn) => leased(text, id(turn)),
    });
    await compare(
      `MariaDB, ${title}`,
      {
        "mariadb's pool of 8, query": (turn) => ownPool.query(text, [id(turn)]),
        "mariadb's pool of 8, execute": (turn) => ownPool.execute(text, [id(turn)]),
        "leased by tarn from 8, execute": (turn) => leased(text, id(turn)),
        "1 shared pipelined connection, execute": (turn) => executed(1, turn),
        "1 shared, own prepared statement": (turn) => kept(1, turn),
        "2 shared, own prepared statement": (turn) => kept(2, turn),
        "4 shared, own prepared statement": (turn) => kept(4, turn),
      },
      { inFlight: 32, sliceMs: 200, rounds: 9 },
    );
    await perQuery.end();
  }
  await Promise.all([
    lease.destroy(),
    ownPool.end(),
    plain.end(),
    ...shared.map((connection) => connection.end()),
  ]);
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
await withServers(["postgres", "mariadb"], async (targets) => {
  if (wanted.length === 0 || wanted.includes("postgres")) await comparePostgres(targets.postgres!);
  if (wanted.length === 0 || wanted.includes("mariadb")) await compareMariadb(targets.mariadb!);
});
process.exit(0);
