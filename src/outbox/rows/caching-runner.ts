/**
 * Answers reads from a cache. What is kept is what the driver gave, before it is decoded: what is encrypted stays so, and
 * everybody gets rows of their own.
 */

import type { OpenStream, Runner, StreamRequest } from "../../connect/source.ts";
import { transactionOf } from "../../connect/transaction/local-settings.ts";
import { UnsupportedError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { QueryDialect } from "../../dialect/dialect.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  Reads,
  WriteResult,
} from "../../dialect/driver.ts";
import { isOwnTable } from "../../query/follow/followers.ts";
import type { Cache, CacheEntryOptions } from "../../services/cache/cache.ts";
import { keptCells } from "./kept-cells.ts";
import { keyOfResult } from "./result-key.ts";
import { tagOfQueries, type RowTags } from "./tags.ts";

export interface CachingOptions {
  /** How long results are kept; undefined: as the cache says. */
  readonly ttlMs?: number | undefined;
  /** Further tags. */
  readonly tags?: readonly string[] | undefined;
  /** What a row by its key stands and falls with. */
  readonly row?: RowTags | undefined;
}

function refuse(dialect: QueryDialect, feature: string, instead: string): never {
  throw new UnsupportedError({ dialect: dialect.name, feature, instead });
}

/** @throws {UnsupportedError} for a read of which it isn't known when it is void. */
export function checkReads(dialect: QueryDialect, { tables, unknown }: Reads): void {
  if (unknown !== undefined) {
    refuse(
      dialect,
      `caching what reads "${unknown}", of which nobody knows the tables`,
      "Declare the view's query by .as((q) => …), run npx plinth check for SQL by hand, or keep it by cache.getOrLoad().",
    );
  }
  const own = tables.find(isOwnTable);
  if (own !== undefined)
    refuse(
      dialect,
      `caching what reads "${own}", which is Plinth's own`,
      "Read it without a cache.",
    );
}

/** What a result of a query stands and falls with. */
export function entryOptions(
  { isOfOneTable, tables }: Reads,
  { row, tags = [], ttlMs }: CachingOptions,
): CacheEntryOptions {
  const ttl = ttlMs === undefined ? {} : { ttlMs };
  if (row !== undefined && isOfOneTable)
    return { ...ttl, tags: [...row.tags, ...tags], tagsOfNothing: row.tagsOfNothing };
  return { ...ttl, tags: [...tables.map(tagOfQueries), ...tags] };
}

export class CachingRunner implements Runner {
  readonly beneath: Runner;
  readonly #dialect: QueryDialect;
  readonly #cache: Cache;
  readonly #options: CachingOptions;

  constructor(beneath: Runner, dialect: QueryDialect, cache: Cache, options: CachingOptions) {
    this.beneath = beneath;
    this.#dialect = dialect;
    this.#cache = cache;
    this.#options = options;
  }

  #read<Result extends readonly unknown[] | undefined>(
    form: "row" | "rows",
    statement: DriverStatement,
    parameters: readonly unknown[],
    load: () => MaybePromise<Result>,
    keep: (loaded: Result) => Result,
  ): MaybePromise<Result> {
    const { reads } = statement;
    // What locks is a write to drivers; and a transaction sees what isn't committed, or what is the past.
    if (reads === undefined || statement.isWrite || transactionOf(this.beneath) !== undefined)
      return load();
    checkReads(this.#dialect, reads);
    const key = keyOfResult(this.#dialect, this.beneath, { statement, reads, parameters, form });
    const loadKept = async (): Promise<Result> => keep(await load());
    return this.#cache.getOrLoad(key, loadKept, entryOptions(reads, this.#options));
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]> {
    const load = (): MaybePromise<readonly Cells[]> => this.beneath.rows(statement, parameters);
    return this.#read("rows", statement, parameters, load, (rows) => rows.map(keptCells));
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined> {
    const load = (): MaybePromise<Cells | undefined> => this.beneath.row(statement, parameters);
    return this.#read("row", statement, parameters, load, (cells) => cells && keptCells(cells));
  }

  // What follows isn't cached.

  write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult> {
    return this.beneath.write(statement, parameters);
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult> {
    return this.beneath.named(statement, parameters);
  }

  script(text: string): MaybePromise<void> {
    return this.beneath.script(text);
  }

  alone<Result>(
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    return this.beneath.alone(isWrite, work);
  }

  stream(request: StreamRequest): Promise<OpenStream> {
    return this.beneath.stream(request);
  }
}
