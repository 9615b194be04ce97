/** What is to be written of related rows, checked before anything is sent. */

import { nodeOf, ValueNode, type AnyExpression } from "../../../ast/expression.ts";
import { InvalidValueError } from "../../../core/error.ts";
import type { Relation, RelationStep } from "../../../schema/relation.ts";
import { relationsOf } from "../../../schema/schema.ts";
import type { AnyTableColumn, TableInfo } from "../../../schema/table.ts";
import type { Scope } from "../../run.ts";
import { columnOf } from "../../write/conflict.ts";
import { isScoped } from "../../write/scope-values.ts";
import { unknownRelation } from "../unknown.ts";

export type Values = Readonly<Record<string, unknown>>;

/** A row to make, with what is written with it. */
export interface NewRow {
  readonly columns: Values;
  readonly changes: readonly RelatedChange[];
}

interface Verbs {
  readonly create: readonly NewRow[];
  readonly connect: readonly unknown[];
  /** `"all"` where the relation leads to one row. */
  readonly disconnect: readonly unknown[] | "all";
  readonly set: readonly unknown[] | undefined;
}

interface ChangeOf extends Verbs {
  readonly relation: Relation;
  readonly step: RelationStep;
}

/** The row points at the related one, which has to be there before. */
export interface ParentChange extends ChangeOf {
  readonly kind: "parent";
}

/** The related rows point at the row. */
export interface ChildChange extends ChangeOf {
  readonly kind: "child";
  /** What the relation's condition says of them, besides. */
  readonly constants: Values;
}

/** Rows of a table between the two point at both. */
export interface LinkChange extends ChangeOf {
  readonly kind: "link";
  readonly further: RelationStep;
}

export type RelatedChange = ChildChange | LinkChange | ParentChange;

const INSERTING = ["create", "connect"];
const CHANGING = [...INSERTING, "disconnect", "set"];

function refuse(relation: Relation, message: string, hint?: string): never {
  throw new InvalidValueError(
    `Relation "${relation.name}" of table "${relation.owner.table}" ${message}`,
    { hint },
  );
}

/** What a verb is given: a list where the relation leads to many rows, else one. */
function listOf(relation: Relation, verb: string, given: unknown): readonly unknown[] {
  if (given === undefined) return [];
  if (relation.cardinality === "one") return [given];
  if (Array.isArray(given)) return given;
  return refuse(relation, `leads to many rows, and takes a list for "${verb}".`);
}

/** Whether a row may be made without a value for the column. */
function mayBeLeftOut({ context }: Scope, column: AnyTableColumn): boolean {
  const { spec } = column;
  return (
    isScoped(column, context?.lifts) ||
    spec.nullable ||
    spec.default !== undefined ||
    spec.clientDefault !== undefined ||
    spec.generated !== undefined ||
    spec.isAutoIncrement ||
    spec.keeps !== undefined
  );
}

function requireColumns(
  scope: Scope,
  relation: Relation,
  table: TableInfo,
  given: ReadonlySet<string>,
  hint?: string,
): void {
  const missing = table.columns.filter(
    (column) => !mayBeLeftOut(scope, column) && !given.has(column.key),
  );
  if (missing.length === 0) return;
  const names = missing.map(({ key }) => key).join(", ");
  refuse(relation, `would make a row of "${table.table}" without ${names}.`, hint);
}

/** The values that a condition asks of a column, where it is nothing but such: a row that is made gets them. */
function constantsOf(relation: Relation): Values {
  const values: [string, unknown][] = [];
  const collect = (condition: AnyExpression): void => {
    const node = nodeOf(condition);
    if (node.kind === "logic" && node.operator === "and") return node.operands.forEach(collect);
    if (node.kind === "compare" && node.operator === "=") {
      const column = nodeOf(node.left);
      if (column.kind === "column" && node.right instanceof ValueNode) {
        values.push([column.key, node.right.value]);
        return;
      }
    }
    refuse(
      relation,
      "has a condition that a row can't be made to meet.",
      "Write the rows themselves, or by a relation without `where`.",
    );
  };
  if (relation.where !== undefined) collect(relation.where);
  return Object.fromEntries(values);
}

