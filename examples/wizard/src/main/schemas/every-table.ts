import { ConfigError, softDelete, timestamps, uuidv7, varchar } from "plinth";

/** A key as text. Times are in it, so that rows which were made one after another stand beside one another. */
export const idColumn = () => varchar({ length: 36 });

/** Unix seconds on SQLite, as there are rows of that kind already. */
const inSeconds = { precision: 0, storage: { sqlite: "seconds" } } as const;

/** The key of a row: made by the program, as one that can be written down before the row is. */
export const keyColumn = () => idColumn().primaryKey().$default(uuidv7);

/** What every table has beside its key: when a row was made and changed, and when and by whom it was deactivated. */
export const baseColumns = () => ({
  ...timestamps(inSeconds),
  ...softDelete({ column: "deactivatedAt", by: { deactivatedBy: idColumn() }, ...inSeconds }),
});

const baseKeys = ["id", ...Object.keys(baseColumns())];

/**
 * Refuses a schema with a table that lacks one of them, so that nobody forgets.
 *
 * @throws {ConfigError} `E_SCHEMA`, naming the table and the columns.
 */
export function requireBaseColumns(tables: Readonly<Record<string, object>>): void {
  for (const [name, table] of Object.entries(tables)) {
    const missing = baseKeys.filter((key) => !Object.hasOwn(table, key));
    if (missing.length === 0) continue;
    throw new ConfigError(`Table "${name}" lacks ${missing.join(", ")}.`, {
      code: "E_SCHEMA",
      hint: "Give it id: keyColumn(), and spread ...baseColumns() among its columns.",
    });
  }
}
