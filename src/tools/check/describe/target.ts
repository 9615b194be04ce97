/** The databases that a project is for, and what its migrations make there. */

import { createHash } from "node:crypto";
import type { Dialect } from "../../../dialect/dialect.ts";
import { familyOf } from "../../../migrate/diff/plan.ts";
import type { Migration } from "../../../migrate/migration.ts";
import { renderTables } from "../../../migrate/render-tables.ts";
import type { Transaction } from "../../../query/client.ts";
import type { Model } from "../../../schema/model.ts";

export interface Target {
  /** Such as `"postgres"`: so it is called in what is written. */
  readonly family: string;
  readonly dialect: Dialect;
  /** In their order. */
  readonly migrations: readonly Migration<Transaction>[];
  /** What makes the tables of a project without migrations: its declarations. */
  readonly tables: readonly string[];
  /** Those of the declarations besides the connection's own. */
  readonly schemas: readonly string[];
  /** Of all that makes the tables. */
  readonly hash: string;
}

/** Another one, and everything is described again. */
const FORMAT = 1;

/** @param declared Undefined for a project that declares no tables. */
export function targetOf(
  dialect: Dialect,
  migrations: readonly Migration<Transaction>[],
  declared: Model | undefined,
): Target {
  const hasMigrations = migrations.length > 0;
  const tables = hasMigrations || declared === undefined ? [] : renderTables(declared, dialect);
  const all = [...(declared?.tables ?? []), ...(declared?.views ?? [])];
  const schemas = [...new Set(all.flatMap(({ schema }) => schema ?? []))];
  const steps = migrations.map(({ name, up }) => [name, up.checksum]);
  const hash = createHash("sha256")
    .update(JSON.stringify([FORMAT, steps, tables, ...schemas]))
    .digest("hex");
  return { family: familyOf(dialect), dialect, migrations, tables, schemas, hash };
}
