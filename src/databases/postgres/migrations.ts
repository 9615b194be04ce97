import type { MigrationFacts } from "../../dialect/server/migration-facts.ts";
import { extensionsOf } from "./extensions.ts";

/** Any number that others are unlikely to lock by; locks are told apart by database. */
const KEY = "hashtextextended('plinth_migrations', 0)";

/** What belongs to an extension goes with it, and can't be dropped alone. */
const isOwn = (catalogue: string, oid: string): string =>
  `not exists (select 1 from pg_depend where classid = '${catalogue}'::regclass and objid = ${oid} and deptype = 'e')`;

const own = (space: string): string =>
  `${space} = any (current_schemas(false)::regnamespace[]::oid[])`;

export const postgresMigrations: MigrationFacts = {
  families: ["postgres"],
  lintFamily: "PG",
  inProcess(texts) {
    const extensions = extensionsOf(texts).map(encodeURIComponent);
    return extensions.length === 0 ? "pglite:" : `pglite:?extensions=${extensions.join(",")}`;
  },
  fromImage: (url, file) =>
    `${url}${url.includes("?") ? "&" : "?"}image=${encodeURIComponent(file)}`,
  lock: {
    take: `select pg_try_advisory_lock(${KEY}) as taken`,
    release: `select pg_advisory_unlock(${KEY})`,
    takeInTransaction: `select pg_try_advisory_xact_lock(${KEY}) as taken`,
  },
  limitLocks: (timeoutMs) => `set local lock_timeout = '${timeoutMs}ms'`,
  // A concurrent index that failed is there and useless, so none is taken for done.
  isDoneBefore: () => false,
  tables: `select pg_class.oid::regclass::text as name, pg_class.oid::regclass::text as source,
      nullif(reltuples, -1)::bigint as estimate
    from pg_class where relkind in ('r', 'p') and not relispartition and ${own("relnamespace")}
    and ${isOwn("pg_class", "pg_class.oid")}`,
  dropAll: `select format('drop %s if exists %s cascade', kind, name) as statement from (
    select 1 as place, case relkind when 'm' then 'materialized view' when 'v' then 'view'
        when 'f' then 'foreign table' when 'S' then 'sequence' else 'table' end as kind,
      pg_class.oid::regclass::text as name
    from pg_class where relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${own("relnamespace")}
      and ${isOwn("pg_class", "pg_class.oid")}
      and not exists (select 1 from pg_depend where objid = pg_class.oid and deptype in ('a', 'i')
        and classid = 'pg_class'::regclass)
    union all
    select 2, case prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
      pg_proc.oid::regprocedure::text
    from pg_proc where ${own("pronamespace")} and ${isOwn("pg_proc", "pg_proc.oid")}
    union all
    select 3, case typtype when 'd' then 'domain' else 'type' end, pg_type.oid::regtype::text
    from pg_type where typtype in ('e', 'd', 'r') and ${own("typnamespace")}
      and ${isOwn("pg_type", "pg_type.oid")}
  ) as objects order by place limit 1`,
};
