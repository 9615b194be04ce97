/** Enums, which can't lose a value or change their order, and checks that bear the name of their column. */

import {
  columnsOfEnum,
  type MigrationRules,
  type RewriteContext,
} from "../../dialect/migration.ts";
import type { AlterColumn, AlterEnum, Change } from "../../schema/change.ts";
import type { EnumType } from "../../ast/logical-type.ts";
import type { TableModel } from "../../schema/model.ts";
import { hasTypeCheck, typeCheckName } from "./column.ts";
import { locksOf } from "./locks.ts";
import { isTextEnum } from "./types.ts";

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

/** A new type takes the place of the old one: no value of a type ever goes. */
function replaceEnum(change: AlterEnum, context: RewriteContext): Change[] {
  const { after, before } = change;
  const aside: EnumType = { ...before, name: nameAside(after.name) };
  const columns = columnsOfEnum(change, context).map((column): AlterColumn => ({
    kind: "alterColumn",
    ...placeOf(column.table),
    before: { ...column.before, type: aside },
    after: { ...column.before, type: after, default: column.after.default },
  }));
  return [
    { kind: "renameEnum", type: aside, from: after.name, to: aside.name },
    { kind: "createEnum", type: after },
    ...columns,
    { kind: "dropEnum", type: aside },
  ];
}

function alterTextEnum(change: AlterEnum, context: RewriteContext): Change[] {
  return columnsOfEnum(change, context).flatMap(({ table, ...column }): Change[] => {
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

/** Such a check is named by its table and column. */
function renameTypeChecks({ tables }: RewriteContext): Change[] {
  return tables.flatMap(({ original, before, after }) =>
    before.columns.flatMap((column, at): Change[] => {
      if (!hasTypeCheck(column)) return [];
      const from = typeCheckName(original.name, original.columns[at]!.name);
      const to = typeCheckName(before.name, column.name);
      if (from === to) return [];
      return [{ kind: "renameConstraint", ...placeOf(after), of: "check", from, to }];
    }),
  );
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
    const checks = renameTypeChecks(context);
    const at = rewritten.findLastIndex(({ kind }) => kind.startsWith("rename"));
    return [...rewritten.slice(0, at + 1), ...checks, ...rewritten.slice(at + 1)];
  },

  locksOf,
};
