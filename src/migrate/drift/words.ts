/** What differs between a database and what is expected of it, in words for people. */

import type { Change } from "../../schema/change.ts";
import {
  columnList,
  columnText,
  defaultText,
  foreignKeyText,
  indexText,
  placeName as place,
  sqlText,
  typeName,
} from "../../schema/describe.ts";
import type { ColumnModel } from "../../schema/model.ts";
import { isSame } from "../../schema/same.ts";

export interface Difference {
  /** `"missing"` in the database, `"extra"` there, or `"different"`. */
  readonly kind: "different" | "extra" | "missing";
  /** What it is, as in `"column"`. */
  readonly of: string;
  /** With its schema before it where that isn't the connection's own. Undefined for what is in no table. */
  readonly table: string | undefined;
  readonly name: string;
  /** Such as `column users.name is varchar(20), and varchar(80) is expected`. */
  readonly text: string;
}

/** What a change that would mend the database tells of it. */
interface Part {
  readonly of: string;
  readonly table?: string | undefined;
  readonly name: string;
  /** What the database has. */
  readonly found?: string;
  readonly expected?: string;
  readonly columns?: readonly [before: ColumnModel, after: ColumnModel];
}

/** On one side or the other, as the change would drop or add it. */
function side(kind: Change["kind"], text: string): Pick<Part, "expected" | "found"> {
  return kind.startsWith("drop") ? { found: text } : { expected: text };
}

function partOfKey(change: Change): Part | undefined {
  switch (change.kind) {
    case "addCheck":
    case "dropCheck": {
      const { condition, name } = change.check;
      const text = side(change.kind, `(${sqlText(condition)})`);
      return { of: "check", table: place(change, change.table), name, ...text };
    }
    case "addForeignKey":
    case "dropForeignKey": {
      const { foreignKey } = change;
      const text = side(change.kind, foreignKeyText(foreignKey));
      const table = place(change, change.table);
      return { of: "foreign key", table, name: foreignKey.name, ...text };
    }
    case "addPrimaryKey":
    case "dropPrimaryKey": {
      const text = side(change.kind, columnList(change.key.columns));
      return { of: "primary key", table: place(change, change.table), name: "", ...text };
    }
    case "addUnique": {
      const { key, table } = change;
      const text = side(change.kind, columnList(key.columns));
      return { of: "unique key", table: place(table, table.name), name: key.name, ...text };
    }
    case "dropUnique": {
      const { key } = change;
      const text = side(change.kind, columnList(key.columns));
      return { of: "unique key", table: place(change, change.table), name: key.name, ...text };
    }
    case "createIndex": {
      const { index, table } = change;
      const text = side(change.kind, indexText(index));
      return { of: "index", table: place(table, table.name), name: index.name, ...text };
    }
    case "dropIndex": {
      const { index } = change;
      const text = side(change.kind, indexText(index));
      return { of: "index", table: place(change, change.table), name: index.name, ...text };
    }
    case "renameConstraint":
    case "renameIndex": {
      const of = change.kind === "renameIndex" ? "index" : "constraint";
      const table = place(change, change.table);
      return { of, table, name: change.from, found: change.from, expected: change.to };
    }
    default:
      return undefined;
  }
}

