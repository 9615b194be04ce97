import type { MigrationFacts } from "../../dialect/server/migration-facts.ts";
import { extensionsOf } from "./extensions.ts";

/** Any number that others are unlikely to lock by; locks are told apart by database. */
const KEY = "hashtextextended('plinth_migrations', 0)";

/** What belongs to an extension goes with it, and can't be dropped alone. */
const isOwn = (catalogue: string, oid: string): string =>
  `not exists (select 1 from pg_depend where classid = '${catalogue}'::regclass and objid = ${oid} and deptype = 'e')`;

const own = (space: string): string =>
  `${space} = any (current_schemas(false)::regnamespace[]::oid[])`;

/** Triggers and rules of views, options such as `security_barrier`, and what other users may do with them. */
const VIEW_DEPENDENTS = `with own as (
    select pg_class.oid, relkind, relacl, relowner, reloptions, format('%I.%I', nspname, relname) as view
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('v', 'm') and nspname <> 'information_schema' and nspname not like 'pg@_%' escape '@'
  )
  select view, null as name, null as sql from own
  union all select view, 'trigger ' || tgname, pg_get_triggerdef(pg_trigger.oid)
    from own join pg_trigger on tgrelid = own.oid where not tgisinternal
  union all select view, 'rule ' || rulename, pg_get_ruledef(pg_rewrite.oid)
    from own join pg_rewrite on ev_class = own.oid where rulename <> '_RETURN'
  union all select view, 'options', format('alter %s %s set (%s)',
      case relkind when 'm' then 'materialized view' else 'view' end, view, array_to_string(reloptions, ', '))
    from own where reloptions is not null
  union all select view, format('grant of %s to %s', privilege_type, role),
      format('grant %s on %s to %s%s', privilege_type, view, role,
        case when is_grantable then ' with grant option' else '' end)
    from (select view, privilege_type, is_grantable,
        case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as role
      from own, aclexplode(relacl) where grantee <> relowner) as granted`;

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
  viewDependents: VIEW_DEPENDENTS,
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
