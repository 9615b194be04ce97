/** Holds a contender's answers against plain SQL on a connection of its own. */
import type { Database } from "../data/tables.ts";
import { Random } from "../data/random.ts";
import type { Targets } from "../run/targets.ts";
import { auditRow, type OperationName, type Operations } from "./operations.ts";
import { nestDetail, statements } from "./statements.ts";

export type Row = Record<string, unknown>;

export interface Plain {
  query(text: string, ...values: unknown[]): Promise<Row[]>;
  end(): unknown;
}

const auditColumns = "account_id, kind, message, amount, created_at";

/** @returns What was wrong, one sentence each. */
export async function verify(
  database: Database,
  targets: Targets,
  operations: Operations,
): Promise<string[]> {
  const sql = statements[database];
  const plain = await openPlain(database, targets);
  const mark = (position: number) => (database === "postgres" ? `$${position}` : "?");
  const random = new Random(99);

  const checks: Record<OperationName, () => Promise<string | undefined>> = {
    byKey: () =>
      firstWrong([1, 77, 9999], async (id) =>
        difference((await plain.query(sql.byKey, id))[0], await operations.byKey(id), "row"),
      ),
    page: () =>
      firstWrong([0, 500], async (offset) =>
        difference(await plain.query(sql.page, offset), await operations.page(offset), "rows"),
      ),
    search: () =>
      firstWrong(["branc", "FEN", "wixa"], async (term) =>
        difference(
          byId(await plain.query(sql.search, `%${term}%`)),
          byId((await operations.search(term)) as Row[]),
          "rows",
        ),
      ),
    tree: () =>
      firstWrong([5, 4321, 99_999], async (id) => {
        const wanted = { ...(await plain.query(sql.order, id))[0]! };
        wanted.details = byId((await plain.query(sql.details, id)).map(nestDetail));
        const answer = (await operations.tree(id)) as Row & { details: Row[] };
        return difference(wanted, { ...answer, details: byId(answer.details) }, "order");
      }),
    aggregate: () =>
      firstWrong([0, 5000], async (after) =>
        difference(
          await plain.query(sql.aggregate, after, after + 50),
          await operations.aggregate(after, after + 50),
          "rows",
        ),
      ),
    update: async () => {
      await operations.update(17, 4242, 9);
      const text = `select balance, version from accounts where id = ${mark(1)}`;
      return difference([{ balance: 4242, version: 9 }], await plain.query(text, 17), "row");
    },
    transaction: async () => {
      const text = "select balance from accounts where id in (3, 8) order by id";
      const before = (await plain.query(text)) as { balance: number }[];
      const row = auditRow(random);
      await operations.transaction(3, 8, 25, row);
      const wanted = [{ balance: before[0]!.balance - 25 }, { balance: before[1]!.balance + 25 }];
      return (
        difference(wanted, await plain.query(text), "accounts") ??
        difference(
          [row],
          await plain.query(`select ${auditColumns} from audit order by id desc limit 1`),
          "audit",
        )
      );
    },
    insert: async () => {
      const row = auditRow(random);
      const id = await operations.insert(row);
      if (typeof id !== "number") return `answered an id that is a ${typeof id}`;
      return difference(
        [row],
        await plain.query(`select ${auditColumns} from audit where id = ${mark(1)}`, id),
        "row",
      );
    },
    bulk: async () => {
      const rows = Array.from({ length: 1000 }, () => auditRow(random));
      const [{ last } = { last: 0 }] = await plain.query(
        "select coalesce(max(id), 0) as last from audit",
      );
      await operations.bulk(rows);
      const text = `select ${auditColumns} from audit where id > ${mark(1)} order by id`;
      return difference(rows, await plain.query(text, last), "rows");
    },
  };

  const wrong: string[] = [];
  for (const [name, check] of Object.entries(checks)) {
    try {
      const difference_ = await check();
      if (difference_ !== undefined) wrong.push(`${name} ${difference_}`);
    } catch (error) {
      wrong.push(`${name} threw ${String((error as Error)?.stack ?? error).slice(0, 500)}`);
    }
  }
  await plain.end();
  return wrong;
}

/** A connection of its own, by the bare driver. */
export async function openPlain(database: Database, targets: Targets): Promise<Plain> {
  if (database === "sqlite") {
    const { DatabaseSync } = await import("node:sqlite");
    const db = new DatabaseSync(targets.sqlite!.file);
    db.exec("pragma busy_timeout = 5000");
    return {
      query: async (text, ...values) => db.prepare(text).all(...(values as number[])) as Row[],
      end: () => db.close(),
    };
  }
  if (database === "postgres") {
    const { default: pg } = await import("pg");
    const client = new pg.Client(targets.postgres!);
    await client.connect();
    return {
      query: async (text, ...values) => (await client.query(text, values)).rows as Row[],
      end: () => client.end(),
    };
  }
  const { default: mysql } = await import("mysql2/promise");
  const connection = await mysql.createConnection({ ...targets.mariadb!, timezone: "Z" });
  return {
    query: async (text, ...values) => (await connection.query(text, values))[0] as Row[],
    end: () => connection.end(),
  };
}

async function firstWrong<T>(
  inputs: readonly T[],
  check: (input: T) => Promise<string | undefined>,
): Promise<string | undefined> {
  for (const input of inputs) {
    const wrong = await check(input);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

export function byId(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => Number(a.id) - Number(b.id));
}

/** Where the answer differs from what was wanted, or `undefined`. More properties than wanted are allowed. */
export function difference(wanted: unknown, answer: unknown, at: string): string | undefined {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(answer) || answer.length !== wanted.length) {
      return `${at}: ${wanted.length} wanted, ${Array.isArray(answer) ? answer.length : typeof answer} answered`;
    }
    return firstDifference(wanted.keys(), (key) =>
      difference(wanted[key], answer[key], `${at}[${key}]`),
    );
  }
  if (typeof wanted === "object" && wanted !== null && !(wanted instanceof Date)) {
    if (typeof answer !== "object" || answer === null)
      return `${at}: an object wanted, ${String(answer)} answered`;
    return firstDifference(Object.keys(wanted), (key) =>
      difference((wanted as Row)[key], (answer as Row)[key], `${at}.${key}`),
    );
  }
  const [a, b] = [normal(wanted), normal(answer)];
  return a === b
    ? undefined
    : `${at}: ${JSON.stringify(a)} wanted, ${JSON.stringify(b)} (${typeof answer}) answered`;
}

function firstDifference<Key>(
  keys: Iterable<Key>,
  compare: (key: Key) => string | undefined,
): string | undefined {
  for (const key of keys) {
    const found = compare(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Sums of fractions may differ in their last digits, as they are added in another order. */
function normal(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  return typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value;
}
