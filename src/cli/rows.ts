import { parseArgs } from "node:util";
import { ConfigError } from "../core/error.ts";
import { conditionOf, readRows, type FoundRows } from "../tools/look/rows.ts";
import { commonOptions, connectProject, loadProject } from "./context.ts";
import { wholeNumber } from "./migrate-order.ts";
import { painter, type Terminal } from "./terminal.ts";
import { writeGrid } from "./text/grid.ts";
import { cellOf, forJson } from "./text/value.ts";
import { safe } from "./text/width.ts";

const help = `Usage: plinth rows TABLE [options]

Shows rows of a table or view as the database keeps them. No schema in code is needed.

Options:
  --limit N              At most so many. Default: 20.
  --offset N             Behind so many others.
  --where COLUMN=VALUE   Only rows with that value. May be given several times.
  --null COLUMN          Only rows without a value there. --not-null COLUMN: only those with one.
  --order COLUMN         In this order; -COLUMN is the other way round. Default: the primary key.
  --columns A,B          Only these columns.
  --url URL              The database. Default: DATABASE_URL, then the configuration's.
  -c, --config FILE      The configuration. Default: plinth.config.ts.
  --json                 Print data for programs: numbers beyond 2^53 are text, bytes are "0x…".
`;

const options = {
  ...commonOptions,
  limit: { type: "string" },
  offset: { type: "string" },
  where: { type: "string", multiple: true },
  null: { type: "string", multiple: true },
  "not-null": { type: "string", multiple: true },
  order: { type: "string", multiple: true },
  columns: { type: "string" },
} as const;

/** A value may begin with a dash, which `parseArgs` would take for an option. */
function joined(argv: readonly string[]): string[] {
  const taken: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const next = argv[at + 1];
    if (argv[at] === "--order" && next?.startsWith("-") === true && !next.startsWith("--")) {
      taken.push(`--order=${next}`);
      at++;
    } else taken.push(argv[at]!);
  }
  return taken;
}

/** `plinth rows` */
export async function rowsCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<void> {
  const { positionals, values } = parseArgs({
    args: joined(argv),
    options,
    allowPositionals: true,
  });
  if (values.help === true) {
    terminal.stdout.write(help);
    return;
  }
  const [table, ...others] = positionals;
  if (table === undefined || others.length > 0)
    throw new ConfigError("`plinth rows` takes the name of one table.", {
      hint: "Run `plinth tables` for their names.",
    });
  const nulls = (values.null ?? []).map((column) => ({ column, value: null }));
  const wanted = {
    limit: wholeNumber("--limit", values.limit) ?? 20,
    offset: wholeNumber("--offset", values.offset) ?? 0,
    where: [...(values.where ?? []).map(conditionOf), ...nulls],
    notNull: values["not-null"] ?? [],
    order: (values.order ?? []).map((text) => ({
      column: text.replace(/^-/, ""),
      isDescending: text.startsWith("-"),
    })),
    columns: values.columns?.split(","),
  };
  const project = await loadProject(values, cwd);
  const db = await connectProject(values, project, undefined, { isThere: true });
  try {
    const found = await readRows(db, table, wanted);
    if (values.json === true) terminal.stdout.write(`${JSON.stringify(found.rows, forJson, 2)}\n`);
    else show(found, terminal);
  } finally {
    await db.close();
  }
}

function show({ columns, hasMore, rows }: FoundRows, terminal: Terminal): void {
  const isNumber = (column: string): boolean =>
    rows.some((row) => row[column] !== null) &&
    rows.every((row) => row[column] === null || /^(?:number|bigint)$/.test(typeof row[column]));
  const grid = {
    columns: columns.map((column) => ({ title: safe(column), isRight: isNumber(column) })),
    rows: rows.map((row) => columns.map((column) => cellOf(row[column]))),
  };
  if (rows.length > 0) terminal.stdout.write(writeGrid(grid, terminal));
  const count = rows.length === 1 ? "1 row" : `${rows.length === 0 ? "no" : rows.length} rows`;
  terminal.stdout.write(
    painter(terminal)("dim", `${count}${hasMore ? ", and there are more" : ""}\n`),
  );
}
