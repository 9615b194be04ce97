/**
 * What tables rest on and no declaration says: extensions, types and functions of the database's own, and sequences. In a
 * database that has them, the tables of a schema can be made that was written of another one.
 */

import type { CatalogueRow, Introspection } from "../../../dialect/server/introspector.ts";

const NOT_OF_EXTENSION = (catalogue: string, oid: string): string =>
  `not exists (select 1 from pg_depend where classid = '${catalogue}'::regclass and objid = ${oid} and deptype in ('e', 'i'))`;

/** Those of the server itself. */
const OWN_SCHEMAS = String.raw`n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'`;

/** One statement in each row. Whatever rests on something else may come before it. */
const STATEMENTS = `
  select 1 as place, format('create schema if not exists %I', n.nspname) as text from pg_namespace as n where ${OWN_SCHEMAS}
  union all select 2, format('create extension if not exists %I schema %I', e.extname, n.nspname)
    from pg_extension as e join pg_namespace as n on n.oid = e.extnamespace where e.extname <> 'plpgsql'
  union all select 3, format('create collation %I.%I (provider = %s, locale = %L, deterministic = %s)', n.nspname, l.collname,
      case l.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
      coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale', l.collcollate), l.collisdeterministic::text)
    from pg_collation as l join pg_namespace as n on n.oid = l.collnamespace and ${OWN_SCHEMAS}
    where ${NOT_OF_EXTENSION("pg_collation", "l.oid")}
  union all select 3, format('create domain %I.%I as %s%s%s%s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
      case when l.oid is not null and t.typcollation <> b.typcollation
        then format(' collate %I.%I', ln.nspname, l.collname) else '' end,
      coalesce(' default ' || t.typdefault, ''),
      coalesce((select string_agg(format(' constraint %I %s', k.conname, pg_get_constraintdef(k.oid)), '' order by k.conname)
        from pg_constraint as k where k.contypid = t.oid and k.contype = 'c'), '')
      || case when t.typnotnull then ' not null' else '' end)
    from pg_type as t join pg_namespace as n on n.oid = t.typnamespace and ${OWN_SCHEMAS}
    join pg_type as b on b.oid = t.typbasetype
    left join pg_collation as l on l.oid = t.typcollation left join pg_namespace as ln on ln.oid = l.collnamespace
    where t.typtype = 'd' and ${NOT_OF_EXTENSION("pg_type", "t.oid")}
  union all select 3, format('create type %I.%I as (%s)', n.nspname, t.typname,
      (select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
        from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped))
    from pg_type as t join pg_namespace as n on n.oid = t.typnamespace and ${OWN_SCHEMAS}
    join pg_class as c on c.oid = t.typrelid and c.relkind = 'c' where ${NOT_OF_EXTENSION("pg_type", "t.oid")}
  union all select 3, format('create type %I.%I as range (subtype = %s%s)', n.nspname, t.typname, format_type(r.rngsubtype, null),
      case when r.rngsubdiff = 0 then '' else ', subtype_diff = ' || r.rngsubdiff::regproc end)
    from pg_range as r join pg_type as t on t.oid = r.rngtypid
    join pg_namespace as n on n.oid = t.typnamespace and ${OWN_SCHEMAS} where ${NOT_OF_EXTENSION("pg_type", "t.oid")}
  union all select 3, format('create sequence %I.%I as %s', n.nspname, c.relname, format_type(s.seqtypid, null))
    from pg_sequence as s join pg_class as c on c.oid = s.seqrelid join pg_namespace as n on n.oid = c.relnamespace and ${OWN_SCHEMAS}
    where not exists (select 1 from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype in ('a', 'e', 'i'))
  union all select 4, pg_get_functiondef(p.oid)
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace and ${OWN_SCHEMAS}
    where p.prokind in ('f', 'p') and ${NOT_OF_EXTENSION("pg_proc", "p.oid")}
  order by 1, 2`;

export async function findFoundations({ ask }: Pick<Introspection, "ask">): Promise<string[]> {
  const rows: readonly CatalogueRow[] = await ask(STATEMENTS);
  // What functions say of tables is looked at when they are called.
  return ["set check_function_bodies = off", ...rows.map(({ text }) => String(text))];
}
