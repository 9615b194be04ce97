/** Whether one migration makes what many make: both are applied to a scratch database each, and what is there is compared. */

import { inspect } from "../connect/inspect.ts";
import { withSession } from "../connect/with-session.ts";
import { changesToMend, snapshotOfModel } from "../migrate/drift/mending.ts";
import { differencesOf } from "../migrate/drift/words.ts";
import type { Migration } from "../migrate/migration.ts";
import { applyMigrations } from "../migrate/run/runner.ts";
import type { SquashedSide } from "../migrate/squash/plan-squash.ts";
import type { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";
import type { Model } from "../schema/model.ts";
import { onScratch, refuseReaching, type ScratchOptions } from "./on-scratch.ts";

export interface Proof {
  /** What differs in the catalogue; nothing where both are the same. */
  readonly differences: readonly string[];
  /** Tables whose number of rows is another one. */
  readonly rows: readonly {
    readonly table: string;
    readonly before: number;
    readonly after: number;
  }[];
  /** How many tables were compared. */
  readonly tableCount: number;
}

interface Made {
  readonly model: Model;
  /** What no declaration can say, each as one text. */
  readonly others: ReadonlySet<string>;
  readonly counts: ReadonlyMap<string, number>;
}

function schemasOf({ enums, tables, views = [] }: Model): string[] {
  return [...new Set([...enums, ...tables, ...views].map(({ schema = "" }) => schema).concat(""))];
}

function read(db: Database, schemas: readonly string[]): Promise<Made> {
  return withSession(db, async (session) => {
    const { model, others } = await inspect(session, { schemas });
    const counts = new Map<string, number>();
    for (const { name, source } of await session.askRaw(session.dialect.migrations.tables)) {
      if (name === "plinth_migrations") continue;
      const [row] = await session.askRaw(`select count(*) as n from ${String(source)}`);
      counts.set(String(name), Number(row?.["n"]));
    }
    const told = others.map(({ detail, kind, name, schema, table }) =>
      [kind, [schema, table, name].filter((part) => part !== undefined).join("."), detail]
        .filter((part) => part !== undefined)
        .join(" "),
    );
    return { model, others: new Set(told), counts };
  });
}

function make(
  options: ScratchOptions,
  migrations: readonly Migration<Transaction>[],
  schemas: readonly string[],
): Promise<Made> {
  return onScratch(options, async (db, scratch) => {
    refuseReaching(migrations, scratch, db["~engine"].dialect);
    await applyMigrations(db, migrations);
    return read(db, scratch.hasSchemas ? schemas : [""]);
  });
}

export async function proveSquash(
  { after, before, dialect }: SquashedSide<Transaction>,
  declared: Model,
  options: ScratchOptions,
): Promise<Proof> {
  const schemas = schemasOf(declared);
  const many = await make(options, before, schemas);
  const one = await make(options, after, schemas);
  const changes = changesToMend(one.model, snapshotOfModel(many.model, dialect), dialect);
  const tables = new Set([...many.counts.keys(), ...one.counts.keys()]);
  return {
    differences: [
      ...differencesOf(changes).map(({ text }) => text),
      ...[...many.others]
        .filter((text) => !one.others.has(text))
        .map((text) => `${text} is missing`),
      ...[...one.others]
        .filter((text) => !many.others.has(text))
        .map((text) => `${text} is not expected`),
    ],
    rows: [...tables].flatMap((table) => {
      const counts = { before: many.counts.get(table) ?? 0, after: one.counts.get(table) ?? 0 };
      return counts.before === counts.after ? [] : [{ table, ...counts }];
    }),
    tableCount: tables.size,
  };
}
