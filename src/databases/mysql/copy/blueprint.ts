/** All that a database is made of, as the statements that make another one like it. */

import { askCells } from "../../../dialect/server/copying.ts";
import type { Connection } from "../../../dialect/driver.ts";

/** Names come from the server's catalogue. */
export function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

export interface TableBlueprint {
  readonly name: string;
  /** `BASE TABLE`, `VIEW`, `SEQUENCE`, … */
  readonly kind: string;
  /** Without the number that its key is counted up from. */
  readonly text: string;
  /** That number; undefined where nothing is counted up yet. */
  readonly next: string | undefined;
}

/** A routine, a trigger or an event, with the mode that it was written in. */
interface Program {
  readonly text: string;
  readonly mode: string;
}

export interface Blueprint {
  readonly tables: readonly TableBlueprint[];
  /** Of each table, the columns that rows bring values for. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** Of tables; equal content gives equal sums. */
  readonly sums: ReadonlyMap<string, string>;
  readonly routines: readonly Program[];
  readonly triggers: readonly Program[];
  readonly events: readonly Program[];
  /** `character set … collate …` */
  readonly characters: string;
}

type Ask = (text: string) => Promise<readonly (readonly unknown[])[]>;

const COUNTED = / AUTO_INCREMENT=(\d+)/;

/** Tables and views as they are, in one round trip for their names and one for all the rest. */
export async function readTables(
  connection: Connection,
  database: string,
): Promise<TableBlueprint[]> {
  const names = await askCells(connection, `show full tables from ${quoted(database)}`);
  const asked = names.map(async ([name, kind]): Promise<TableBlueprint> => {
    const [row] = await askCells(
      connection,
      `show create table ${quoted(database)}.${quoted(String(name))}`,
    );
    // Views name the database of what they read; the mode of the session says in which quotes.
    const text = String(row?.[1])
      .replaceAll(`\`${database}\`.`, "")
      .replaceAll(`"${database}".`, "");
    return {
      name: String(name),
      kind: String(kind),
      text: kind === "BASE TABLE" ? text.replace(COUNTED, "") : text,
      next: COUNTED.exec(text)?.[1],
    };
  });
  return Promise.all(asked);
}

export function baseTables(tables: readonly TableBlueprint[]): string[] {
  return tables.filter(({ kind }) => kind === "BASE TABLE").map(({ name }) => name);
}

export async function readSums(
  connection: Connection,
  database: string,
  tables: readonly string[],
): Promise<Map<string, string>> {
  if (tables.length === 0) return new Map();
  const names = tables.map((name) => `${quoted(database)}.${quoted(name)}`);
  const rows = await askCells(connection, `checksum table ${names.join(", ")}`);
  return new Map(tables.map((name, at) => [name, String(rows[at]?.[1])]));
}

async function readPrograms(
  ask: Ask,
  database: string,
  names: readonly (readonly unknown[])[],
): Promise<Program[]> {
  const programs: Program[] = [];
  for (const [kind, name] of names) {
    const [row] = await ask(
      `show create ${String(kind)} ${quoted(database)}.${quoted(String(name))}`,
    );
    // Events tell their time zone before the statement; all else has it third.
    const at = kind === "event" ? 3 : 2;
    const text = String(row?.[at]).replaceAll(`\`${database}\`.`, "");
    programs.push({ text: text.replaceAll(`"${database}".`, ""), mode: String(row?.[1]) });
  }
  return programs;
}

/** How many routines, triggers and events there are. */
export async function countPrograms(connection: Connection, database: string): Promise<number> {
  const counts = await Promise.all(
    [
      ["routines", "routine_schema"],
      ["triggers", "trigger_schema"],
      ["events", "event_schema"],
    ].map(([catalogue, schema]) =>
      askCells(
        connection,
        `select count(*) from information_schema.${catalogue} where ${schema} = ${literal(database)}`,
      ),
    ),
  );
  return counts.reduce((sum, [row]) => sum + Number(row?.[0]), 0);
}

