// Loads the shop into an empty database, by the script that its makers wrote for it.
import { readFile } from "node:fs/promises";
import { sql, type Database, type Executor } from "plinth";

/**
 * Makes the tables and fills them, in one transaction where tables can be made in one.
 *
 * @param db Connected to an empty database with the names of `namingOf`.
 */
export async function loadChinook(db: Database): Promise<void> {
  const { product } = db.server;
  const name = product === "sqlite" ? "sqlite" : product === "postgres" ? "postgresql" : "mysql";
  const script = await readFile(new URL(`./data/${name}.sql`, import.meta.url), "utf8");
  // MySQL reads a backslash in a text as an escape. The four track names that hold one mean it.
  const text = name === "mysql" ? script.replaceAll("\\", "\\\\") : script;
  const load = async (on: Executor): Promise<void> => {
    for (const statement of splitStatements(text)) {
      if (!isAboutDatabases.test(statement)) await on.execute(sql.raw(statement));
    }
  };
  await (db.can.transactionalDdl ? db.transaction(load) : load(db));
}

/** The scripts begin by making a database of their own. This one is chosen already. */
const isAboutDatabases = /^(?:drop database|create database|use |\\c )/i;

/** A text or a name in quotes, a comment, or the end of a statement. */
const piece = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*.*?\*\/|;/gs;

/** The statements of a script, without comments. A semicolon in quotes ends nothing. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let statement = "";
  let end = 0;
  const finish = (): void => {
    const trimmed = statement.trim();
    if (trimmed !== "") statements.push(trimmed);
    statement = "";
  };
  for (const { 0: found, index } of script.matchAll(piece)) {
    statement += script.slice(end, index);
    end = index + found.length;
    if (found === ";") finish();
    // A comment separates words, as a space does.
    else statement += found.startsWith("--") || found.startsWith("/*") ? " " : found;
  }
  statement += script.slice(end);
  finish();
  return statements;
}
