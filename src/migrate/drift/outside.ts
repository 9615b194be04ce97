/** Foreign keys of a live database that lead out of what is looked at: no declaration can say them, and nothing drops them. */

import type { ForeignObject } from "../../dialect/server/introspector.ts";
import type { ForeignKeyModel, Model } from "../../schema/model.ts";
import { keyOf } from "../../schema/moves.ts";

function targetOf({ target, targetSchema }: ForeignKeyModel): string {
  return keyOf({
    name: target,
    ...(targetSchema !== undefined && { schema: targetSchema }),
  });
}

/** Its tables, and those at which its foreign keys point. */
export function tablesIn({ tables }: Model): Set<string> {
  return new Set(
    tables.flatMap((table) => [keyOf(table), ...table.foreignKeys.map((key) => targetOf(key))]),
  );
}

/** @param known The tables that may be pointed at. */
export function withoutOutside(
  live: Model,
  known: ReadonlySet<string>,
): { readonly model: Model; readonly outside: readonly ForeignObject[] } {
  const outside: ForeignObject[] = [];
  const tables = live.tables.map((table) => {
    const foreignKeys = table.foreignKeys.filter((key) => known.has(targetOf(key)));
    if (foreignKeys.length === table.foreignKeys.length) return table;
    for (const key of table.foreignKeys) {
      if (known.has(targetOf(key))) continue;
      const place =
        key.targetSchema === undefined ? key.target : `${key.targetSchema}.${key.target}`;
      outside.push({
        kind: "foreign key",
        name: key.name,
        ...(table.schema !== undefined && { schema: table.schema }),
        table: table.name,
        detail: `to ${place}`,
      });
    }
    return { ...table, foreignKeys };
  });
  return { model: { ...live, tables }, outside };
}
