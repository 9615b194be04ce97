import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { MaybePromise } from "../../../core/maybe-promise.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../../../dialect/driver.ts";
import { isBusy } from "../errors.ts";
import { allOf, firstOf, runWith, type Scalar } from "./calls.ts";
import { SqliteCursor } from "./cursor.ts";
import { addRangeChecks } from "../ddl/ranges.ts";
import { foldCase, matchesPattern } from "../query/pattern.ts";

/** What `connect` read from the URL. */
export interface SqliteSettings {
  /** A path, or `":memory:"`. */
  readonly file: string;
  readonly isReadOnly: boolean;
  /** `"full"`, the default, survives a power cut; `"normal"` may lose the last commits in one, and never breaks the file. */
  readonly durability: "full" | "normal";
  /** `"exclusive"` keeps the file to this process and halves the time of a small read. */
  readonly locking: "normal" | "exclusive";
  /** The page cache of a connection, in KiB; undefined leaves SQLite's own, 2 MiB. */
  readonly cacheKib: number | undefined;
}

function cachePragma({ cacheKib }: SqliteSettings): string {
  return cacheKib === undefined ? "" : `pragma cache_size = -${cacheKib};`;
}

/**
 * What the writer's connection runs before anything else. It reads the file, and so must wait while another process
 * opens or recovers it; opening a connection can't wait.
 */
export function setUpScript(settings: SqliteSettings): string | undefined {
  if (settings.isReadOnly) return undefined;
  if (settings.file === ":memory:") return cachePragma(settings) || undefined;
  return `${cachePragma(settings)} pragma synchronous = ${settings.durability}; pragma journal_mode = wal`;
}

/** A column of a statement, and the one of a table that it is, if it is one. */
export interface StatementColumn {
  readonly name: string;
  readonly table: string | null;
  readonly column: string | null;
}

function addFunctions(database: DatabaseSync): void {
  const options = { deterministic: true };
  const text = (convert: (value: string) => string) => (value: Scalar) =>
    typeof value === "string" ? convert(value) : value;
  database.function(
    "plinth_lower",
    options,
    text((value) => value.toLowerCase()),
  );
  database.function(
    "plinth_upper",
    options,
    text((value) => value.toUpperCase()),
  );
  // Of the text of an array with one number.
  database.function("plinth_number", options, (value: Scalar) =>
    Number(String(value).slice(1, -1)),
  );
  const match = (convert: (value: string) => string) => (pattern: Scalar, value: Scalar) =>
    pattern === null || value === null
      ? null
      : matchesPattern(convert(String(pattern)), convert(String(value)))
        ? 1
        : 0;
  database.function(
    "plinth_like",
    options,
    match((value) => value),
  );
  database.function("plinth_ilike", options, match(foldCase));
  addRangeChecks(database);
}

/** Statements that come with every transaction are kept prepared. */
const MAX_KEPT_SCRIPTS = 16;

interface KeptScript {
  readonly statement: StatementSync;
  /** Whether a transaction is open behind it; undefined where that depends on what is before it. */
  readonly isOpen: boolean | undefined;
}

export class SqliteConnection implements Connection {
  isAlive = true;
  readonly waitingFor = undefined;
  readonly hasRefusedWrite = false;
  readonly #database: DatabaseSync;
  /** By the statement's id. */
  #kept: (StatementSync | undefined)[] = [];
  /** Those that are read from. */
  readonly #cursors = new Set<SqliteCursor>();
  readonly #scripts = new Map<string, KeptScript>();
  #isInTransaction = false;
  doom: unknown;

