/** Copies a database within its server, as there is no statement that does. */

import { UnsupportedError } from "../../../core/error.ts";
import { nextStatementId } from "../../../dialect/driver.ts";
import type { MariadbConnection } from "../connection/connection.ts";
import { textLiteral } from "../literals.ts";

type Row = Readonly<Record<string, unknown>>;

/** It is sent as it stands: a body holds semicolons. */
async function ask(connection: MariadbConnection, text: string): Promise<Row[]> {
  const { names, rows } = await connection.named(
    { id: nextStatementId(), text, isWrite: true, isKept: false, isWide: false, untyped: [] },
    [],
  );
  return rows.map((cells) =>
    Object.fromEntries(names.map((name, at) => [name.toLowerCase(), cells[at]])),
  );
}

function quoted(name: unknown): string {
  return `\`${String(name).replaceAll("`", "``")}\``;
}

/** Whether SQL reaches into the database by its name. */
export function namesDatabase(text: string, name: string): boolean {
  const pattern = name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\w$])[\`"]?${pattern}[\`"]?\s*\.`, "i").test(text);
}

const DEFINER = /^(CREATE (?:ALGORITHM=\w+ )?)DEFINER=`(?:[^`]|``)*`(?:@`(?:[^`]|``)*`)? /i;

/** Only who may act for others can make what is somebody else's. */
function withoutDefiner(text: string): string {
  return text.replace(DEFINER, "$1");
}

interface Piece {
  /** For messages. */
  readonly name: string;
  readonly text: string;
  /** By which its text is read, where it was kept with it. */
  readonly sqlMode?: string;
}

function refuseReaching(pieces: readonly Piece[], original: string): void {
  const found = pieces.find(({ text }) => namesDatabase(text, original));
  if (found === undefined) return;
  throw new UnsupportedError({
    dialect: "MySQL",
    feature: `a copy of a database in which ${found.name} names the database itself`,
    instead: "Leave the database's name out of its text, or name a restored backup with --url.",
  });
}

async function readTables(connection: MariadbConnection, original: string): Promise<Row[]> {
  return ask(
    connection,
    `select table_name as name, table_type as type from information_schema.tables
      where table_schema = ${textLiteral(original)} order by table_name`,
  );
}

/** What is computed isn't written. */
async function readColumns(
  connection: MariadbConnection,
  original: string,
): Promise<Map<string, string[]>> {
  const columns = new Map<string, string[]>();
  const rows = await ask(
    connection,
    `select table_name as tab, column_name as name from information_schema.columns
      where table_schema = ${textLiteral(original)} and coalesce(generation_expression, '') = ''
      order by table_name, ordinal_position`,
  );
  for (const { tab, name } of rows)
    columns.set(String(tab), [...(columns.get(String(tab)) ?? []), quoted(name)]);
  return columns;
}

async function readRoutines(connection: MariadbConnection, original: string): Promise<Piece[]> {
  const rows = await ask(
    connection,
    `select routine_name as name, lower(routine_type) as type, sql_mode as mode
      from information_schema.routines where routine_schema = ${textLiteral(original)}
      and routine_type in ('FUNCTION', 'PROCEDURE')`,
  );
  const pieces: Piece[] = [];
  for (const { name, type, mode } of rows) {
    const [shown] = await ask(connection, `show create ${String(type)} ${quoted(name)}`);
    const text = withoutDefiner(String(shown?.[`create ${String(type)}`]));
    pieces.push({ name: `${String(type)} "${String(name)}"`, text, sqlMode: String(mode) });
  }
  return pieces;
}

async function readTriggers(connection: MariadbConnection, original: string): Promise<Piece[]> {
  const rows = await ask(
    connection,
    `select trigger_name as name, action_timing as timing, event_manipulation as event,
        event_object_table as tab, action_statement as body, sql_mode as mode
      from information_schema.triggers where trigger_schema = ${textLiteral(original)}
      order by event_object_table, action_timing, event_manipulation, action_order`,
  );
  return rows.map(({ name, timing, event, tab, body, mode }) => ({
    name: `trigger "${String(name)}"`,
    text: `create trigger ${quoted(name)} ${String(timing)} ${String(event)} on ${quoted(tab)} for each row ${String(body)}`,
    sqlMode: String(mode),
  }));
}

async function readViews(connection: MariadbConnection, tables: readonly Row[]): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const { name, type } of tables) {
    if (type !== "VIEW") continue;
    // The names of its own database are left out as long as that is the connection's.
    const [shown] = await ask(connection, `show create view ${quoted(name)}`);
    const text = withoutDefiner(String(shown?.["create view"]));
    pieces.push({ name: `view "${String(name)}"`, text });
  }
  return pieces;
}

