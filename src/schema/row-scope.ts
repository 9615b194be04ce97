/** What a column says of the rows that queries see. */

import type { AnyExpression } from "../ast/expression.ts";
import { ConfigError } from "../core/error.ts";

/** What the column of the time says of the others, by their keys. */
export interface SoftDeleteSpec {
  readonly by: string | undefined;
  readonly deletion: string | undefined;
  /** Whether queries leave deleted rows out unless they say otherwise. */
  readonly isHiding: boolean;
}

/** Of a column by whose value a client sees only its own rows. */
export interface ColumnScope {
  readonly name: string;
  /** Makes the condition, where it isn't that the column equals the value. */
  readonly make: ((column: AnyExpression, value: AnyExpression) => AnyExpression) | undefined;
}

export function scopeName(name: string): string {
  if (/^[A-Za-z]\w*$/.test(name)) return name;
  throw new ConfigError("The name of a scope is a word of letters and digits.", {
    code: "E_SCHEMA",
  });
}
