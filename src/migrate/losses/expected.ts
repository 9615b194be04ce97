/** What a migration expects the tables to be that it makes anew. */

import type { Dialect } from "../../dialect/dialect.ts";
import { splitScript } from "../../dialect/text/split-script.ts";
import { modelOfDatabase } from "../drift/mending.ts";
import type { Migration } from "../migration.ts";
import { renderTables } from "../render-tables.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { tableStatement } from "./table-statements.ts";
import { TableTexts } from "./table-texts.ts";

/** By their names in small letters. */
export type ExpectedTables = ReadonlyMap<string, string>;

/** The tables of a snapshot, as the database would make them. */
export function tablesOfSnapshot(snapshot: Snapshot, dialect: Dialect): ExpectedTables {
  const texts = renderTables(modelOfDatabase(snapshot, dialect), dialect);
  return new Map(
    texts.flatMap((text) => {
      const { kind, names = [] } = tableStatement(text) ?? {};
      return kind === "create" ? [[names[0]!, text] as const] : [];
    }),
  );
}

/** Those that SQL puts in the place of others: what it leads back to. */
function tablesRemade(sql: string | undefined, { lexis }: Dialect): ExpectedTables {
  const texts = splitScript(sql ?? "", lexis).map(({ text }) => text);
  // Every table may be there that is renamed or dropped.
  const named = texts.flatMap((text) => tableStatement(text)?.names[0] ?? []);
  const tables = new TableTexts(named.map((name) => [name, ""]));
  const made = texts.flatMap((text) => tables.apply(text) ?? []);
  return new Map(
    made.map(({ after, before }) => [tables.nameOf(before.origin), after.text] as const),
  );
}

/** By the folder's snapshot, or by the other way of the migration, which makes again what was before. */
export function expectedTables<Tx>(
  migration: Migration<Tx>,
  way: "down" | "up",
  dialect: Dialect,
): ExpectedTables {
  const snapshot = way === "up" ? migration.schema?.before() : migration.schema?.after();
  if (snapshot !== undefined) return tablesOfSnapshot(snapshot, dialect);
  return tablesRemade(way === "up" ? migration.down?.sql : migration.up.sql, dialect);
}