export async function readBlueprint(connection: Connection, database: string): Promise<Blueprint> {
  const ask: Ask = (text) => askCells(connection, text);
  const own = literal(database);
  const tables = await readTables(connection, database);
  const columns = new Map<string, string[]>();
  const listed = await ask(
    `select table_name, column_name from information_schema.columns
     where table_schema = ${own} and extra not like '%GENERATED%' order by table_name, ordinal_position`,
  );
  for (const [table, column] of listed) {
    const known = columns.get(String(table)) ?? [];
    columns.set(String(table), [...known, String(column)]);
  }
  const programs = async (text: string): Promise<Program[]> =>
    readPrograms(ask, database, await ask(text));
  const [characters] = await ask(
    `select default_character_set_name, default_collation_name from information_schema.schemata
     where schema_name = ${own}`,
  );
  return {
    tables,
    columns,
    sums: await readSums(connection, database, baseTables(tables)),
    routines: await programs(
      `select lower(routine_type), routine_name from information_schema.routines where routine_schema = ${own}`,
    ),
    triggers: await programs(
      `select 'trigger', trigger_name from information_schema.triggers where trigger_schema = ${own}
       order by event_object_table, action_order`,
    ),
    events: await programs(
      `select 'event', event_name from information_schema.events where event_schema = ${own}`,
    ),
    characters: `character set ${String(characters?.[0])} collate ${String(characters?.[1])}`,
  };
}

/** Fills a table that has no rows. */
export function fillText(
  template: string,
  database: string,
  table: string,
  columns: readonly string[],
): string {
  const names = columns.map(quoted).join(", ");
  const [from, to] = [template, database].map((name) => `${quoted(name)}.${quoted(table)}`);
  return `insert into ${to} (${names}) select ${names} from ${from}`;
}

/** Makes what the blueprint says in a database that has nothing, which the connection uses from now on. */
export async function build(
  connection: Connection,
  blueprint: Blueprint,
  template: string,
  database: string,
): Promise<void> {
  const ask: Ask = (text) => askCells(connection, text);
  const { tables, columns, sums } = blueprint;
  const ofKind = (kind: string): TableBlueprint[] => tables.filter((table) => table.kind === kind);
  const views = ofKind("VIEW");
  const plain = tables.filter(({ kind }) => kind !== "VIEW" && kind !== "SEQUENCE");
  await Promise.all([
    ask(`use ${quoted(database)}`),
    ask("set foreign_key_checks = 0, unique_checks = 0"),
    ...ofKind("SEQUENCE").map(({ text }) => ask(text)),
    ...plain.map(({ text, next }) =>
      ask(next === undefined ? text : `${text} auto_increment = ${next}`),
    ),
  ]);
  for (const { name } of ofKind("SEQUENCE")) {
    const from = `${quoted(template)}.${quoted(name)}`;
    const [row] = await ask(`select next_not_cached_value from ${from}`);
    await ask(`select setval(${quoted(name)}, ${String(row?.[0])}, 0)`);
  }
  const filled = plain.filter(({ name }) => sums.get(name) !== "0");
  await Promise.all(
    filled.map(({ name }) => ask(fillText(template, database, name, columns.get(name) ?? []))),
  );
  await makePrograms(ask, blueprint.routines);
  await makeViews(ask, views);
  await makePrograms(ask, [...blueprint.triggers, ...blueprint.events]);
}

async function makePrograms(ask: Ask, programs: readonly Program[]): Promise<void> {
  if (programs.length === 0) return;
  const [row] = await ask("select @@session.sql_mode");
  for (const { text, mode } of programs) {
    await ask(`set sql_mode = ${literal(mode)}`);
    await ask(text);
  }
  await ask(`set sql_mode = ${literal(String(row?.[0]))}`);
}

/** A view may read another one, which the catalogue doesn't tell: so those that can be made are, until all are. */
async function makeViews(ask: Ask, views: readonly TableBlueprint[]): Promise<void> {
  let waiting = views;
  while (waiting.length > 0) {
    const failed: TableBlueprint[] = [];
    let failure: unknown;
    for (const view of waiting) {
      await ask(view.text).catch((error: unknown) => {
        failure = error;
        failed.push(view);
      });
    }
    if (failed.length === waiting.length) throw failure;
    waiting = failed;
  }
}
