import type { MigrationFacts } from "../../dialect/server/migration-facts.ts";

export const sqliteMigrations: MigrationFacts = {
  families: ["sqlite"],
  lintFamily: "LT",
  inProcess: () => "sqlite::memory:",
  rebuild: {
    // Inside a transaction it does nothing. Source: sqlite.org/lang_altertable.html#otheralter.
    before: "pragma foreign_keys = off",
    after: "pragma legacy_alter_table = off; pragma foreign_keys = on",
    violations: "pragma foreign_key_check",
    views: "select name from sqlite_schema where type = 'view'",
    tables: "select name from sqlite_schema where type = 'table'",
    references: `select sqlite_schema.name as "table", key."table" as parent
      from sqlite_schema, pragma_foreign_key_list(sqlite_schema.name) as key
      where sqlite_schema.type = 'table'`,
    dependents: `select name, tbl_name as "table", sql from sqlite_schema
      where type in ('index', 'trigger') and sql is not null`,
    texts:
      "select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite@_%' escape '@'",
  },
  viewDependents: `select name as view, null as name, null as sql from sqlite_schema where type = 'view'
    union all select view.name, trigger.name, trigger.sql from sqlite_schema as view
      join sqlite_schema as trigger on trigger.type = 'trigger' and trigger.tbl_name = view.name collate nocase
      where view.type = 'view'`,
  isDoneBefore: () => false,
  tables: `select name, '"' || replace(name, '"', '""') || '"' as source, null as estimate from sqlite_schema
    where type = 'table' and name not like 'sqlite@_%' escape '@' and sql not like 'create virtual table%'`,
  // Views before tables; indexes and triggers go with their table.
  dropAll: `select 'drop ' || type || ' "' || replace(name, '"', '""') || '"' as statement
    from sqlite_schema where type in ('view', 'table') and name not like 'sqlite@_%' escape '@'
    and not exists (select 1 from sqlite_schema as owner where owner.type = 'table'
      and owner.sql like 'create virtual table%' and sqlite_schema.name like
      replace(replace(replace(owner.name, '@', '@@'), '_', '@_'), '%', '@%') || '@_%' escape '@')
    order by type = 'table', rootpage <> 0, name`,
};