  /** @param image What a database in memory holds at its beginning, as the bytes of a file. */
  constructor(settings: SqliteSettings, isReadOnly: boolean, image?: Uint8Array) {
    // Waiting for another process's lock inside SQLite would stop the event loop, so the wait is done outside.
    this.#database = new DatabaseSync(settings.file, { readOnly: isReadOnly, timeout: 0 });
    if (image !== undefined) this.#database.deserialize(image);
    addFunctions(this.#database);
    if (settings.locking === "exclusive") this.#database.exec("pragma locking_mode = exclusive");
    if (isReadOnly) this.#database.exec(cachePragma(settings));
  }

  #prepare(statement: DriverStatement): StatementSync {
    if (statement.isWrite && this.#cursors.size > 0) this.#keepFromWrites();
    if (this.doom !== undefined) throw this.doom;
    const kept = this.#kept[statement.id];
    if (kept !== undefined) return kept;
    const prepared = this.#database.prepare(statement.text);
    prepared.setReturnArrays(true);
    if (statement.isWide) prepared.setReadBigInts(true);
    if (statement.isKept) this.#kept[statement.id] = prepared;
    return prepared;
  }

  rows(statement: DriverStatement, parameters: readonly Scalar[]): readonly Cells[] {
    try {
      // With arrays switched on, rows are arrays, which the types of Node don't tell.
      return allOf(this.#prepare(statement), parameters) as unknown as Cells[];
    } catch (error) {
      return this.#fail(error);
    }
  }

  row(statement: DriverStatement, parameters: readonly Scalar[]): Cells | undefined {
    try {
      return firstOf(this.#prepare(statement), parameters) as unknown as Cells | undefined;
    } catch (error) {
      return this.#fail(error);
    }
  }

  write(statement: DriverStatement, parameters: readonly Scalar[]): WriteResult {
    try {
      const { changes, lastInsertRowid } = runWith(this.#prepare(statement), parameters);
      return { affectedRows: Number(changes), insertId: lastInsertRowid };
    } catch (error) {
      return this.#fail(error);
    }
  }

  named(statement: DriverStatement, parameters: readonly Scalar[]): NamedResult {
    try {
      const prepared = this.#prepare(statement);
      const names = prepared.columns().map((column) => column.name);
      if (names.length === 0) {
        return { names, rows: [], affectedRows: Number(prepared.run(...parameters).changes) };
      }
      const rows = prepared.all(...parameters) as unknown as Cells[];
      return { names, rows, affectedRows: rows.length };
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** The columns of a statement that isn't run. */
  describe(text: string): readonly StatementColumn[] {
    return this.#database.prepare(text).columns();
  }

  cursor(statement: DriverStatement, parameters: readonly Scalar[]): SqliteCursor {
    if (this.doom !== undefined) throw this.doom;
    // Of its own, as a statement that runs again begins anew.
    const prepared = this.#database.prepare(statement.text);
    prepared.setReturnArrays(true);
    if (statement.isWide) prepared.setReadBigInts(true);
    const cursor = new SqliteCursor(prepared, parameters, this.#cursors);
    this.#cursors.add(cursor);
    return cursor;
  }

  /** What is written on the same connection would be seen by whoever reads on, or not: SQLite leaves that open. */
  #keepFromWrites(): void {
    for (const cursor of this.#cursors) cursor.readRest();
  }

  script(text: string): void {
    if (this.#cursors.size > 0) this.#keepFromWrites();
    if (text === "rollback") this.doom = undefined;
    if (this.doom !== undefined) throw this.doom;
    try {
      this.#isInTransaction = this.#runScript(text) ?? this.#database.isTransaction;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A full disk, or a trigger that says so, ends a transaction; another process that writes makes it useless. */
  #fail(error: unknown): never {
    if (this.#isInTransaction && this.isAlive) {
      this.#isInTransaction = this.#database.isTransaction;
      if (!this.#isInTransaction || isBusy(error)) this.doom = error;
    }
    throw error;
  }

  /** @returns whether a transaction is open then, where the text tells. */
  #runScript(text: string): boolean | undefined {
    let script = this.#scripts.get(text);
    if (script === undefined) {
      const [, verb] = /^(begin|commit|rollback|savepoint|release)\b[^;]*$/.exec(text) ?? [];
      if (verb === undefined) {
        this.#database.exec(text);
        return undefined;
      }
      const isOpen = verb === "begin" ? true : verb === "commit" ? false : undefined;
      script = { statement: this.#database.prepare(text), isOpen };
      if (this.#scripts.size < MAX_KEPT_SCRIPTS) this.#scripts.set(text, script);
    }
    // Not `run`, which makes an object of what was written.
    script.statement.get();
    return script.isOpen;
  }

  /** What runs in this process is done before anybody can ask. */
  cancel(): void {}

  alone<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
    return work();
  }

  forget(): void {
    this.#kept = [];
  }

  cut(): void {
    this.close();
  }

  close(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    for (const cursor of this.#cursors) cursor.close();
    this.forget();
    this.#scripts.clear();
    this.#database.close();
  }
}
