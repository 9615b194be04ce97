/** The columns of a table that is there before and after. */

import { conversionOf } from "../../dialect/values/conversion.ts";
import { ConfigError } from "../../core/error.ts";
import type {
  AddColumn,
  AlterColumn,
  Backfill,
  Change,
  DropColumn,
  Renamed,
} from "../../schema/change.ts";
import type { ColumnModel } from "../../schema/model.ts";
import { columnsOfSql } from "../../schema/sql-model.ts";
import { emptyValue } from "./empty-value.ts";
import type { ColumnChanges, DiffOptions, EnumChanges } from "./diff-context.ts";
import { keyOf } from "../../schema/moves.ts";
import { placeOf, type TablePair } from "./names.ts";
import type { EnumType } from "../../ast/logical-type.ts";
import { isSame } from "../../schema/same.ts";
import { withEnums, type ColumnSnapshot, type TableSnapshot } from "../snapshot/snapshot.ts";

type ColumnDiffOptions = Pick<DiffOptions, "can" | "isFilling"> & { readonly enums: EnumChanges };

/** Without what isn't part of the column's own definition. */
function definition({ id: _id, name: _name, comment: _comment, ...rest }: ColumnSnapshot): object {
  return { ...rest, type: typeOf(rest) };
}

/** What an enum holds is a change of its own. */
function typeOf({ type }: Pick<ColumnModel, "type">): object {
  return withEnums(type, (own) => ({ kind: "enum", name: keyOf(own) }));
}

/** The enum that a column has, or has a list of. */
function enumOf({ type }: ColumnModel): EnumType | undefined {
  const own = type.kind === "array" ? type.element : type;
  return own.kind === "enum" ? own : undefined;
}

interface Matched {
  readonly before: ColumnSnapshot;
  /** `before` with the names of after. */
  readonly renamed: ColumnSnapshot;
  readonly after: ColumnSnapshot;
}

function matchColumns({ before, renamed, after }: TablePair): Matched[] {
  const byId = new Map(before.columns.map((column, at) => [column.id, at]));
  return after.columns.flatMap((column) => {
    const at = byId.get(column.id);
    return at === undefined
      ? []
      : [{ before: before.columns[at]!, renamed: renamed.columns[at]!, after: column }];
  });
}

function canConvert({ renamed, after }: Matched): boolean {
  const isOtherType = !isSame(typeOf(renamed), typeOf(after));
  return !isOtherType || conversionOf(renamed.type, after.type) !== undefined;
}

/**
 * What is dropped and added again: computed columns that compute something else, and, on the way back, what nothing
 * converts back.
 */
function findRecreated(
  matched: readonly Matched[],
  renames: readonly Renamed[],
  retyped: ReadonlySet<string>,
  gone: ReadonlySet<string>,
  options: ColumnDiffOptions,
): Set<string> {
  const moved = options.can.renameDependents ? [] : renames.map(({ to }) => to);
  const recreated = new Set<string>();
  const isTouched = (name: string): boolean =>
    retyped.has(name) || recreated.has(name) || gone.has(name) || moved.includes(name);
  if (options.isFilling === true) {
    for (const item of matched) if (!canConvert(item)) recreated.add(item.after.name);
  }
  for (let size = -1; size < recreated.size;) {
    size = recreated.size;
    for (const { renamed, after } of matched) {
      if (after.generated === undefined) {
        if (renamed.generated !== undefined && !renamed.generated.isStored)
          recreated.add(after.name);
      } else if (
        !isSame(definition(renamed), definition(after)) ||
        columnsOfSql(after.generated.sql).some(isTouched)
      )
        recreated.add(after.name);
    }
  }
  return recreated;
}

function isPlain({ column }: DropColumn): boolean {
  return column.generated === undefined;
}

function isNew(pair: TablePair): ColumnSnapshot[] {
  const known = new Set(pair.before.columns.map(({ id }) => id));
  return pair.after.columns.filter(({ id }) => !known.has(id));
}

