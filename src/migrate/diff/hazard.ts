/** What a change may do to rows and to programs that run, the same on every database. */

import type { Hazard } from "../../dialect/server/migration.ts";
import { conversionOf } from "../../dialect/values/conversion.ts";
import type { AlterColumn, AlterEnum, Change } from "../../schema/change.ts";
import { typeName } from "../../schema/describe.ts";
import { keyOf } from "../../schema/moves.ts";
import { isSame } from "../../schema/same.ts";

function place({
  schema,
  table,
}: {
  readonly schema?: string | undefined;
  readonly table: string;
}): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

function hazard(id: string, kind: Hazard["kind"], message: string): Hazard {
  return { id, kind, message };
}

/** What becomes of its values is told of the enum. */
function isOneEnum({ before: { type: from }, after: { type: to } }: AlterColumn): boolean {
  return from.kind === "enum" && to.kind === "enum" && keyOf(from) === keyOf(to);
}

function ofAlter(change: AlterColumn): Hazard[] {
  const { before, after } = change;
  const where = `${place(change)}.${after.name}`;
  const found: Hazard[] = [];
  const becomes = `${where} becomes ${typeName(after.type)} from ${typeName(before.type)}`;
  const isRetyped = !isOneEnum(change) && !isSame(before.type, after.type);
  const conversion = isRetyped ? conversionOf(before.type, after.type) : "exact";
  if (conversion === "lossy")
    found.push(hazard("DS104", "lossy", `${becomes}: values may be rounded or cut`));
  if (conversion === "checked")
    found.push(hazard("DS104", "failing", `${becomes}: fails when a value does not fit`));
  if (before.nullable && !after.nullable)
    found.push(hazard("MF104", "failing", `${where} must not be NULL: fails when a row has none`));
  if (!isSame(before.default, after.default))
    found.push(hazard("BC105", "breaking", `the default of ${where} changes`));
  return found;
}

function ofEnum({ before, after, renamed }: AlterEnum): Hazard[] {
  const old = new Set(renamed.map(({ from }) => from));
  const gone = before.values.filter((value) => !old.has(value) && !after.values.includes(value));
  const found = renamed.map(({ from, to }) =>
    hazard("BC103", "breaking", `${after.name} has "${to}" instead of "${from}"`),
  );
  if (gone.length > 0) {
    const names = gone.map((value) => `"${value}"`).join(", ");
    found.push(
      hazard("DS105", "failing", `${after.name} loses ${names}: fails when a row has one`),
    );
  }
  return found;
}

/** @param hasColumn Whether a column that is dropped comes back, computed or empty, under its name. */
export function hazardsOf(change: Change, hadNulls: (change: Change) => boolean): Hazard[] {
  switch (change.kind) {
    case "dropTable":
      return [hazard("DS102", "lossy", `drops table ${place(change)} with its rows`)];
    case "dropColumn":
      return change.column.generated?.isStored === false || change.column.generated !== undefined
        ? []
        : [
            hazard(
              "DS103",
              "lossy",
              `drops column ${place(change)}.${change.column.name} with its values`,
            ),
          ];
    case "alterColumn":
      return ofAlter(change);
    case "alterEnum":
      return ofEnum(change);
    case "backfill":
      return hadNulls(change)
        ? [
            hazard(
              "DS108",
              "lossy",
              `gives every NULL of ${place(change)}.${change.column.name} the column's default`,
            ),
          ]
        : [];
    case "renameTable":
      return [hazard("BC101", "breaking", `table ${change.from} is ${change.to} from now on`)];
    case "renameColumn":
      return [
        hazard(
          "BC102",
          "breaking",
          `column ${place(change)}.${change.from} is ${change.to} from now on`,
        ),
      ];
    case "addColumn": {
      const { column } = change;
      const isFilled =
        column.nullable ||
        column.default !== undefined ||
        column.isAutoIncrement ||
        column.generated !== undefined;
      return isFilled
        ? []
        : [
            hazard(
              "MF103",
              "failing",
              `${place(change)}.${column.name} must not be NULL and has no default: fails when the table has rows`,
            ),
          ];
    }
    case "addUnique":
      return [
        hazard(
          "MF101",
          "failing",
          `${change.key.name} is unique: fails when rows have equal values`,
        ),
      ];
    case "addPrimaryKey":
      return [
        hazard(
          "MF101",
          "failing",
          `${change.key.name} is a key: fails when rows have equal values`,
        ),
      ];
    case "createIndex":
      return change.index.isUnique
        ? [
            hazard(
              "MF101",
              "failing",
              `${change.index.name} is unique: fails when rows have equal values`,
            ),
          ]
        : [];
    case "addForeignKey":
      return [
        hazard("MF105", "failing", `${change.foreignKey.name}: fails when a row points at nothing`),
      ];
    case "addCheck":
      return [hazard("MF106", "failing", `${change.check.name}: fails when a row breaks it`)];
    case "dropForeignKey":
      return [hazard("CD101", "breaking", `${change.foreignKey.name} is kept no more`)];
    case "dropUnique":
      return [hazard("CD102", "breaking", `${change.key.name} is kept no more`)];
    case "dropCheck":
      return [hazard("CD102", "breaking", `${change.check.name} is kept no more`)];
    default:
      return [];
  }
}
