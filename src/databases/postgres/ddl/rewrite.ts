/** Enums, which can't lose a value or change their order, and checks that bear the name of their column. */

import { orderMoves } from "../../../schema/moves.ts";
import {
  columnsOfEnum,
  type MigrationRules,
  type ChangedColumn,
  type RewriteContext,
} from "../../../dialect/server/migration.ts";
import type { AlterColumn, AlterEnum, Change } from "../../../schema/change.ts";
import type { EnumType, LogicalType } from "../../../ast/logical-type.ts";
import type { TableModel } from "../../../schema/model.ts";
import { isSame } from "../../../schema/same.ts";
import { hasTypeCheck, typeCheckName } from "./column.ts";
import { locksOf } from "./locks.ts";
import { isTextEnum } from "../types.ts";

/** The server keeps 63 bytes of a name. */
function nameAside(name: string): string {
  return `${name.slice(0, 20)}__replaced`;
}

function addValues({ after, before, renamed }: AlterEnum): Change[] {
  const nameOf = new Map(renamed.map(({ from, to }) => [from, to]));
  const values = before.values.map((value) => nameOf.get(value) ?? value);
  return after.values.flatMap((value, at): Change[] => {
    if (values.includes(value)) return [];
    const change: Change = {
      kind: "addEnumValue",
      type: { ...after, values: [...values] },
      value,
      behind: after.values[at - 1],
    };
    values.splice(at, 0, value);
    return [change];
  });
}

/** The same type of another enum. */
function withEnum(type: LogicalType, own: EnumType): LogicalType {
  return type.kind === "array" ? { ...type, element: own } : own;
}

function typeAside({ after, before }: AlterEnum): EnumType {
  return { ...before, name: nameAside(after.name) };
}

/** A new type takes the place of the old one: no value of a type ever goes. */
function replaceEnum(change: AlterEnum, context: RewriteContext): Change[] {
  const { after } = change;
  const aside = typeAside(change);
  const columns = columnsOfEnum(change, context, true).map(({ table, ...column }): AlterColumn => ({
    kind: "alterColumn",
    ...placeOf(table),
    before: { ...column.before, type: withEnum(column.before.type, aside) },
    after: {
      ...column.before,
      type: withEnum(column.before.type, after),
      default: column.after.default,
    },
  }));
  return [
    { kind: "renameEnum", type: aside, from: after.name, to: aside.name },
    { kind: "createEnum", type: after },
    ...columns,
  ];
}

function alterTextEnum(change: AlterEnum, context: RewriteContext): Change[] {
  return columnsOfEnum(change, context, false).flatMap(({ table, ...column }): Change[] => {
    const place = placeOf(table);
    const both = [...change.before.values, ...change.after.values];
    const wide: EnumType = { ...change.after, values: [...new Set(both)] };
    const loose = { ...column.before, type: wide };
    const last = { ...column.before, type: change.after, default: column.after.default };
    if (change.renamed.length === 0)
      return [{ kind: "alterColumn", ...place, before: column.before, after: last }];
    return [
      { kind: "alterColumn", ...place, before: column.before, after: loose },
      ...change.renamed.map((step): Change => ({
        kind: "replaceValue",
        ...place,
        column: column.after.name,
        from: step.from,
        to: step.to,
      })),
      { kind: "alterColumn", ...place, before: loose, after: last },
    ];
  });
}

function alterEnum(change: AlterEnum, context: RewriteContext): Change[] {
  if (isTextEnum(change.after) || isTextEnum(change.before)) return alterTextEnum(change, context);
  const renames = change.renamed.map(({ from, to }): Change => ({
    kind: "renameEnumValue",
    type: change.after,
    from,
    to,
  }));
  return change.isReplaced
    ? [...renames, ...replaceEnum(change, context)]
    : [...renames, ...addValues(change)];
}

function placeOf({ schema, name }: TableModel): { schema?: string; table: string } {
  return schema === undefined ? { table: name } : { schema, table: name };
}

