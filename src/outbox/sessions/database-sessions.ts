/** Sessions in a table of the schema, beside the users whose they are. */

import { systemClock } from "../../core/clock.ts";
import { InvalidValueError, type ConfigError } from "../../core/error.ts";
import { Transaction } from "../../query/client.ts";
import type { Database } from "../../query/database.ts";
import type { AnySchema } from "../../schema/schema.ts";
import { infoOf, type AnyTable } from "../../schema/table.ts";
import {
  checkRules,
  KeptSessions,
  type CheckedRules,
} from "../../services/session/kept-sessions.ts";
import type {
  NewSession,
  Rotation,
  Session,
  SessionRules,
  Sessions,
} from "../../services/session/session.ts";
import {
  DECLARATIONS,
  schemaError,
  sessionFields,
  type SessionColumnMap,
  type SessionFields,
  type UsefulField,
} from "./columns.ts";
import { DatabaseClock } from "./database-clock.ts";
import { TablePlace, type SessionRows, type TableOfSessions } from "./table-place.ts";

export interface DatabaseSessionsOptions extends SessionRules {
  /** Which columns are for what, where they stand under other keys than `sessionColumns()` has. */
  readonly columns?: SessionColumnMap;
  /** A row cache of the same database, from which `find` and `touch` read. Default: they read the table. */
  readonly rows?: SessionRows | undefined;
  /**
   * Whether `rotate` must know tokens that were rotated before, for which the table needs a column `formerHashes`. With false it
   * rotates without one, and a copy of an old token is `"unknown"`, as any other text. Default true.
   */
  readonly detectsReuse?: boolean;
}

/** As those of a store. Every method throws what the database throws: then nobody is known, and nobody gets in. */
export interface DatabaseSessions<Data> extends Sessions<Data> {
  /**
   * The same in a transaction: what it changes is seen by others when that is committed, and not at all when it isn't.
   *
   * @example
   * await db.transaction(async (tx) => {
   *   await tx.update(users).set({ passwordHash }).where(eq(users.id, id));
   *   await sessions.on(tx).revokeAll(id);
   * });
   */
  on(tx: Transaction): Sessions<Data>;
  /** Deletes the rows of those that are over, which nobody finds any more. @returns How many there were. */
  deleteExpired(): Promise<number>;
}

interface Parts extends TableOfSessions {
  readonly rules: CheckedRules;
  readonly rows: SessionRows | undefined;
  readonly detectsReuse: boolean;
}

function missing(table: AnyTable, field: UsefulField, what: string, or = ""): ConfigError {
  return schemaError(
    `The table "${infoOf(table).table}" has no column for ${what}.`,
    `Add ${DECLARATIONS[field]}, as sessionColumns() has it.${or}`,
  );
}

class TableSessions<Data> implements Sessions<Data> {
  readonly #parts: Parts;
  readonly #kept: KeptSessions<Data>;

  constructor(parts: Parts, place: TablePlace) {
    this.#parts = parts;
    this.#kept = new KeptSessions(place, parts.rules);
  }

  #checkData(data: Data): void {
    const { fields, table } = this.#parts;
    if (data !== undefined && fields.data === undefined)
      throw missing(table, "data", "what is kept with a session");
  }

  async create(userId: string, data: Data): Promise<NewSession<Data>> {
    this.#checkData(data);
    return await this.#kept.create(userId, data);
  }

  find(token: string): Promise<Session<Data> | undefined> {
    return this.#kept.find(token);
  }

  touch(token: string): Promise<Session<Data> | undefined> {
    return this.#kept.touch(token);
  }

  async rotate(token: string): Promise<Rotation<Data>> {
    const { detectsReuse, fields, table } = this.#parts;
    if (detectsReuse && fields.formerHashes === undefined) {
      const what = "tokens that were rotated before";
      throw missing(table, "formerHashes", what, " Or say { detectsReuse: false }.");
    }
    return await this.#kept.rotate(token);
  }

  async update(token: string, data: Data): Promise<Session<Data> | undefined> {
    this.#checkData(data);
    return await this.#kept.update(token, data);
  }

  list(userId: string): Promise<readonly Session<Data>[]> {
    return this.#kept.list(userId);
  }

  revoke(userId: string, sessionId: string): Promise<boolean> {
    return this.#kept.revoke(userId, sessionId);
  }

  revokeAll(userId: string, options?: { readonly except?: string }): Promise<number> {
    return this.#kept.revokeAll(userId, options);
  }
}

class ClientSessions<Data> extends TableSessions<Data> implements DatabaseSessions<Data> {
  readonly #parts: Parts;
  readonly #place: TablePlace;

  constructor(parts: Parts, db: Database<AnySchema>) {
    const place = new TablePlace(parts, db, parts.rows, false);
    super(parts, place);
    this.#parts = parts;
    this.#place = place;
  }

  on(tx: Transaction): Sessions<Data> {
    if (!(tx instanceof Transaction)) {
      throw new InvalidValueError("on() takes a transaction.", {
        hint: "Pass the tx of db.transaction().",
      });
    }
    return new TableSessions(this.#parts, new TablePlace(this.#parts, tx, undefined, true));
  }

  deleteExpired(): Promise<number> {
    return this.#place.removeExpired();
  }
}

/** The rules that the columns allow. */
function rulesFor(
  table: AnyTable,
  fields: SessionFields,
  options: DatabaseSessionsOptions,
): CheckedRules {
  const { graceMs = 0, idleMs } = options;
  if (graceMs !== 0 && fields.rotatedAt === undefined)
    throw missing(table, "rotatedAt", "when a token was rotated, which graceMs is about");
  if (graceMs !== 0 && fields.formerHashes === undefined)
    throw missing(table, "formerHashes", "tokens that were rotated before, which graceMs is about");
  if (fields.createdAt !== undefined) return checkRules(options);
  if (fields.usedAt !== undefined)
    throw missing(table, "createdAt", "when a session began, beside when it was used");
  if (idleMs !== undefined)
    throw missing(table, "createdAt", "when a session began, so that idleMs can't put off its end");
  // Its end is all that is known: it stays as it is.
  const rules = checkRules(options);
  return { ...rules, times: { idleMs: Infinity, maxMs: rules.times.maxMs } };
}

/**
 * Sessions of users in a table of the schema. Its columns are those of `sessionColumns()` and `userId`; of a table that is
 * there already `id`, `userId`, `tokenHash` and `expiresAt` are enough, and what needs more is refused.
 *
 * @throws {ConfigError} `E_SCHEMA` where a column is missing, or can't hold what it is for.
 * @example
 * const sessions = createDatabaseSessions<{ device: string }>(db, schema.tables.sessions);
 * const { token } = await sessions.create(user.id, { device: "Firefox on Linux" });
 * const session = await sessions.touch(token);
 */
export function createDatabaseSessions<Data = undefined>(
  db: Database<AnySchema>,
  table: AnyTable,
  options: DatabaseSessionsOptions = {},
): DatabaseSessions<Data> {
  const { columns, detectsReuse = true, rows } = options;
  const fields = sessionFields(table, columns);
  const rules = rulesFor(table, fields, options);
  const clock = new DatabaseClock(systemClock.monotonicMs);
  return new ClientSessions(
    { table, fields, rules, times: rules.times, clock, rows, detectsReuse },
    db,
  );
}
