import { ColumnBuilder, plainSpec } from "./column.ts";
import { integer } from "./types.ts";

/**
 * A column that counts the writes of its row: 1 at the insert, one more with every update by Plinth, whichever way it is
 * written. An update that names the version which it read, by `.version(n)`, fails with `E_STALE` when the row has changed
 * since.
 *
 * @param name The column's name in the database, where it isn't the key in snake case.
 */
export function version(name?: string): ColumnBuilder<number, "default" | "version"> {
  const { type } = integer().spec;
  return new ColumnBuilder({
    ...plainSpec(type, name),
    nullable: false,
    default: { kind: "value", value: 1 },
    keeps: "version",
  });
}
