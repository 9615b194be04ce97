/** What the cases of the suite are made with. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { EncryptionSettings } from "../../connect/cipher.ts";
import type { Capabilities } from "../../dialect/capabilities.ts";
import { createTables } from "../../migrate/create-tables.ts";
import type { AuditOptions } from "../../query/audit/trail.ts";
import type { Database } from "../../query/database.ts";
import type { CheckedQueries } from "../../query/checked/module.ts";
import type { TableHooks } from "../../query/watch/hooks.ts";
import type { Naming } from "../../schema/naming.ts";
import { defineSchema, type AnySchema, type TableMap } from "../../schema/schema.ts";
import { infoOf } from "../../schema/table.ts";

/** The few matchers that the suite uses; those of vitest, Jest and the package `expect` have them. */
export interface Matchers {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: object): void;
}

export type Expect = (actual: unknown, message?: string) => Matchers;

/** An empty database that nobody else uses. */
export interface PrivateDatabase {
  readonly url: string;
  /** Removes it. */
  drop(): Promise<void>;
}

/**
 * A part of a constraint error that a server doesn't tell, and that the declarations don't give either. Where a case
 * would find it, it asserts that it is undefined, never wrong.
 */
export type Untold =
  | `foreign key${"" | " of a parent"}: ${"columns" | "constraint" | "table"}`
  | "not null in SQL by hand: table";

/** The options of `connect` that cases give. */
export interface ConnectSettings {
  readonly schema?: AnySchema;
  readonly naming?: Naming;
  readonly ambientTransactions?: boolean;
  readonly cursorSecret?: string | readonly string[];
  readonly encryption?: EncryptionSettings;
  readonly hooks?: readonly TableHooks[];
  readonly audit?: AuditOptions;
  readonly queries?: Pick<CheckedQueries, "~checked">;
}

export interface ConformanceOptions {
  /** Registers a case: vitest's `test`, or that of node:test. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Registers what follows the cases: vitest's `afterAll`, or node:test's `after`. */
  readonly after: (run: () => Promise<void>) => unknown;
  readonly expect: Expect;
  /** Groups cases; without it their names begin with the group's. */
  readonly describe?: (name: string, define: () => void) => unknown;
  /** `connect` of the package. */
  readonly connect: (url: string, options?: ConnectSettings) => Promise<Database>;
  readonly open: () => Promise<PrivateDatabase>;
  /** What the server's errors leave out. Default: nothing. */
  readonly untold?: readonly Untold[];
}

export interface CaseContext<S extends AnySchema = AnySchema> {
  /** A connected database in which the group's tables are empty. */
  readonly db: Database<S>;
  readonly can: Capabilities;
}

export type RunCase<S extends AnySchema = AnySchema> = (context: CaseContext<S>) => Promise<void>;

export interface DefineCase<S extends AnySchema = AnySchema> {
  (name: string, run: RunCase<S>): void;
  /** A case for which a database needs an ability; where that is missing, the case must end in `E_UNSUPPORTED`. */
  needing(has: (can: Capabilities) => boolean, name: string, run: RunCase<S>): void;
}

export interface Kit {
  readonly expect: Expect;
  readonly untold: ReadonlySet<Untold>;
  /** Cases that share a database and its tables, which are empty at the beginning of each. */
  group(name: string, tables: TableMap, define: (test: DefineCase) => void): void;
  /** The same on a database that knows the schema's relations. */
  schemaGroup<S extends AnySchema>(
    name: string,
    schema: S,
    define: (test: DefineCase<S>) => void,
    settings?: ConnectSettings,
  ): void;
  /** Runs `work` on a database of its own. */
  alone(work: (db: Database) => Promise<void>, options?: ConnectSettings): Promise<void>;
}

/** Runs something as if it were asked for outside of the transaction inside whose callback it stands. */
export const outside: <Result>(work: () => Result) => Result = AsyncLocalStorage.snapshot();

/** What a promise was rejected with, or a function threw. */
export async function failureOf(work: PromiseLike<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    return error;
  }
  throw new Error("It succeeded, and was to fail.");
}

/** Longer than whatever cases wait for. */
const PATIENCE_MS = 10_000;

/** Waits for what comes by itself. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error("It did not come to be so in time.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Opened {
  readonly db: Database;
  close(): Promise<void>;
}

export function createKit(options: ConformanceOptions): Kit {
  const { expect, test } = options;

  async function open(settings: ConnectSettings = {}): Promise<Opened> {
    const own = await options.open();
    try {
      const db = await options.connect(own.url, settings);
      const close = async (): Promise<void> => {
        await db.close();
        await own.drop();
      };
      return { db, close };
    } catch (error) {
      await own.drop();
      throw error;
    }
  }

  function schemaGroup<S extends AnySchema>(
    name: string,
    declared: S,
    define: (test: DefineCase<S>) => void,
    settings: ConnectSettings = {},
  ): void {
    let opening: Promise<Opened> | undefined;
    const start = async (): Promise<Opened> => {
      const opened = await open({ ...settings, schema: declared });
      if (Object.keys(declared.tables).length > 0) await createTables(opened.db, declared);
      return opened;
    };
    const context = async (): Promise<CaseContext<S>> => {
      const opened = await (opening ??= start());
      // It was opened with the schema.
      const db = opened.db as unknown as Database<S>;
      for (const table of Object.values(declared.tables).toReversed()) {
        const [first, ...others] = infoOf(table).scopes.map(({ name }) => name);
        const emptied = db.delete(table).hard();
        await (first === undefined ? emptied : emptied.without(first, ...others)).all();
      }
      return { db, can: db.can };
    };
    const title = (of: string): string => (options.describe === undefined ? `${name}: ${of}` : of);
    const plain = (of: string, run: RunCase<S>): void => {
      test(title(of), async () => run(await context()));
    };
    const needing: DefineCase<S>["needing"] = (has, of, run) => {
      test(title(of), async () => {
        const given = await context();
        if (has(given.can)) await run(given);
        else expect(await failureOf(() => run(given))).toMatchObject({ code: "E_UNSUPPORTED" });
      });
    };
    (options.describe ?? ((_, run) => run()))(name, () => {
      define(Object.assign(plain, { needing }));
      options.after(async () => {
        await (await opening)?.close();
      });
    });
  }

  return {
    expect,
    untold: new Set(options.untold),
    group: (name, tables, define) => schemaGroup(name, defineSchema(tables), define),
    schemaGroup,
    async alone(work, settings) {
      const { db, close } = await open(settings);
      try {
        await work(db);
      } finally {
        await close();
      }
    },
  };
}
