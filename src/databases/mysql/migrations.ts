import { QueryError } from "../../core/error.ts";
import type { MigrationFacts } from "../../dialect/server/migration-facts.ts";

/** Locks are of the whole server and their names at most 64 characters long. */
const NAME = "concat('plinth:', sha1(concat(database(), ':plinth_migrations')))";

/** Table exists, unknown table, column exists, index exists, nothing of that name to drop, foreign key exists. */
const DONE = new Set(["1050", "1051", "1060", "1061", "1091", "1826"]);

/** @param product Files for it go before those for the whole family. */
export function mysqlMigrations(product: string): MigrationFacts {
  return {
    families: [...new Set([product, "mysql"])],
    lintFamily: "MY",
    hasRelatives: true,
    lock: {
      // MariaDB gives NULL at once for a negative timeout, which must not pass for a lock.
      take: `select coalesce(get_lock(${NAME}, 0), 0) as taken`,
      release: `select release_lock(${NAME})`,
    },
    limitLocks: (timeoutMs) =>
      `set session lock_wait_timeout = ${Math.max(1, Math.ceil(timeoutMs / 1_000))}`,
    unlimitLocks: "set session lock_wait_timeout = @@global.lock_wait_timeout",
    columnClauses: `select table_name as \`table\`, column_name as \`column\`, clause
      from information_schema.columns
      join (select 'on update current_timestamp' as clause union all select 'invisible') as clauses
        on lower(extra) like concat('%', clause, '%')
      where table_schema = database()`,
    isDoneBefore: (error) => error instanceof QueryError && DONE.has(error.serverCode ?? ""),
    tables: `select table_name as name, concat('\`', replace(table_name, '\`', '\`\`'), '\`') as source,
      table_rows as estimate
      from information_schema.tables where table_schema = database()
      and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')`,
    dropAll: `select statement from (
      select 1 as place, concat('alter table \`', replace(table_name, '\`', '\`\`'), '\` drop foreign key \`',
        replace(constraint_name, '\`', '\`\`'), '\`') as statement
      from information_schema.table_constraints
      where constraint_schema = database() and constraint_type = 'FOREIGN KEY'
      union all
      select 2, concat('drop ', if(table_type = 'VIEW', 'view', if(table_type = 'SEQUENCE', 'sequence',
        'table')), ' \`', replace(table_name, '\`', '\`\`'), '\`')
      from information_schema.tables where table_schema = database()
      union all
      select 3, concat('drop ', routine_type, ' \`', replace(routine_name, '\`', '\`\`'), '\`')
      from information_schema.routines where routine_schema = database()
      union all
      select 4, concat('drop event \`', replace(event_name, '\`', '\`\`'), '\`')
      from information_schema.events where event_schema = database()
    ) as objects order by place limit 1`,
  };
}
