/** Conditions that queries of a table have by themselves, until they are told otherwise. */

import {
  CompareNode,
  Expression,
  ParameterNode,
  type AnyExpression,
  type Condition,
  type SourceScope,
} from "../ast/expression.ts";
import { ConfigError } from "../core/error.ts";
import type { Column } from "./column.ts";
import { scopeName } from "./row-scope.ts";
import { isDeleted, isLive, type SoftDelete } from "./soft-delete.ts";

type AnyTableColumn = Column<string, unknown>;

/** The scope of live rows. No name of a person's has a space in it. */
export const SOFT_DELETE = "soft delete";

/** A scope without a value. */
export interface ScopeSpec {
  readonly kind: "scope";
  readonly name: string;
  readonly condition: AnyExpression;
}

export interface ScopeBuilder {
  /** @param condition Of the table's columns; it may read other tables by `exists(…)`. */
  where(condition: Condition): ScopeSpec;
}

function refuse(message: string, hint?: string): never {
  throw new ConfigError(message, { code: "E_SCHEMA", hint });
}

/**
 * A condition that each query of the table has, unless it says `.without(name)`. Where it depends on who asks, as a
 * tenant does, a column says `.scope(name)` instead.
 *
 * @example
 * table("posts", { … }, (t) => [scope("published").where(isNotNull(t.publishedAt))]);
 */
export function scope(name: string): ScopeBuilder {
  scopeName(name);
  return { where: (condition) => ({ kind: "scope", name, condition }) };
}

/** What the columns of a table, and what stands beside them, say of its rows. */
export function sourceScopesOf(
  table: string,
  columns: readonly AnyTableColumn[],
  softDelete: SoftDelete | undefined,
  declared: readonly ScopeSpec[],
): readonly SourceScope[] {
  const anchor = columns.find((column) => !column.nullable);
  const scopes: SourceScope[] = [];
  if (softDelete !== undefined) {
    scopes.push({
      name: SOFT_DELETE,
      condition: isLive(softDelete),
      opposite: isDeleted(softDelete),
      isOff: !softDelete.isHiding,
      anchor,
    });
  }
  for (const column of columns) {
    const { scope: spec } = column.spec;
    if (spec === undefined) continue;
    const value = new ParameterNode(-1, column.type, { scope: spec.name });
    const condition = spec.make?.(column, value) ?? new CompareNode("=", column, value);
    scopes.push({ name: spec.name, condition, anchor });
  }
  for (const { name, condition } of declared) scopes.push({ name, condition, anchor });
  const names = new Set<string>();
  for (const { condition, name } of scopes) {
    if (names.has(name)) refuse(`Table "${table}" has two scopes named "${name}".`);
    if (!(condition instanceof Expression))
      refuse(`Scope "${name}" of table "${table}" has no condition.`);
    names.add(name);
  }
  return scopes;
}
