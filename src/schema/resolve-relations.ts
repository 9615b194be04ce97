/** From what `r.one` and `r.many` say to the columns by which rows belong together. */

import type { Condition } from "../ast/expression.ts";
import { isCaseInsensitive } from "../ast/folding.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import { isExact } from "./collation.ts";
import { Column } from "./column.ts";
import { keysOf, referencesOf, refuse, sameKind } from "./reference.ts";
import {
  columnList,
  Relation,
  RelationDraft,
  type AnyRelationDraft,
  type Hop,
  type RelationOptions,
  type RelationStep,
} from "./relation.ts";
import { splitWhere } from "./relation-where.ts";
import { infoOf, isTable, type AnyTable, type AnyTableColumn, type TableInfo } from "./table.ts";

type Tables = ReadonlyMap<TableInfo, string>;

/** What is said of one relation, and how messages name it. */
interface Draft {
  readonly name: string;
  readonly owner: TableInfo;
  readonly target: TableInfo;
  readonly table: AnyTable;
  readonly cardinality: "many" | "one";
  readonly options: RelationOptions;
  /** The keys of the schema's tables, as they are written in hints. */
  readonly tables: Tables;
  readonly where: string;
}

/**
 * Finds the columns of all relations.
 *
 * @param given All tables and views of the schema.
 * @throws {ConfigError} `E_SCHEMA` with the line to write.
 */