/** @param own What the relation sets; `undefined` for what isn't known yet. */
function rowOf(scope: Scope, relation: Relation, given: unknown, own: Values): NewRow {
  if (typeof given !== "object" || given === null)
    return refuse(relation, "makes rows of objects.");
  const { target } = relation;
  const relations = relationsOf(scope.plans.schema!, target);
  const isRelation = ([key]: readonly [string, unknown]): boolean => Object.hasOwn(relations, key);
  const entries = Object.entries(given);
  const columns = entries.filter((entry) => !isRelation(entry));
  for (const [key, value] of columns) {
    columnOf(target, key);
    if (Object.hasOwn(own, key) && (own[key] === undefined || own[key] !== value))
      refuse(relation, `sets "${key}" of "${target.table}" itself.`, "Leave it out.");
  }
  const changes = changesOf(
    scope,
    target,
    Object.fromEntries(entries.filter(isRelation)),
    "insert",
  );
  const parents = changes.flatMap((change) =>
    change.kind === "parent" ? change.step.from.map(({ key }) => key) : [],
  );
  const set = [...columns.map(([key]) => key), ...Object.keys(own), ...parents];
  requireColumns(scope, relation, target, new Set(set));
  return { columns: Object.fromEntries(columns), changes };
}

type Place =
  | Omit<ChildChange, keyof Verbs>
  | Omit<LinkChange, keyof Verbs>
  | Omit<ParentChange, keyof Verbs>;

function placeOf(relation: Relation): Place {
  const [step, further, ...others] = relation.steps;
  if (relation.ownerWhere === undefined && others.length === 0) {
    if (further === undefined && step!.key === "from" && relation.where === undefined)
      return { kind: "parent", relation, step: step! };
    if (further === undefined && step!.key !== "from")
      return { kind: "child", relation, step: step!, constants: constantsOf(relation) };
    const isLink = step!.key === "to" && further?.key === "from";
    if (isLink && relation.where === undefined)
      return { kind: "link", relation, step: step!, further };
  }
  return refuse(
    relation,
    "is for reading: which rows would have to change isn't clear.",
    "Write by the relations that it goes through.",
  );
}

/** What the relation sets of a related row. */
function ownColumns(place: Place): Values {
  if (place.kind !== "child") return {};
  const keys = place.step.to.map(({ key }) => [key, undefined] as const);
  return { ...Object.fromEntries(keys), ...place.constants };
}

function changeOf(
  scope: Scope,
  relation: Relation,
  given: unknown,
  verbs: readonly string[],
): RelatedChange {
  if (typeof given !== "object" || given === null)
    return refuse(relation, "takes an object, such as { connect: key }.");
  const place = placeOf(relation);
  const unknown = Object.keys(given).find((verb) => !verbs.includes(verb));
  if (unknown !== undefined)
    refuse(relation, `can't "${unknown}" here.`, `There are ${verbs.join(", ")}.`);
  const { connect, create, disconnect, set } = given as Readonly<Record<string, unknown>>;
  const own = ownColumns(place);
  const isOne = relation.cardinality === "one";
  if (isOne && set !== undefined) refuse(relation, "leads to one row.", "Use connect.");
  const change = {
    create: listOf(relation, "create", create).map((row) => rowOf(scope, relation, row, own)),
    connect: listOf(relation, "connect", connect),
    disconnect: isOne
      ? disconnect === true
        ? "all"
        : []
      : listOf(relation, "disconnect", disconnect),
    set: set === undefined ? undefined : listOf(relation, "set", set),
  } as const;
  if (isOne && change.create.length + change.connect.length > 1)
    refuse(relation, "leads to one row.", "Create it, or connect it.");
  if (place.kind === "link") {
    const { from } = place.further;
    const linked = new Set([...place.step.to, ...from].map(({ key }) => key));
    requireColumns(
      scope,
      relation,
      place.step.table,
      linked,
      `Write rows of "${place.step.table.table}" by a relation that leads to them.`,
    );
  }
  return { ...place, ...change };
}

/** @throws {BuildError} `E_UNKNOWN_RELATION` */
export function changesOf(
  scope: Scope,
  table: TableInfo,
  given: unknown,
  purpose: "change" | "insert",
): RelatedChange[] {
  if (typeof given !== "object" || given === null)
    throw new InvalidValueError("Related rows are an object by the names of relations.");
  const { schema } = scope.plans;
  const relations = schema === undefined ? {} : relationsOf(schema, table);
  return Object.entries(given).flatMap(([name, change]: [string, unknown]) => {
    if (change === undefined) return [];
    const relation = Object.hasOwn(relations, name) ? relations[name]! : undefined;
    if (schema === undefined || relation === undefined)
      throw unknownRelation(schema, table, name, Object.keys(relations));
    const verbs = purpose === "insert" ? INSERTING : CHANGING;
    return [changeOf(scope, relation, change, verbs)];
  });
}
