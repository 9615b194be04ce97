/** A column as it is declared. */

import type { ColumnModel, DefaultModel, ForeignKeyModel } from "../../schema/model.ts";
import {
  arrow,
  call,
  callOf,
  chained,
  code,
  options,
  quoted,
  type Call,
  type Code,
} from "./code.ts";
import { memberOf } from "../quote.ts";
import { typeCode, type TypeNames } from "./type-code.ts";
import { sqlCode, sqlText, valueCode } from "./value-code.ts";

/** What the declaration of a column says beside the column's own model. */
export interface ColumnContext {
  /** The constant of its table. */
  readonly table: string;
  readonly givenName: string | undefined;
  readonly isKey: boolean;
  /** The name of a unique key of it alone, or true for the usual one. */
  readonly unique: string | boolean;
  readonly reference: ReferenceCode | undefined;
  readonly types: TypeNames;
  keyOf(column: string): string;
}

export interface ReferenceCode {
  /** The constant of the table that it points at, and the key there. */
  readonly table: string;
  readonly keys: readonly string[];
  readonly foreignKey: ForeignKeyModel;
  /** Whether the constraint has the name that the declaration would give it. */
  readonly isUsualName: boolean;
}

function identityOf({ identity }: ColumnModel): Code | undefined {
  if (identity === undefined) return undefined;
  const { always, increment, start } = identity;
  return options({
    always: always === true ? code("true") : undefined,
    start: start === undefined ? undefined : code(String(start)),
    increment: increment === undefined ? undefined : code(String(increment)),
  });
}

function defaultOf(value: DefaultModel, type: ColumnModel["type"]): Call {
  switch (value.kind) {
    case "now":
      return callOf("defaultNow");
    case "random":
      return callOf("defaultRandom");
    case "sql":
      return callOf("default", sqlText(value.text));
    case "value":
      return callOf("default", valueCode(value.value, type));
  }
}

/** The options of a foreign key but for its name. */
export function actionsOf({
  onDelete,
  onUpdate,
}: ForeignKeyModel): Record<string, Code | undefined> {
  return {
    onDelete: onDelete === "no action" ? undefined : quoted(onDelete),
    onUpdate: onUpdate === "no action" ? undefined : quoted(onUpdate),
  };
}

function referenceOf({ table, keys, foreignKey, isUsualName }: ReferenceCode): Call {
  const target = arrow("", code(memberOf(table, keys[0]!)));
  const name = isUsualName ? undefined : quoted(foreignKey.name);
  return callOf("references", target, options({ ...actionsOf(foreignKey), name }));
}

export function columnCode(column: ColumnModel, context: ColumnContext): Code {
  const { generated, type } = column;
  const { isKey, reference, unique } = context;
  const calls: Call[] = [];
  if (isKey) calls.push(callOf("primaryKey"));
  if (column.isAutoIncrement) calls.push(callOf("autoIncrement", identityOf(column)));
  else if (!column.nullable && !isKey) calls.push(callOf("notNull"));
  if (unique !== false) calls.push(callOf("unique", unique === true ? undefined : quoted(unique)));
  if (column.default !== undefined) calls.push(defaultOf(column.default, type));
  if (generated !== undefined) {
    const made = arrow("", sqlCode(generated.sql, context.table, context.keyOf));
    const stored = generated.isStored ? undefined : options({ stored: code("false") });
    calls.push(callOf("generatedAs", made, stored));
  }
  if (reference !== undefined) calls.push(referenceOf(reference));
  if (column.comment !== undefined) calls.push(callOf("comment", quoted(column.comment)));
  return chained(typeCode(type, context.types, context.givenName), calls);
}

/** `...timestamps()` */
export function timestampsCode(): Code {
  return call("timestamps");
}
