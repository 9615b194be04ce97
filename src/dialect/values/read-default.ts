/** A default of a live database as a declaration says it. */

import type { LogicalType } from "../../ast/logical-type.ts";
import type { DefaultModel } from "../../schema/model.ts";
import { literalModel } from "../../schema/sql-model.ts";
import { checkedLiteral } from "../checked-literal.ts";
import type { TypeMap } from "./type-map.ts";

/**
 * What a stored literal is as a value of the column; undefined where it is none, as with `'n/a'` in a column of numbers.
 *
 * @param cell As the driver would give it.
 */
export function defaultOfCell(
  cell: unknown,
  type: LogicalType,
  types: TypeMap,
): DefaultModel | undefined {
  // Its codec is the program's.
  if (type.kind === "custom") return undefined;
  try {
    const read = types.read(type, types.isWide(type));
    const value = literalModel(read === undefined ? cell : read(cell), type);
    checkedLiteral(type, value);
    return { kind: "value", value };
  } catch {
    return undefined;
  }
}
