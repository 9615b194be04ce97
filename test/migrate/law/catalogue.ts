// What a database's catalogue says, in lines that can be compared: without the order of columns.
import { sql, type Database } from "plinth";

async function rowsOf(db: Database, text: string): Promise<Record<string, unknown>[]> {
  const { rows } = await db.execute(sql.raw(text) as never);
  return rows as Record<string, unknown>[];
}

/** The definitions between the outer parentheses. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote: string | undefined;
  let part = "";
  for (const character of text) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (`'"\``.includes(character)) quote = character;
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    const isBorder =
      quote === undefined &&
      ((character === "," && depth === 1) ||
        (character === "(" && depth === 1) ||
        (character === ")" && depth === 0));
    if (isBorder) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part].map((one) => one.replaceAll(/\s+/g, " ").trim());
}

async function sqliteLines(db: Database): Promise<string[]> {
  const rows = await rowsOf(
    db,
    "select type, name, sql from sqlite_schema where sql is not null and name not like 'sqlite%' and name not like 'plinth%'",
  );
  return rows.flatMap(({ type, name, sql: text }) => {
    if (type !== "table") return [`${String(type)} ${String(text)}`];
    const [, ...parts] = partsOf(String(text));
    return parts.map((part) => `${String(name)}: ${part}`);
  });
}

const POSTGRES = `
  select 'column ' || relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' ||
    attidentity::text || attgenerated::text || ' ' || coalesce(collname::text, '') || ' ' || coalesce(pg_get_expr(adbin, adrelid), '') || ' ' ||
    coalesce(col_description(pg_class.oid, attnum), '') as line
  from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    left join pg_attrdef on adrelid = attrelid and adnum = attnum left join pg_collation on pg_collation.oid = attcollation
  where relkind = 'r' and relnamespace = 'public'::regnamespace
  union all
  select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
  where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid <> 0
  union all
  select 'index ' || pg_get_indexdef(indexrelid) from pg_index join pg_class on pg_class.oid = indexrelid
  where relnamespace = 'public'::regnamespace
  union all
  select 'enum ' || typname || ' ' || (select string_agg(quote_literal(enumlabel), ',' order by enumsortorder) from pg_enum where enumtypid = pg_type.oid)
  from pg_type where typtype = 'e' and typnamespace = 'public'::regnamespace
  union all
  select 'comment ' || relname || ' ' || obj_description(oid, 'pg_class') from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace and obj_description(oid, 'pg_class') is not null`;

async function mysqlLines(db: Database): Promise<string[]> {
  const tables = await rowsOf(db, "show full tables where table_type = 'BASE TABLE'");
  const lines: string[] = [];
  for (const row of tables) {
    const name = String(Object.values(row)[0]);
    const [shown] = await rowsOf(db, `show create table \`${name.replaceAll("`", "``")}\``);
    const text = String(shown!["Create Table"]).replace(/ AUTO_INCREMENT=\d+/, "");
    for (const line of text.split("\n").slice(1))
      lines.push(`${name}: ${line.replace(/,$/, "").trim()}`);
  }
  return lines;
}

/** Sorted; what migrations remember is left out. */
export async function readCatalogue(db: Database): Promise<string[]> {
  const { name } = db["~engine"].dialect;
  const lines =
    name === "SQLite"
      ? await sqliteLines(db)
      : name === "PostgreSQL"
        ? (await rowsOf(db, POSTGRES)).map(({ line }) => String(line))
        : await mysqlLines(db);
  return lines.filter((line) => !line.includes("plinth_migrations")).toSorted();
}