async function readSequences(
  connection: MariadbConnection,
  tables: readonly Row[],
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const { name, type } of tables) {
    if (type !== "SEQUENCE") continue;
    const [shown] = await ask(connection, `show create sequence ${quoted(name)}`);
    const [at] = await ask(connection, `select next_not_cached_value as next from ${quoted(name)}`);
    pieces.push(
      { name: "", text: String(shown?.["create table"] ?? shown?.["create sequence"]) },
      { name: "", text: `select setval(${quoted(name)}, ${String(at?.["next"])}, 0)` },
    );
  }
  return pieces;
}

/** Views of views come when those are there. */
async function createViews(connection: MariadbConnection, views: readonly Piece[]): Promise<void> {
  let open = views;
  while (open.length > 0) {
    const left: Piece[] = [];
    let first: unknown;
    for (const view of open) {
      try {
        await ask(connection, view.text);
      } catch (error) {
        first ??= error;
        left.push(view);
      }
    }
    if (left.length === open.length) throw first;
    open = left;
  }
}

async function createWithMode(
  connection: MariadbConnection,
  pieces: readonly Piece[],
): Promise<void> {
  for (const { text, sqlMode } of pieces) {
    if (sqlMode !== undefined)
      await connection.script(`set session sql_mode = ${textLiteral(sqlMode)}`);
    await ask(connection, text);
  }
}

/**
 * Copies tables with their rows, sequences, routines, views and triggers; events, which would run, stay behind.
 *
 * @param connection Its database is the original. Others may write meanwhile.
 */
export async function copyDatabase(
  connection: MariadbConnection,
  original: string,
  copy: string,
): Promise<void> {
  // Keys that are 0 stay so, and a row that is there is right as it is.
  await connection.script("set session sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
  const [charset] = await ask(
    connection,
    `select default_character_set_name as name, default_collation_name as collation
      from information_schema.schemata where schema_name = ${textLiteral(original)}`,
  );
  const tables = await readTables(connection, original);
  const texts = new Map<string, string>();
  for (const { name, type } of tables) {
    if (type === "VIEW" || type === "SEQUENCE") continue;
    const [shown] = await ask(connection, `show create table ${quoted(name)}`);
    texts.set(String(name), String(shown?.["create table"]));
  }
  const columns = await readColumns(connection, original);
  const sequences = await readSequences(connection, tables);
  const routines = await readRoutines(connection, original);
  const views = await readViews(connection, tables);
  const triggers = await readTriggers(connection, original);
  refuseReaching([...routines, ...views, ...triggers], original);

  await connection.script(
    `alter database ${copy} character set ${String(charset?.["name"])} collate ${String(charset?.["collation"])}`,
  );
  await connection.script(`use ${copy}`);
  // At this level the rows that are read aren't locked.
  await connection.script(
    "set session foreign_key_checks = 0, session unique_checks = 0; set session transaction isolation level read committed",
  );
  await createWithMode(connection, sequences);
  for (const text of texts.values()) await ask(connection, text);
  for (const name of texts.keys()) {
    const list = (columns.get(name) ?? []).join(", ");
    await ask(
      connection,
      `insert into ${quoted(name)} (${list}) select ${list} from ${quoted(original)}.${quoted(name)}`,
    );
  }
  await createWithMode(connection, routines);
  await createViews(connection, views);
  await createWithMode(connection, triggers);
}
