/** Which outbox a database has. The other parts of this room reach it by the client that they are given. */

import { transactionOf } from "../connect/transaction/local-settings.ts";
import type { TransactionRunner } from "../connect/transaction/transaction.ts";
import { ConfigError, InvalidValueError } from "../core/error.ts";
import type { Executor } from "../query/client.ts";
import type { PlanCache } from "../query/plan.ts";
import type { Scope } from "../query/run.ts";
import type { AnySchema } from "../schema/schema.ts";
import { infoOf, type AnyTable } from "../schema/table.ts";
import type { OutboxCore } from "./core.ts";

const cores = new WeakMap<PlanCache, OutboxCore>();

/** What a client works with, which only Plinth's own parts get. */
export function scopeOf(executor: Executor): Scope {
  return executor["scope"];
}

/** The outbox of the database, where it has one. */
export function outboxOf({ plans }: Scope): OutboxCore | undefined {
  return cores.get(plans);
}

/** @returns what ends it. */
export function attach({ plans }: Scope, core: OutboxCore): () => void {
  cores.set(plans, core);
  plans.durable = core;
  return () => {
    if (plans.durable !== core) return;
    plans.durable = undefined;
    cores.delete(plans);
  };
}

/**
 * Records an entry in the transaction of the scope; it is delivered after its commit.
 *
 * @returns its id.
 * @throws {InvalidValueError} outside of a transaction, and in one of another database.
 */
export function recordEntry(
  core: OutboxCore,
  scope: Scope,
  topic: string,
  payload: unknown,
): string {
  if (scope.plans.engine !== core.db["~engine"])
    throw new InvalidValueError("The transaction is of another database than the outbox.");
  return core.record(requireTransaction(scope, "An entry of the outbox"), topic, payload);
}

/** @throws {InvalidValueError} outside of a transaction. */
export function requireTransaction({ runner }: Scope, what: string): TransactionRunner {
  const own = transactionOf(runner);
  if (own !== undefined) return own;
  throw new InvalidValueError(`${what} belongs to a transaction.`, {
    hint: "Pass the tx of db.transaction().",
  });
}

/**
 * @param tables By the names that they have in the export, such as `outboxTables`.
 * @param exported The name of the export.
 * @throws {ConfigError} `E_SCHEMA` for a schema that lacks one of them.
 */
export function requireTables(
  schema: AnySchema | undefined,
  tables: Readonly<Record<string, AnyTable>>,
  exported: string,
): void {
  const known = new Set(Object.values(schema?.tables ?? {}).map((table) => infoOf(table)));
  const missing = Object.values(tables).find((table) => !known.has(infoOf(table)));
  if (missing === undefined) return;
  throw new ConfigError(`The schema has no table "${infoOf(missing).table}".`, {
    code: "E_SCHEMA",
    hint:
      `Spread ${exported} of "plinth/outbox" among the tables of defineSchema(), pass the schema to connect(), ` +
      "and bring them by plinth migrate generate.",
  });
}