/** An index says where NULLs stand only where there can be any. */
function placeNulls(changes: readonly Change[], { tables }: RewriteContext): Change[] {
  const dropped: Change[] = [];
  const created: Change[] = [];
  for (const { before, after, columns } of tables) {
    const moved = new Set(
      columns.filter((one) => one.before.nullable !== one.after.nullable).map(nameAfter),
    );
    if (moved.size === 0) continue;
    for (const index of after.indexes) {
      const isKept =
        before.indexes.some((old) => isSame({ ...old, name: index.name }, index)) &&
        index.columns.some((name) => moved.has(name)) &&
        !changes.some(
          (change) => change.kind === "createIndex" && change.index.name === index.name,
        );
      if (!isKept) continue;
      dropped.push({ kind: "dropIndex", ...placeOf(after), index });
      created.push({ kind: "createIndex", table: after, index });
    }
  }
  const at = changes.findLastIndex(({ kind }) => kind === "alterColumn");
  return [...changes.slice(0, at + 1), ...dropped, ...created, ...changes.slice(at + 1)];
}

function nameAfter({ after }: ChangedColumn): string {
  return after.name;
}

/** Such a check is named by its table and column. One of a column that is made anew is too. */
function renameTypeChecks(changes: readonly Change[], { tables }: RewriteContext): Change[] {
  const made = new Set(
    changes.flatMap((change) =>
      change.kind === "addColumn" ? [JSON.stringify([change.table, change.column.name])] : [],
    ),
  );
  return tables.flatMap(({ original, before, after, columns }) =>
    columns.flatMap(({ before: column }): Change[] => {
      if (!hasTypeCheck(column) || made.has(JSON.stringify([after.name, column.name]))) return [];
      const old = original.columns[before.columns.indexOf(column)]!;
      const from = typeCheckName(original.name, old.name);
      const to = typeCheckName(before.name, column.name);
      if (from === to) return [];
      return [{ kind: "renameConstraint", ...placeOf(after), of: "check", from, to }];
    }),
  );
}

type Rename = Change & { readonly kind: "renameConstraint" | "renameIndex" };

function isRename(change: Change): change is Rename {
  return change.kind === "renameConstraint" || change.kind === "renameIndex";
}

/** Indexes and keys of a schema have one set of names, so that two may be in one another's way. */
function renameInOrder(changes: readonly Change[], more: readonly Change[]): Change[] {
  const all = [...changes.filter(isRename), ...more.filter(isRename)];
  const moves = all.map((change) => ({
    change,
    from: { schema: change.schema, name: change.from },
    to: { schema: change.schema, name: change.to },
  }));
  const ordered = orderMoves(moves).map(({ change, from, to }): Change => ({
    ...change,
    from: from.name,
    to: to.name,
  }));
  const at = changes.findLastIndex(
    (change) => isRename(change) || change.kind === "renameTable" || change.kind === "renameColumn",
  );
  const without = (part: readonly Change[]): Change[] => part.filter((change) => !isRename(change));
  return [...without(changes.slice(0, at + 1)), ...ordered, ...without(changes.slice(at + 1))];
}

export const postgresMigration: MigrationRules = {
  storedTable: (table) => table,

  rewrite(changes, context) {
    const isDeclared = (type: EnumType): boolean => !isTextEnum(type);
    const rewritten = changes.flatMap((change): Change[] => {
      switch (change.kind) {
        case "createEnum":
        case "dropEnum":
          return isDeclared(change.type) ? [change] : [];
        case "renameEnum":
          return isDeclared(change.type) ? [change] : [];
        case "alterEnum":
          return alterEnum(change, context);
        default:
          return [change];
      }
    });
    const ordered = renameInOrder(rewritten, renameTypeChecks(changes, context));
    // Columns that go have the old type until the end.
    const gone = changes.flatMap((change): Change[] =>
      change.kind === "alterEnum" && change.isReplaced && isDeclared(change.after)
        ? [{ kind: "dropEnum", type: typeAside(change) }]
        : [],
    );
    return [...placeNulls(ordered, context), ...gone];
  },

  locksOf,
};
