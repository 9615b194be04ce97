import { parseArgs } from "node:util";
import { ConfigError } from "../core/error.ts";
import {
  columnList,
  defaultText,
  foreignKeyText,
  indexText,
  sqlText,
  typeName,
} from "../schema/describe.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
import {
  describeTable,
  listTables,
  type Described,
  type Listed,
  type RowCount,
} from "../tools/look/tables.ts";
import { commonOptions, connectProject, loadProject } from "./context.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";
import { writeGrid, type GridCell } from "./text/grid.ts";
import { safe } from "./text/width.ts";

const help = `Usage: plinth tables [NAME] [options]

Tells which tables and views there are, or all of one: its columns, keys, indexes, and the foreign keys that
lead from it and to it. It reads the database; no schema in code is needed.

Options:
  --schema NAME        Of this schema instead of the connection's own. May be given several times.
  --url URL            The database. Default: DATABASE_URL, then the configuration's.
  -c, --config FILE    The configuration. Default: plinth.config.ts.
  --json               Print data for programs.
`;

const options = { ...commonOptions, schema: { type: "string", multiple: true } } as const;

/** `plinth tables` */
export async function tablesCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<void> {
  const { positionals, values } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (values.help === true) {
    terminal.stdout.write(help);
    return;
  }
  const [name, ...others] = positionals;
  if (others.length > 0) throw new ConfigError("`plinth tables` takes one name.");
  const project = await loadProject(values, cwd);
  const db = await connectProject(values, project, undefined, { isThere: true });
  const look = { schemas: values.schema };
  try {
    if (name === undefined) {
      const { listed, others: foreign } = await listTables(db, look);
      if (values.json === true) return printJson(terminal, listed.map(listedData));
      showList(listed, foreign.length, terminal);
    } else {
      const described = await describeTable(db, name, look);
      if (values.json === true) return printJson(terminal, describedData(described));
      show(described, terminal);
    }
  } finally {
    await db.close();
  }
}

function listedData({ count, kind, model, name }: Listed): object {
  return {
    name,
    kind,
    rows: count?.rows ?? null,
    isEstimate: count?.isEstimate ?? false,
    columns: model.columns.map((column) => column.name),
    comment: model.comment ?? null,
  };
}

function describedData({ count, kind, model, name, others, referencedBy }: Described): object {
  const own = { name, kind, rows: count?.rows ?? null, isEstimate: count?.isEstimate ?? false };
  const { name: _name, columns, ...rest } = model;
  const told = columns.map((column) => ({ ...column, type: typeName(column.type) }));
  return { ...own, columns: told, ...rest, referencedBy, others };
}

function countText(count: RowCount | undefined): string {
  if (count === undefined) return "";
  return `${count.isEstimate ? "~" : ""}${count.rows.toLocaleString("en-US")}`;
}

function referencesOf({ model }: Listed): string {
  const keys = "foreignKeys" in model ? model.foreignKeys : [];
  return [...new Set(keys.map(({ target }) => target))].join(", ");
}

function showList(listed: readonly Listed[], foreignCount: number, terminal: Terminal): void {
  const paint = painter(terminal);
  if (listed.length === 0) {
    terminal.stdout.write("there are no tables\n");
    return;
  }
  const hasViews = listed.some(({ kind }) => kind !== "table");
  const hasComments = listed.some(({ model }) => model.comment !== undefined);
  const rows = listed.map((one): GridCell[] => [
    { text: safe(one.name), style: "cyan" },
    ...(hasViews ? [{ text: one.kind, style: "dim" as const }] : []),
    { text: countText(one.count) },
    { text: String(one.model.columns.length) },
    { text: safe(referencesOf(one)) },
    ...(hasComments ? [{ text: safe(one.model.comment ?? "") }] : []),
  ]);
  const columns = [
    { title: "name" },
    ...(hasViews ? [{ title: "kind" }] : []),
    { title: "rows", isRight: true },
    { title: "columns", isRight: true },
    { title: "references" },
    ...(hasComments ? [{ title: "comment" }] : []),
  ];
  terminal.stdout.write(writeGrid({ columns, rows }, terminal));
  const more = foreignCount === 0 ? "" : `, ${foreignCount} other things; `;
  terminal.stdout.write(
    paint(
      "dim",
      `${listed.length} in all${more === "" ? "; " : more}plinth tables NAME tells all of one\n`,
    ),
  );
}

