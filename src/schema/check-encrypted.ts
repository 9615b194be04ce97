import type { LogicalType } from "../ast/logical-type.ts";
import { isSealed } from "../ast/sealed.ts";
import { ConfigError } from "../core/error.ts";
import type { ColumnSpec } from "./column.ts";

/** The column's type bound to its place, where nothing else was said. */
export function boundType(
  table: string,
  key: string,
  { givenName, type }: ColumnSpec,
): LogicalType {
  if (!isSealed(type) || type.sealed.context !== "") return type;
  return { ...type, sealed: { ...type.sealed, context: `${table}.${givenName ?? key}` } };
}

/** @throws {ConfigError} `E_SCHEMA` for what the database would have to read the values for. */
export function checkEncrypted(where: string, spec: ColumnSpec): void {
  if (!isSealed(spec.type)) return;
  const isKey = spec.isPrimaryKey || spec.references !== undefined || spec.isAutoIncrement;
  const isMade = spec.default !== undefined || spec.generated !== undefined;
  const isUnique = spec.unique !== false || spec.liveUnique !== undefined;
  const complain = (what: string, hint: string): never => {
    throw new ConfigError(`${where} is encrypted, and ${what}.`, { code: "E_SCHEMA", hint });
  };
  if (isKey) complain("can't be a primary or a foreign key", "Give the table a key of its own.");
  if (isMade || spec.keeps !== undefined || spec.scope !== undefined)
    complain(
      "can't be filled by the database",
      "Let the program make the value: .$default(() => …).",
    );
  if (isUnique && !spec.type.sealed.isDeterministic)
    complain(
      "is another value each time",
      "Declare it encrypted({ deterministic: true }).unique().",
    );
}