export function resolveRelations(
  given: Readonly<Record<string, AnyTable>>,
  drafts: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Record<string, Record<string, Relation>> {
  const tables = new Map(Object.entries(given).map(([key, table]) => [infoOf(table), key]));
  const resolved: Record<string, Record<string, Relation>> = Object.create(null);
  for (const [key, ofTable] of Object.entries(drafts)) {
    const table = Object.hasOwn(given, key) ? given[key] : undefined;
    if (table === undefined) {
      const known = Object.keys(given).join(", ");
      refuse(`Relations of "${key}", which is no table of the schema.`, `It has ${known}.`);
    }
    const relations: Record<string, Relation> = Object.create(null);
    for (const [name, draft] of Object.entries(ofTable))
      relations[name] = resolve(draftOf(infoOf(table), name, draft, tables));
    resolved[key] = relations;
  }
  return resolved;
}

function draftOf(owner: TableInfo, name: string, given: unknown, tables: Tables): Draft {
  const where = `Relation "${name}" of "${tables.get(owner)}"`;
  if (!(given instanceof RelationDraft))
    refuse(`${where} is none.`, `Write it as ${name}: r.many(table), or r.one(table).`);
  if (owner.column(name) !== undefined || name === "__proto__")
    refuse(`${where} has the name of a column.`, "Give the relation another name.");
  const { cardinality, options, target: table } = given as AnyRelationDraft;
  if (!isTable(table)) refuse(`${where} leads to no table.`, "Pass what table() returned.");
  const target = knownTable(infoOf(table), where, tables);
  return { name, owner, target, table, cardinality, options, tables, where };
}

function knownTable(info: TableInfo, where: string, tables: Tables): TableInfo {
  if (!tables.has(info)) {
    refuse(
      `${where} leads to "${info.alias ?? info.table}", which the schema lacks.`,
      "Add the table itself to defineSchema().",
    );
  }
  return info;
}

function resolve(draft: Draft): Relation {
  const { cardinality, options, owner, target } = draft;
  const hasColumns = options.from !== undefined || options.to !== undefined;
  if (hasColumns && options.on !== undefined)
    refuse(
      `${draft.where} has both \`on\` and \`from\`.`,
      "`on` names a foreign key; leave out the others.",
    );
  const steps =
    options.through === undefined
      ? [hasColumns ? stepOfColumns(draft) : stepOfKey(draft)]
      : stepsThrough(draft);
  for (const step of steps) checkStep(draft, step);
  if (cardinality === "one") requireOne(draft, steps);
  const { ownerWhere, where } = splitWhere(
    lowered(draft.where),
    owner,
    target,
    steps,
    options.where,
  );
  return new Relation({
    name: draft.name,
    owner,
    target,
    table: draft.table,
    cardinality,
    isOptional: cardinality === "one" && isOptional(steps, options.where),
    steps,
    isDistinct: isDistinct(owner, steps),
    ownerWhere,
    where,
  });
}

/** The foreign keys between two tables, as steps from the first to the second. */
function stepsBetween(before: TableInfo, table: TableInfo): RelationStep[] {
  const forward = referencesOf(before)
    .filter((reference) => reference.target === table)
    .map(({ from, to }): RelationStep => ({ table, from, to, key: "from" }));
  const backward = referencesOf(table)
    .filter((reference) => reference.target === before)
    .map(({ from, to }): RelationStep => ({ table, from: to, to: from, key: "to" }));
  return [...forward, ...backward];
}

function keyColumns(step: RelationStep): readonly AnyTableColumn[] {
  return step.key === "from" ? step.from : step.to;
}

/** Whether any number of rows of a table has at most one with these values. */
function isUnique(table: TableInfo, columns: readonly AnyTableColumn[]): boolean {
  const indexes = table.extras.flatMap((extra) => {
    if (extra.kind !== "index" || !extra.parts.isUnique || extra.parts.condition !== undefined)
      return [];
    return [extra.parts.terms.map(({ expression }) => expression)];
  });
  return [...keysOf(table), ...indexes].some(
    (key) => key.length > 0 && key.every((column) => columns.includes(column as AnyTableColumn)),
  );
}

function sameColumns(some: readonly AnyTableColumn[], others: readonly AnyTableColumn[]): boolean {
  return some.length === others.length && some.every((column) => others.includes(column));
}

/** How the columns are written, such as `posts.authorId` or `[a.x, a.y]`. */
function spelt(draft: Draft, columns: readonly AnyTableColumn[]): string {
  const names = columns.map(
    (column) =>
      `${draft.tables.get(column.source as TableInfo) ?? column.source.table}.${column.key}`,
  );
  return names.length === 1 ? names[0]! : `[${names.join(", ")}]`;
}

function lineWith(draft: Draft, options: string): string {
  const { cardinality, name, tables, target } = draft;
  return `${name}: r.${cardinality}(${tables.get(target)}, { ${options} })`;
}

/** As it stands inside of a sentence. */
function lowered(where: string): string {
  return `r${where.slice(1)}`;
}

/** The step over the foreign key that `on` names, or over the only one that there is. */
function stepOfKey(draft: Draft): RelationStep {
  const { cardinality, options, owner, target, where } = draft;
  const isSelf = owner === target;
  const between = stepsBetween(owner, target);
  // A key that leads away gives one row, and one that leads here many, or one where it is unique.
  const fitting = between.filter((step) =>
    isSelf
      ? step.key === (cardinality === "one" ? "from" : "to")
      : cardinality === "many"
        ? step.key === "to"
        : step.key === "from" || isUnique(step.table, step.to),
  );
  if (options.on !== undefined) return stepOn(draft, columnList(options.on), between, fitting);
  const lines = fitting.map((step) => lineWith(draft, `on: ${spelt(draft, keyColumns(step))}`));
  const [step, other] = fitting;
  if (step === undefined) return refuseNone(draft, between);
  if (isSelf || other !== undefined) {
    const several = isSelf
      ? "points at its own table, and doesn't name the foreign key"
      : `has ${fitting.length} foreign keys to go by, and names none of them`;
    refuse(`${where} ${several}.`, `Write ${lines.join(", or ")}.`);
  }
  if (cardinality === "one" && (step.key === "to" || step.from.some((column) => column.nullable))) {
    const why = step.key === "to" ? "stands in the other table" : "may be null";
    refuse(
      `${where} may be null, as its foreign key ${why}, which types see only where the key is named.`,
      `Write ${lines[0]}.`,
    );
  }
  return step;
}

function refuseNone(draft: Draft, between: readonly RelationStep[]): never {
  const { cardinality, name, owner, tables, target, where } = draft;
  const [found] = between;
  if (found !== undefined) {
    const other = cardinality === "many" ? "one" : "many";
    refuse(
      cardinality === "many"
        ? `${where} is r.many, but its foreign key leads to one row.`
        : `${where} is r.one, but many rows may hold its foreign key.`,
      `Write ${name}: r.${other}(${tables.get(target)}, { on: ${spelt(draft, keyColumns(found))} })${
        cardinality === "one" ? ", or make the key unique" : ""
      }.`,
    );
  }
  refuse(
    `${where} has no foreign key to go by.`,
    `Declare one with references(), or name the columns: ${lineWith(
      draft,
      `from: ${tables.get(owner)}.…, to: ${tables.get(target)}.…`,
    )}.`,
  );
}

function stepOn(
  draft: Draft,
  columns: readonly AnyTableColumn[],
  between: readonly RelationStep[],
  fitting: readonly RelationStep[],
): RelationStep {
  const isNamed = (step: RelationStep): boolean => sameColumns(keyColumns(step), columns);
  const step = fitting.find(isNamed);
  if (step !== undefined) return step;
  const unfit = between.find(isNamed);
  if (unfit !== undefined) return refuseNone(draft, [unfit]);
  const known = between.map((candidate) => spelt(draft, keyColumns(candidate))).join(" and ");
  return refuse(
    `\`on\` of ${lowered(draft.where)} names no foreign key between the two tables.`,
    known === "" ? "Name the columns with `from` and `to`." : `There is ${known}.`,
  );
}

/** The step over columns that are no foreign key. */
function stepOfColumns(draft: Draft): RelationStep {
  const { options, owner, target, where } = draft;
  const { from, to } = options;
  if (from === undefined || to === undefined) {
    refuse(
      `${where} has only one of \`from\` and \`to\`.`,
      "`from` are columns of this table, `to` as many of the other.",
    );
  }
  return pairOf(columnList(from), owner, columnList(to), target, lowered(where));
}

function pairOf(
  from: readonly AnyTableColumn[],
  before: TableInfo,
  to: readonly AnyTableColumn[],
  table: TableInfo,
  where: string,
): RelationStep {
  requireColumns(from, before, `\`from\` of ${where}`);
  requireColumns(to, table, `\`to\` of ${where}`);
  if (from.length !== to.length)
    refuse(`The ${where} pairs ${from.length} columns with ${to.length}.`);
  const known = stepsBetween(before, table).find(
    (step) => sameColumns(step.from, from) && sameColumns(step.to, to),
  );
  return { table, from, to, key: known?.key };
}

function requireColumns(columns: readonly unknown[], table: TableInfo, what: string): void {
  const isOwn = (column: unknown): boolean => column instanceof Column && column.source === table;
  if (columns.length === 0 || !columns.every(isOwn))
    refuse(`${what} is no column of "${table.table}".`);
}

function hopsOf(draft: Draft): Hop[] {
  const { through } = draft.options;
  const list = Array.isArray(through) ? (through as readonly (AnyTable | Hop)[]) : [through];
  return list.map((given): Hop => {
    const hop = isTable(given) ? { table: given } : (given as Hop | undefined);
    if (!isTable(hop?.table)) {
      return refuse(
        `\`through\` of ${lowered(draft.where)} is no table.`,
        "Write { through: table }, or { through: { table, from: column, to: column } }.",
      );
    }
    return hop;
  });
}

/** `{ through }`: each step over the only foreign key between two tables, or over the one that is named. */
function stepsThrough(draft: Draft): RelationStep[] {
  const { options, owner, tables, target, where } = draft;
  if (options.on !== undefined || options.from !== undefined || options.to !== undefined) {
    refuse(
      `${where} names columns beside \`through\`.`,
      "They stand in it: { through: { table, from: column, to: column } }.",
    );
  }
  const hops = hopsOf(draft);
  const stops = [...hops.map(({ table }) => knownTable(infoOf(table), where, tables)), target];
  return stops.map((table, index) => {
    const before = index === 0 ? owner : stops[index - 1]!;
    // The key between two tables on the way may be named by either of them.
    const named = hops[index]?.from ?? hops[index - 1]?.to;
    const between = stepsBetween(before, table);
    const fitting =
      named === undefined
        ? between
        : between.filter((step) => sameColumns(keyColumns(step), columnList(named)));
    // A key within one table leads two ways: away from its holder first, and back on the other side of it.
    const [step, other] = fitting;
    const isSelf = before === table && named !== undefined;
    if (step !== undefined && (other === undefined || isSelf)) return step;
    const keys = between.map((candidate) => spelt(draft, keyColumns(candidate)));
    const pair = `"${tables.get(before)}" and "${tables.get(table)}"`;
    if (step === undefined) {
      return refuse(
        named === undefined
          ? `${where} finds no foreign key between ${pair}.`
          : `${where} names no foreign key between ${pair}.`,
        keys.length === 0 ? undefined : `There is ${keys.join(" and ")}.`,
      );
    }
    const side = index < hops.length ? "from" : "to";
    const hop = tables.get(stops[Math.min(index, hops.length - 1)]!);
    return refuse(
      `${where} finds ${fitting.length} foreign keys between ${pair}: ${keys.join(" and ")}.`,
      `Name one: { through: { table: ${hop}, ${side}: ${keys[0]} } }.`,
    );
  });
}

/** Types whose values a program can't compare as the database does. */
function isUnfit(type: LogicalType): boolean {
  if (type.kind === "json" || type.kind === "array" || type.kind === "custom") return true;
  if (type.kind === "timestamp") return type.precision > 3;
  return type.kind === "text" && !isCaseInsensitive(type) && !isExact(type);
}

/** Instants are compared in the form in which rows have them. */
function modeOf(type: LogicalType): string | undefined {
  return type.kind === "timestamp" ? type.mode : undefined;
}

function checkStep(draft: Draft, { from, to }: RelationStep): void {
  from.forEach((column, index) => {
    const other = to[index]!;
    const pair = spelt(draft, [column, other]);
    if (isCaseInsensitive(column.type) !== isCaseInsensitive(other.type))
      refuse(`${draft.where} pairs ${pair}, of which one is caseInsensitive().`);
    const isSame =
      isCaseInsensitive(column.type) ||
      (sameKind(column.type, other.type) && modeOf(column.type) === modeOf(other.type));
    if (!isSame) refuse(`${draft.where} pairs ${pair}, which are of different types.`);
    if (isUnfit(column.type) || isUnfit(other.type)) {
      refuse(
        `${draft.where} pairs ${pair}, whose type is no key for a relation.`,
        "Relations go over numbers, texts, UUIDs, days, bytes and instants of milliseconds.",
      );
    }
  });
}

function requireOne(draft: Draft, steps: readonly RelationStep[]): void {
  const fan = steps.find((step) => !isUnique(step.table, step.to));
  if (fan === undefined) return;
  refuse(
    `${draft.where} is r.one, but several rows of "${draft.tables.get(fan.table)}" may have the same ${spelt(draft, fan.to)}.`,
    `Write ${draft.name}: r.many(…), or make the column unique.`,
  );
}

function isOptional(steps: readonly RelationStep[], where: Condition | undefined): boolean {
  return (
    where !== undefined ||
    steps.some((step) => step.key !== "from" || step.from.some((column) => column.nullable))
  );
}

/** Whether no row of the target is met twice from one row of the owner. */
function isDistinct(owner: TableInfo, steps: readonly RelationStep[]): boolean {
  let isSingle = true;
  let before = owner;
  return steps.every((step, index) => {
    const previous = steps[index - 1];
    const merges = !isUnique(before, step.from);
    // One row of the table between for each pair, as a join table's key says.
    const isPair = index === 1 && isUnique(before, [...(previous?.to ?? []), ...step.from]);
    const isFine = isSingle || !merges || isPair;
    isSingle &&= isUnique(step.table, step.to);
    before = step.table;
    return isFine;
  });
}
