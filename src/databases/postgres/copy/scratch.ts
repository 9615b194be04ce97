import { ConfigError, ConnectionError, QueryError } from "../../../core/error.ts";
import { scratchName, withDatabase, type CreateScratch } from "../../../dialect/server/scratch.ts";
import type { PgConnection } from "../connection/connection.ts";
import { databaseOf, maintainer, quoted } from "../connection/maintenance.ts";
import { toDbError } from "../errors.ts";
import { parseSettings } from "../connection/settings.ts";

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Lists of names are kept with their quotes. Source: GUC_LIST_QUOTE in PostgreSQL's guc_tables.c. */
const LISTS = "'search_path', 'temp_tablespaces', 'local_preload_libraries'";

/** What was set for the original isn't copied with it, and its search path tells where tables are made. */
const settingsOf = (original: string, copy: string): string => `
  select format('alter database %I set %I to %s', ${literal(copy)}, name,
    case when name in (${LISTS}) then value else quote_literal(value) end)
  from (select split_part(entry, '=', 1) as name, substr(entry, strpos(entry, '=') + 1) as value
    from pg_db_role_setting, unnest(setconfig) as entry
    where setrole = 0 and setdatabase = (select oid from pg_database where datname = ${literal(original)})
  ) as entries
  where not exists (select 1 from pg_settings where pg_settings.name = entries.name and context <> 'user')`;

async function explained(
  error: unknown,
  original: string,
  connection: PgConnection,
): Promise<unknown> {
  const known = toDbError(error);
  if (!(known instanceof QueryError)) return known;
  const details = { serverCode: known.serverCode, cause: error };
  if (known.code === "E_PERMISSION") {
    return new QueryError("E_PERMISSION", "The user of the URL may make no databases.", {
      ...details,
      hint: "Run as a superuser: alter role NAME createdb. A copy also needs the role to own the database.",
    });
  }
  if (known.serverCode === "3D000") {
    return new ConnectionError("E_MISSING_DATABASE", `There is no database "${original}".`, {
      hint: "Run `plinth migrate up --create-database`, or connect with { createDatabase: true }.",
      cause: error,
    });
  }
  if (known.serverCode !== "55006") return known;
  const [cells] = await connection.ask(
    `select count(*)::int from pg_stat_activity where datname = ${literal(original)}`,
  );
  const count = Number(cells?.[0]);
  const others = count === 1 ? "1 other session is" : `${count} other sessions are`;
  return new QueryError(
    "E_DATABASE_IN_USE",
    `${others} connected to the database "${original}", and PostgreSQL copies none that is in use.`,
    { ...details, hint: "End them first, or name a restored backup with --url." },
  );
}

async function copySettings(
  connection: PgConnection,
  original: string,
  copy: string,
): Promise<void> {
  for (const [statement] of await connection.ask(settingsOf(original, copy)))
    await connection.script(String(statement));
}

export const createPostgresScratch: CreateScratch = async ({ url, module, password, hasData }) => {
  const settings = parseSettings(url, password);
  const original = databaseOf(settings);
  if (original === undefined) throw new ConfigError("The URL names no database.");
  const name = scratchName();
  const asMaintainer = maintainer(settings, module, original);
  const drop = (): Promise<void> =>
    asMaintainer((connection) => connection.script(`drop database if exists ${name} with (force)`));
  await asMaintainer(async (connection) => {
    const template = hasData ? ` template ${quoted(original)}` : "";
    try {
      await connection.script(`create database ${name}${template}`);
    } catch (error) {
      throw await explained(error, original, connection);
    }
    if (!hasData) return;
    try {
      await copySettings(connection, original, name);
    } catch (error) {
      // The first error is the one to tell.
      await drop().catch(() => {});
      throw error;
    }
  });
  return { url: withDatabase(url, name), hasSchemas: true, namesOriginal: () => false, drop };
};