export function diffColumns(pair: TablePair, options: ColumnDiffOptions): ColumnChanges {
  const place = placeOf(pair.after);
  const placeBefore = placeOf(pair.before);
  const matched = matchColumns(pair);
  const moved = matched
    .filter(({ before, after }) => before.name !== after.name)
    .map(({ before, after }) => ({ from: before.name, to: after.name }));
  const retyped = new Set(
    matched.filter((item) => isRetyped(item, options)).map(({ after }) => after.name),
  );
  const kept = new Set(matched.map(({ before }) => before.id));
  const gone = pair.before.columns.filter(({ id }) => !kept.has(id));
  const recreated = findRecreated(
    matched,
    moved,
    retyped,
    new Set(gone.map(({ name }) => name)),
    options,
  );
  const renames = moved.filter(({ to }) => !recreated.has(to));
  const altered: (AlterColumn | Backfill)[] = [];
  const added: Change[] = [];
  const generated: AddColumn[] = [];
  const droppedEarly: DropColumn[] = [];
  const dropped: DropColumn[] = [];
  const taken = new Set(pair.after.columns.map(({ name }) => name));
  for (const column of gone) {
    const isEarly = taken.has(column.name) || column.generated !== undefined;
    if (isEarly) droppedEarly.push({ kind: "dropColumn", ...placeBefore, column });
    else dropped.push({ kind: "dropColumn", ...place, column });
  }
  for (const item of matched) {
    if (recreated.has(item.after.name)) {
      droppedEarly.push({ kind: "dropColumn", ...placeBefore, column: item.before });
      if (item.after.generated === undefined)
        added.push(...addColumn(pair.after, item.after, options));
      else generated.push({ kind: "addColumn", ...place, column: item.after });
    } else altered.push(...alterColumn(pair.after, item));
  }
  // What is computed goes before what it is computed from.
  droppedEarly.sort((one, other) => Number(isPlain(one)) - Number(isPlain(other)));
  for (const column of isNew(pair)) {
    if (column.generated !== undefined) generated.push({ kind: "addColumn", ...place, column });
    else added.push(...addColumn(pair.after, column, options));
  }
  return { renames, altered, added, generated, dropped, droppedEarly, retyped, recreated };
}

function isRetyped({ renamed, after }: Matched, { enums }: ColumnDiffOptions): boolean {
  const own = enumOf(after);
  const isReplaced = own !== undefined && enums.get(keyOf(own))?.isReplaced === true;
  return isReplaced || !isSame(typeOf(renamed), typeOf(after));
}

function refuseConversion(
  table: string,
  { name, type }: ColumnSnapshot,
  before: ColumnModel,
): never {
  throw new ConfigError(
    `Column "${table}"."${name}" can't become ${type.kind} from ${before.type.kind}: no conversion means the same on every database.`,
    {
      code: "E_SCHEMA",
      hint: `Add a column of another name, copy what is to be kept, and drop this one later; or let it go with its values: --drop ${table}.${name}.`,
    },
  );
}

function alterColumn(table: TableSnapshot, item: Matched): (AlterColumn | Backfill)[] {
  const { renamed: before, after } = item;
  if (isSame(definition(before), definition(after))) return [];
  if (!canConvert(item)) refuseConversion(table.name, after, before);
  const alter = (from: ColumnModel, to: ColumnModel): AlterColumn => ({
    kind: "alterColumn",
    ...placeOf(table),
    before: from,
    after: to,
  });
  const value = after.default;
  if (!before.nullable || after.nullable || value === undefined) return [alter(before, after)];
  const backfill: Backfill = { kind: "backfill", ...placeOf(table), column: after, value };
  const loose = { ...after, nullable: true };
  return isSame(definition(before), definition(loose))
    ? [backfill, alter(before, after)]
    : [alter(before, loose), backfill, alter(loose, after)];
}

function addColumn(
  table: TableSnapshot,
  column: ColumnSnapshot,
  { isFilling = false }: ColumnDiffOptions,
): Change[] {
  const isOptional = column.nullable || column.default !== undefined || column.isAutoIncrement;
  const value = isOptional || !isFilling ? undefined : emptyValue(table, column);
  if (value === undefined) return [{ kind: "addColumn", ...placeOf(table), column }];
  const loose = { ...column, nullable: true };
  return [
    { kind: "addColumn", ...placeOf(table), column: loose },
    { kind: "backfill", ...placeOf(table), column, value },
    { kind: "alterColumn", ...placeOf(table), before: loose, after: column },
  ];
}