function keysOf(column: ColumnModel, model: Listed["model"]): string {
  if (!("primaryKey" in model)) return "";
  const words = [
    ...(model.primaryKey?.columns.includes(column.name) === true ? ["primary key"] : []),
    ...(model.uniques.some(({ columns }) => columns.length === 1 && columns[0] === column.name)
      ? ["unique"]
      : []),
    ...model.foreignKeys
      .filter(({ columns }) => columns.length === 1 && columns[0] === column.name)
      .map(({ target, targetColumns }) => `→ ${target}.${targetColumns[0]}`),
  ];
  return words.join(", ");
}

function columnRow(column: ColumnModel, model: Listed["model"]): GridCell[] {
  const { default: value, generated, isAutoIncrement } = column;
  const filled = isAutoIncrement
    ? "counts up"
    : generated === undefined
      ? value === undefined
        ? ""
        : defaultText(value)
      : `= ${sqlText(generated.sql)}`;
  return [
    { text: safe(column.name), style: "cyan" },
    { text: safe(typeName(column.type)) },
    { text: column.nullable ? "NULL" : "not null", style: column.nullable ? "dim" : "reset" },
    { text: safe(filled) },
    { text: safe(keysOf(column, model)) },
    { text: safe(column.comment ?? "") },
  ];
}

function show(described: Described, terminal: Terminal): void {
  const { count, kind, model, name, others, referencedBy } = described;
  const paint = painter(terminal);
  const rows =
    count === undefined ? kind : `${countText(count)} ${count.rows === 1 ? "row" : "rows"}`;
  const comment = model.comment === undefined ? "" : `\n${safe(model.comment)}`;
  terminal.stdout.write(`${paint("bold", safe(name))}  ${paint("dim", rows)}${comment}\n`);
  const all = ["column", "type", "", "default", "keys", "comment"];
  const cells = model.columns.map((column) => columnRow(column, model));
  const used = all.flatMap((title, at) =>
    at < 3 || cells.some((row) => row[at]!.text !== "") ? [{ title, at }] : [],
  );
  const grid = {
    columns: used.map(({ title }) => ({ title })),
    rows: cells.map((row) => used.map(({ at }) => row[at]!)),
  };
  terminal.stdout.write(writeGrid(grid, terminal));
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    terminal.stdout.write(`${paint("bold", title)}\n`);
    for (const line of lines) terminal.stdout.write(`  ${safe(line)}\n`);
  };
  if ("foreignKeys" in model) showKeys(model, section);
  else section("query", [model.text]);
  section(
    "referenced by",
    referencedBy.map((key) => `${key.table} ${foreignKeyText(key)}`),
  );
  section(
    "and, which no declaration says",
    others.map(
      (other) =>
        `${other.kind} ${other.name}${other.detail === undefined ? "" : `: ${other.detail}`}`,
    ),
  );
}

function showKeys(
  model: TableModel,
  section: (title: string, lines: readonly string[]) => void,
): void {
  const { checks, foreignKeys, indexes, primaryKey, uniques } = model;
  section("primary key", primaryKey === undefined ? ["none"] : [columnList(primaryKey.columns)]);
  section(
    "unique",
    uniques.map((key) => `${key.name} ${columnList(key.columns)}`),
  );
  section(
    "indexes",
    indexes.map((index) => `${index.name} ${indexText(index)}`),
  );
  section(
    "checks",
    checks.map((check) => `${check.name} (${sqlText(check.condition)})`),
  );
  section("references", foreignKeys.map(foreignKeyText));
}
