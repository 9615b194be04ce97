/** A column as it stands in a table. */

import type { TextType } from "../../../ast/logical-type.ts";
import { UnsupportedError } from "../../../core/error.ts";
import { writeSql } from "../../../dialect/sql/declared-text.ts";
import { writeGenerated } from "../../../dialect/sql/standard-ddl.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { constraintName, type ColumnModel, type TableModel } from "../../../schema/model.ts";
import { writeColumnDefault } from "../column-default.ts";
import { noteOf } from "./type-note.ts";
import { decimalStorage } from "../types.ts";

/**
 * What SQLite would let through and no other database does. Errors tell an unnamed check by its text, of which SQLite
 * keeps only a quoted name where that comes first; so a range begins with a parenthesis.
 */
function writeCheck({ name, type }: ColumnModel, out: Writer): void {
  switch (type.kind) {
    case "integer": {
      const high = 2 ** (type.bits - 1) - 1;
      out
        .sql(" check ((")
        .id(name)
        .sql(`) between ${-high - 1} and ${high})`);
      return;
    }
    case "bigint":
      if (type.flags !== undefined) out.sql(" check ((").id(name).sql(") >= 0)");
      return;
    case "decimal": {
      if (decimalStorage(type) !== "scaled") return;
      const high = "9".repeat(type.precision);
      out.sql(" check ((").id(name).sql(`) between -${high} and ${high})`);
      return;
    }
    case "boolean":
      out.sql(" check (").id(name).sql(" in (0, 1))");
      return;
    case "text":
      if (type.length !== undefined)
        out.sql(" check (length(").id(name).sql(`) <= ${type.length})`);
      return;
    case "date":
      // Of what is no day, date() makes another day or NULL.
      out.sql(" check (").id(name).sql(" is date(").id(name).sql(") and ");
      out.id(name).sql(" >= '0001')");
      return;
    case "time": {
      const fraction = type.precision > 0 ? `.${"[0-9]".repeat(type.precision)}` : "";
      out.sql(" check (").id(name).sql(` glob '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]${fraction}' and `);
      out.id(name).sql(" < '24')");
      return;
    }
    case "bytes":
      if (type.length !== undefined)
        out.sql(" check (length(").id(name).sql(`) <= ${type.length})`);
      return;
    case "enum":
      out.sql(" check (").id(name).sql(" in (");
      out.list(type.values, (value) => out.sql(out.context.spelling.textLiteral(value))).sql("))");
      return;
    case "array":
      out.sql(" check (case json_valid(").id(name).sql(") when 1 then json_type(");
      out.id(name).sql(") = 'array' when 0 then 0 end)");
      return;
    case "json":
      out.sql(" check (json_valid(").id(name).sql("))");
      return;
    default:
    // The storage says it all, and a strict table keeps to it.
  }
}

/** Source: sqlite.org/datatype3.html, "Collating Sequences". */
const COLLATIONS = new Set(["BINARY", "NOCASE", "RTRIM"]);

function writeCollation({ collation }: TextType, out: Writer): void {
  const name = collation?.sqlite;
  if (name === undefined) return;
  if (!COLLATIONS.has(name.toUpperCase())) {
    throw new UnsupportedError({
      dialect: "SQLite",
      feature: `the collation ${name}`,
      instead: "It has BINARY, NOCASE and RTRIM: name one of them with collate({ sqlite: … }).",
    });
  }
  out.sql(" collate ").id(name);
}

/** Of the ways to count, SQLite has one. */
function refuseIdentity(column: ColumnModel): void {
  if (column.identity === undefined) return;
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: `options of autoIncrement() ("${column.name}")`,
    instead: "Leave them out: it counts up from 1, and rows may bring their own.",
  });
}

export function isRowId(column: ColumnModel, table: TableModel | undefined): boolean {
  return column.isAutoIncrement && table?.primaryKey?.columns[0] === column.name;
}

function refuseCounted(column: ColumnModel): never {
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: `autoIncrement() of a column that is not the primary key ("${column.name}")`,
    instead: "Make it the primary key, or give the values by $default().",
  });
}

/** A key that stands behind its column is named only where its name is not the usual; a table made anew takes over the name. */
function writeKeyName(table: TableModel | undefined, out: Writer): void {
  const name = table?.primaryKey?.name;
  if (name === undefined || name === constraintName(table!.name.replace(/__new$/, ""), [], "pkey"))
    return;
  out.sql(" constraint ").id(name);
}

export function writeColumn(column: ColumnModel, table: TableModel | undefined, out: Writer): void {
  refuseIdentity(column);
  if (column.isAutoIncrement && table !== undefined && !isRowId(column, table))
    refuseCounted(column);
  out.sql(out.context.types.sqlType(column.type));
  const note = noteOf(column.type);
  if (note !== undefined) out.sql(` /* ${note} */`);
  if (column.type.kind === "text") writeCollation(column.type, out);
  // `autoincrement` may only follow an inline primary key; it keeps keys of deleted rows from coming again.
  if (isRowId(column, table)) {
    writeKeyName(table, out);
    out.sql(" primary key autoincrement");
  }
  if (!column.nullable) out.sql(" not null");
  if (column.default !== undefined) {
    out.sql(" default ");
    writeColumnDefault(column.default, column.type, out);
  }
  if (column.generated !== undefined) {
    // Behind a note SQLite would take `generated always` for a part of the type.
    if (note === undefined) writeGenerated(column.generated, out);
    else {
      writeSql(column.generated.sql, out.sql(" as ("));
      out.sql(column.generated.isStored ? ") stored" : ") virtual");
    }
  }
  writeCheck(column, out);
}
