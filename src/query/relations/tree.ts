/** What `with` was given, checked: a tree of the relations to load. */

import { Expression, type Condition } from "../../ast/expression.ts";
import type { OrderTerm, SelectionRecord } from "../../ast/statement.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { Relation } from "../../schema/relation.ts";
import { relationsOf, type AnySchema } from "../../schema/schema.ts";
import { aliasedBy, type TableInfo } from "../../schema/table.ts";
import { asc } from "../order.ts";
import { combined } from "../read/select.ts";
import { tableSelection, toSelection } from "../read/selection.ts";
import type { Selection } from "../types.ts";
import { requireRelations, unknownRelation } from "./unknown.ts";

/** One relation of a level, with what narrows it and what is loaded with it. */
export interface Branch {
  readonly relation: Relation;
  readonly where: Condition | undefined;
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number | undefined;
  readonly offset: number;
  readonly selection: SelectionRecord;
  /** Whether rows that are soft-deleted belong to it, too. */
  readonly withDeleted: boolean;
  readonly branches: readonly Branch[];
  /** Whether it says nothing but what is loaded; such a branch is made once, and with it what is known of its query. */
  readonly isPlain: boolean;
}

const OPTIONS = new Set(["limit", "offset", "orderBy", "select", "where", "with", "withDeleted"]);

function refuse(relation: Relation, message: string, hint?: string): never {
  throw new InvalidValueError(`with: relation "${relation.name}" ${message}`, { hint });
}

/**
 * @param given What `with` takes: `{ posts: true }`, or options for each relation.
 * @throws {BuildError} `E_UNKNOWN_RELATION`
 */
export function branchesOf(
  schema: AnySchema | undefined,
  table: TableInfo,
  given: unknown,
): Branch[] {
  requireRelations(given);
  const relations = schema === undefined ? {} : relationsOf(schema, aliasedBy(table));
  return Object.entries(given).flatMap(([name, options]: [string, unknown]) => {
    if (options === undefined) return [];
    const relation = Object.hasOwn(relations, name) ? relations[name]! : undefined;
    if (relation === undefined) throw unknownRelation(schema, table, name, Object.keys(relations));
    return [branchOf(schema, relation, options)];
  });
}

/** @param given `true` stands for no options. */
export function branchOf(schema: AnySchema | undefined, relation: Relation, said: unknown): Branch {
  const given = said === true ? {} : said;
  if (typeof given !== "object" || given === null)
    return refuse(relation, "takes true, or an object of options.");
  const unknown = Object.keys(given).find((key) => !OPTIONS.has(key));
  if (unknown !== undefined)
    refuse(relation, `has no option "${unknown}".`, `There are ${[...OPTIONS].join(", ")}.`);
  const options = given as Readonly<Record<string, unknown>>;
  const { limit, offset, orderBy, select, where } = options;
  const branches =
    options["with"] === undefined ? [] : branchesOf(schema, relation.target, options["with"]);
  const isPlain =
    Object.keys(options).every((key) => key === "with") && branches.every((inner) => inner.isPlain);
  if (isPlain) {
    const known = plainBranches.get(relation)?.find((one) => isSame(one.branches, branches));
    if (known !== undefined) return known;
  }
  if (relation.cardinality === "one") {
    const idle = ["limit", "offset", "orderBy"].find((key) => options[key] !== undefined);
    if (idle !== undefined) refuse(relation, `is one row at most, and takes no ${idle}.`);
  }
  const branch: Branch = {
    relation,
    where:
      where === undefined
        ? undefined
        : (combined(undefined, where as Condition, "where") as Condition),
    orderBy: orderTerms(relation, orderBy),
    limit: limit === undefined ? undefined : countOf(relation, "limit", limit),
    offset: offset === undefined ? 0 : countOf(relation, "offset", offset),
    selection: selectionOf(relation, select),
    withDeleted: withDeletedOf(relation, options["withDeleted"]),
    branches,
    isPlain,
  };
  if (isPlain) keep(branch);
  return branch;
}

const plainBranches = new WeakMap<Relation, Branch[]>();
const MAX_PLAIN = 32;

export function isSame(some: readonly Branch[], others: readonly Branch[]): boolean {
  return some.length === others.length && some.every((branch, index) => branch === others[index]);
}

function keep(branch: Branch): void {
  const known = plainBranches.get(branch.relation);
  if (known === undefined) plainBranches.set(branch.relation, [branch]);
  else if (known.length < MAX_PLAIN) known.push(branch);
}

function withDeletedOf(relation: Relation, given: unknown): boolean {
  if (given === undefined) return false;
  if (given !== true) return refuse(relation, "takes true for withDeleted.");
  if (relation.target.softDelete !== undefined) return true;
  return refuse(relation, "leads to a table without softDelete(), and takes no withDeleted.");
}

function countOf(relation: Relation, name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  return refuse(relation, `takes a whole number, 0 or more, for ${name}.`);
}

function orderTerms(relation: Relation, given: unknown): OrderTerm[] {
  if (given === undefined) return [];
  const terms: readonly unknown[] = Array.isArray(given) ? given : [given];
  return terms.map((term): OrderTerm => {
    if (term instanceof Expression) return asc(term);
    if (typeof term === "object" && term !== null && "expression" in term) return term as OrderTerm;
    return refuse(relation, "takes columns, asc(…) or desc(…) for orderBy.");
  });
}

function selectionOf(relation: Relation, select: unknown): SelectionRecord {
  const { target } = relation;
  if (select === undefined) return tableSelection(target);
  if (!Array.isArray(select)) return toSelection(select as Selection);
  const keys = select as readonly string[];
  if (keys.length === 0) refuse(relation, "selects no column.");
  const values = keys.map(
    (key) => target.column(key) ?? refuse(relation, `selects "${key}", which is no column.`),
  );
  return { keys, values, source: undefined };
}