function partOf(change: Change): Part | undefined {
  switch (change.kind) {
    case "createTable":
      return { of: "table", name: place(change.table, change.table.name), expected: "" };
    case "dropTable":
      return { of: "table", name: place(change, change.table), found: "" };
    case "addColumn":
    case "dropColumn": {
      const { column } = change;
      const text = side(change.kind, columnText(column));
      return { of: "column", table: place(change, change.table), name: column.name, ...text };
    }
    case "alterColumn": {
      const { before, after } = change;
      const table = place(change, change.table);
      return { of: "column", table, name: after.name, columns: [before, after] };
    }
    case "createEnum":
    case "dropEnum": {
      const { type } = change;
      const text = side(change.kind, columnList(type.values));
      return { of: "enum", name: place(type, type.name), ...text };
    }
    case "alterEnum": {
      const { before, after } = change;
      const texts = { found: columnList(before.values), expected: columnList(after.values) };
      return { of: "enum", name: place(after, after.name), ...texts };
    }
    case "createView":
      return { of: "view", name: place(change.view, change.view.name), expected: "" };
    case "dropView":
      return { of: "view", name: place(change, change.name), found: "" };
    case "createSchema":
      return { of: "schema", name: change.name, expected: "" };
    case "setComment": {
      const name = change.column === undefined ? "" : change.column;
      const expected = change.comment === undefined ? "none" : JSON.stringify(change.comment);
      const table = place(change, change.table);
      return { of: "comment", table, name, found: "another one", expected };
    }
    default:
      return partOfKey(change);
  }
}

function columnDifference(before: ColumnModel, after: ColumnModel): string {
  const said: string[] = [];
  if (!isSame(before.type, after.type)) {
    const [found, expected] = [typeName(before.type), typeName(after.type)];
    if (found === expected) said.push(`is kept in another way than ${expected} is to be`);
    else said.push(`is ${found}, and ${expected} is expected`);
  }
  if (before.nullable !== after.nullable)
    said.push(
      before.nullable
        ? "may be NULL, which is not expected"
        : "may not be NULL, which is not expected",
    );
  if (!isSame(before.default, after.default)) {
    const [found, expected] = [before.default, after.default].map((value) =>
      value === undefined ? "none" : defaultText(value),
    );
    said.push(`has the default ${found}, and ${expected} is expected`);
  }
  if (before.isAutoIncrement !== after.isAutoIncrement || !isSame(before.identity, after.identity))
    said.push("counts in another way than is expected");
  if (!isSame(before.generated, after.generated))
    said.push("is computed in another way than is expected");
  return said.join("; ") || "is defined in another way than is expected";
}

function differenceOf(parts: readonly Part[]): Difference {
  const { name, of, table } = parts[0]!;
  const subject = [of, table === undefined ? name : [table, name].filter(Boolean).join(".")];
  const what = subject.join(" ");
  const changed = parts.flatMap(({ columns }) => (columns === undefined ? [] : [columns]));
  const found = parts.find((part) => part.found !== undefined)?.found;
  const last = changed.at(-1)?.[1];
  const wanted = parts.findLast((part) => part.expected !== undefined)?.expected;
  // One that comes again is filled before it may not be NULL.
  const expected = wanted === undefined || last === undefined ? wanted : columnText(last);
  const told = (kind: Difference["kind"], text: string): Difference => ({
    kind,
    of,
    table: of === "table" ? name : table,
    name: of === "primary key" || of === "comment" ? (table ?? "") : name,
    text: `${what} ${text}`,
  });
  const detail = (text: string): string => (text === "" ? "" : `: ${text}`);
  if (found !== undefined && expected !== undefined)
    return told(
      "different",
      found === expected
        ? "is made in another way than is expected"
        : `is ${found}, and ${expected} is expected`,
    );
  if (found !== undefined) return told("extra", `is not expected${detail(found)}`);
  if (expected !== undefined) return told("missing", `is missing${detail(expected)}`);
  return told("different", columnDifference(changed[0]![0], last!));
}

/** @param changes Those that would mend the database. What belongs to a table that is missing goes without saying. */
export function differencesOf(changes: readonly Change[]): Difference[] {
  const parts = changes.flatMap((change) => partOf(change) ?? []);
  const missing = new Set(
    parts.flatMap(({ expected, name, of }) =>
      of === "table" && expected !== undefined ? [name] : [],
    ),
  );
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    if (part.table !== undefined && missing.has(part.table)) continue;
    const key = JSON.stringify([part.of, part.table, part.name]);
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups.values()].map(differenceOf);
}
