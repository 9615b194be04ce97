/** What declarations say as SQL: conditions, expressions, values. */

import type { LogicalType } from "../../ast/logical-type.ts";
import type { ColumnModel } from "../../schema/model.ts";
import type { LiteralModel, SqlModel } from "../../schema/sql-model.ts";
import { checkedLiteral } from "../checked-literal.ts";
import { writeDeclaredCall } from "../declared-call.ts";
import type { Writer } from "./writer.ts";

/** A condition or an expression of a declaration, its values as literals. */
export function writeSql(model: SqlModel, out: Writer): void {
  for (const part of model) {
    if (typeof part === "string") out.sql(part);
    else if ("call" in part) writeDeclaredCall(part, out);
    else if ("column" in part) out.id(part.column);
    else if (part.type === undefined) out.literal(part.value);
    else writeTypedLiteral(part.type, part.value, out);
  }
}

/** A literal, stored as a bound value would be. */
function writeTypedLiteral(type: LogicalType, value: LiteralModel, out: Writer): void {
  const checked = checkedLiteral(type, value);
  const stored = out.context.types.store(type)?.(checked) ?? checked;
  // As text it would be compared as a floating-point number by MySQL.
  if (type.kind === "decimal" && typeof stored === "string")
    out.sql(stored.startsWith("-") ? `(${stored})` : stored);
  else out.literal(stored);
}

/** The literal of a default. */
export function writeDefaultValue({ type }: ColumnModel, value: LiteralModel, out: Writer): void {
  const checked = checkedLiteral(type, value);
  const stored = out.context.types.store(type)?.(checked) ?? checked;
  if (typeof stored === "number" || typeof stored === "bigint") out.sql(String(stored));
  else out.literal(stored);
}
