/** The questions that are asked of PostgreSQL's catalogue, each once for all tables. Source: PostgreSQL manual, "System Catalogs". */

/** What belongs to an extension comes and goes with it. */
const isOwn = (catalogue: string, oid: string): string =>
  `not exists (select 1 from pg_depend where classid = '${catalogue}'::regclass and objid = ${oid} and deptype = 'e')`;

/** What a sequence does otherwise than it would by itself. Source: PostgreSQL manual, "CREATE SEQUENCE". */
const SEQUENCE_OPTIONS = `(select concat_ws(', ',
    case when s.seqmin <> case when s.seqincrement > 0 then 1 else -bound.high - 1 end then 'minvalue ' || s.seqmin end,
    case when s.seqmax <> case when s.seqincrement > 0 then bound.high else -1 end then 'maxvalue ' || s.seqmax end,
    case when s.seqcache <> 1 then 'cache ' || s.seqcache end, case when s.seqcycle then 'cycle' end)
  from (values (case s.seqtypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647
    else 9223372036854775807 end)) as bound (high))`;

/** The names of a relation's columns by their numbers, in their order. */
const names = (relation: string, numbers: string): string =>
  `array_to_json(array(select a.attname from unnest(${numbers}) with ordinality as u(number, place)
    join pg_attribute as a on a.attrelid = ${relation} and a.attnum = u.number order by u.place))`;

export interface CatalogueQueries {
  readonly relations: string;
  readonly columns: string;
  readonly constraints: string;
  readonly indexes: string;
  readonly enums: string;
  readonly reads: string;
  readonly others: string;
}

/** @param spaces The schemas, as literals separated by commas. */
export function catalogueQueries(spaces: string, major: number): CatalogueQueries {
  const relation = `from pg_class as c join pg_namespace as n on n.oid = c.relnamespace and n.nspname in (${spaces})`;
  const tables = `${relation} and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and ${isOwn("pg_class", "c.oid")}`;
  return {
    relations: `select c.oid::text as oid, n.nspname as schema, c.relname as name, c.relkind as kind,
        obj_description(c.oid, 'pg_class') as comment, c.relpersistence = 'u' as is_unlogged,
        c.relrowsecurity as has_row_security, c.relforcerowsecurity as is_forced, pg_get_partkeydef(c.oid) as partitioned,
        (select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_inherits as i where i.inhrelid = c.oid) as parent,
        case when c.relkind in ('r', 'p') then c.relreplident end as replica, array_to_string(c.reloptions, ', ') as options,
        (select spcname from pg_tablespace where oid = c.reltablespace) as tablespace,
        case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as query
      ${tables} order by n.nspname, c.relname`,
    columns: `select a.attrelid::text as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
        a.atttypmod as modifier, a.attndims as dimensions, a.attnotnull as required, a.attidentity as identity,
        a.attgenerated as generated, pg_get_expr(d.adbin, d.adrelid) as expression,
        col_description(a.attrelid, a.attnum) as comment,
        t.typname as type_name, t.typtype as type_kind, tn.nspname as type_schema,
        e.typname as element_name, e.typtype as element_kind, en.nspname as element_schema,
        l.collname as collation, s.seqstart::text as start, s.seqincrement::text as increment, ${SEQUENCE_OPTIONS} as counting,
        case when a.attstorage <> t.typstorage then
          case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end as storage,
        case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
        case when a.attstattarget >= 0 then a.attstattarget end as statistics, array_to_string(a.attoptions, ', ') as options,
        case when pg_get_expr(d.adbin, d.adrelid) like 'nextval(%' then
          pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) end as sequence
      ${tables}
      join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type as t on t.oid = a.atttypid join pg_namespace as tn on tn.oid = t.typnamespace
      left join pg_type as e on e.oid = t.typelem and t.typcategory = 'A'
      left join pg_namespace as en on en.oid = e.typnamespace
      left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
      left join pg_collation as l on l.oid = a.attcollation
      left join pg_sequence as s on (a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%') and s.seqrelid = (
        select p.objid from pg_depend as p join pg_class as q on q.oid = p.objid and q.relkind = 'S'
        where p.refclassid = 'pg_class'::regclass and p.refobjid = c.oid and p.refobjsubid = a.attnum
          and p.classid = 'pg_class'::regclass and p.deptype in ('a', 'i') limit 1)
      order by a.attrelid, a.attnum`,
    constraints: `select k.conrelid::text as relation, k.conname as name, k.contype as kind,
        ${names("k.conrelid", "k.conkey")} as columns,
        case when k.contype = 'f' then ${names("k.confrelid", "k.confkey")} end as target_columns,
        fn.nspname as target_schema, f.relname as target, k.confdeltype as on_delete, k.confupdtype as on_update,
        case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end as condition,
        pg_get_constraintdef(k.oid) as definition, obj_description(k.oid, 'pg_constraint') as comment
      ${tables} join pg_constraint as k on k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
      left join pg_class as f on f.oid = k.confrelid left join pg_namespace as fn on fn.oid = f.relnamespace
      order by k.conrelid, k.conname`,
    indexes: `select i.indrelid::text as relation, ic.relname as name, i.indisunique as is_unique,
        i.indoption::text as options, i.indkey::text as keys, i.indnkeyatts as key_count,
        array_to_json(array(select pg_get_indexdef(i.indexrelid, p, true) from generate_series(1, i.indnatts) as p)) as parts,
        pg_get_expr(i.indpred, i.indrelid) as condition, am.amname as method,
        i.indisvalid as is_valid, i.indisclustered as is_clustered, array_to_string(ic.reloptions, ', ') as storage,
        obj_description(i.indexrelid, 'pg_class') as comment,
        (select spcname from pg_tablespace where oid = ic.reltablespace) as tablespace,
        ${major >= 15 ? "i.indnullsnotdistinct" : "false"} as has_equal_nulls,
        array_to_json(array(select case when o.opcdefault then null else o.opcname end
          from unnest(i.indclass::oid[]) with ordinality as u(oid, place)
          join pg_opclass as o on o.oid = u.oid order by u.place)) as classes,
        exists (select 1 from pg_attribute as a where a.attrelid = i.indexrelid and a.attoptions is not null) as has_class_options,
        exists (select 1 from unnest(i.indkey::int2[], i.indcollation::oid[]) as u(number, coll)
          join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = u.number
          where u.coll <> 0 and u.coll <> a.attcollation) as has_collation,
        pg_get_indexdef(i.indexrelid) as definition
      ${tables} join pg_index as i on i.indrelid = c.oid join pg_class as ic on ic.oid = i.indexrelid
      join pg_am as am on am.oid = ic.relam
      where not exists (select 1 from pg_constraint as k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
      order by i.indrelid, ic.relname`,
    enums: `select n.nspname as schema, t.typname as name,
        array_to_json(array(select e.enumlabel from pg_enum as e where e.enumtypid = t.oid order by e.enumsortorder)) as labels,
        n.nspname in (${spaces}) and ${isOwn("pg_type", "t.oid")} as is_listed
      from pg_type as t join pg_namespace as n on n.oid = t.typnamespace
      where t.typtype = 'e' order by n.nspname, t.typname`,
    reads: `select distinct r.ev_class::text as relation, sn.nspname as schema, s.relname as name
      ${tables} and c.relkind in ('v', 'm')
      join pg_rewrite as r on r.ev_class = c.oid
      join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> c.oid
      join pg_class as s on s.oid = d.refobjid and s.relkind in ('r', 'p', 'v', 'm', 'f')
      join pg_namespace as sn on sn.oid = s.relnamespace order by 1, 2, 3`,
    others: othersQuery(relation, spaces, major),
  };
}

/** Gives `kind`, `schema`, `name`, `owner` and `detail` of what no declaration can say. */
function othersQuery(relation: string, spaces: string, major: number): string {
  const own = (alias: string, space: string): string =>
    `join pg_namespace as n on n.oid = ${alias}.${space} and n.nspname in (${spaces})`;
  // Before version 18 a column that is not null has no constraint that could wait to be validated.
  const notNull =
    major < 18
      ? ""
      : `union all select 'clause', n.nspname, k.conname, c.relname, 'not valid'
          ${relation} join pg_constraint as k on k.conrelid = c.oid and k.contype = 'n' and not k.convalidated`;
  return `select * from (
    select 'trigger' as kind, n.nspname as schema, t.tgname::text as name, c.relname::text as owner,
        case t.tgenabled when 'D' then 'disabled' when 'R' then 'enable replica' when 'A' then 'enable always' end as detail
      ${relation} join pg_trigger as t on t.tgrelid = c.oid and not t.tgisinternal and t.tgparentid = 0
    ${notNull}
    union all select 'rule', n.nspname, r.rulename, c.relname, null
      ${relation} join pg_rewrite as r on r.ev_class = c.oid and r.rulename <> '_RETURN'
    union all select 'policy', n.nspname, p.polname, c.relname, null
      ${relation} join pg_policy as p on p.polrelid = c.oid
    union all select 'partitioning', n.nspname, c.relname, o.relname, pg_get_expr(c.relpartbound, c.oid)
      ${relation} and c.relispartition and c.relkind in ('r', 'p', 'f') join pg_inherits as i on i.inhrelid = c.oid
      join pg_class as o on o.oid = i.inhparent
    union all select 'clause', n.nspname, k.conname, c.relname, 'of one partition'
      ${relation} and c.relispartition join pg_constraint as k on k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
        and k.conparentid = 0 and k.coninhcount = 0
    union all select 'index', n.nspname, x.relname, c.relname, 'of one partition'
      ${relation} and c.relispartition join pg_index as i on i.indrelid = c.oid join pg_class as x on x.oid = i.indexrelid
      where not x.relispartition and not exists (select 1 from pg_constraint where conindid = i.indexrelid)
    union all select case c.relkind when 'f' then 'foreign table' else 'sequence' end, n.nspname, c.relname, null, null
      ${relation} and c.relkind in ('f', 'S') and not c.relispartition and ${isOwn("pg_class", "c.oid")}
        and not exists (select 1 from pg_depend as d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i'))
    union all select case p.prokind when 'p' then 'procedure' else 'function' end, n.nspname, p.proname, null,
        case p.prokind when 'a' then 'aggregate' when 'w' then 'window function' end
      from pg_proc as p ${own("p", "pronamespace")} where ${isOwn("pg_proc", "p.oid")}
        and not exists (select 1 from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'i')
    union all select case t.typtype when 'd' then 'domain' when 'r' then 'range type' else 'composite type' end,
        n.nspname, t.typname, null, case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) end
      from pg_type as t ${own("t", "typnamespace")} left join pg_class as k on k.oid = t.typrelid
      where (t.typtype in ('d', 'r') or (t.typtype = 'c' and k.relkind = 'c')) and ${isOwn("pg_type", "t.oid")}
    union all select 'clause', n.nspname, t.typname, null, 'comment'
      from pg_type as t ${own("t", "typnamespace")} where t.typtype = 'e' and obj_description(t.oid, 'pg_type') is not null
    union all select 'collation', n.nspname, l.collname, null, null
      from pg_collation as l ${own("l", "collnamespace")} where ${isOwn("pg_collation", "l.oid")}
    union all select 'operator', n.nspname, o.oprname, null, concat_ws(', ', nullif(format_type(o.oprleft, null), '-'), format_type(o.oprright, null))
      from pg_operator as o ${own("o", "oprnamespace")} where ${isOwn("pg_operator", "o.oid")}
    union all select 'operator class', n.nspname, o.opcname, null, 'for ' || format_type(o.opcintype, null)
      from pg_opclass as o ${own("o", "opcnamespace")} where ${isOwn("pg_opclass", "o.oid")}
    union all select 'cast', n.nspname, format_type(k.castsource, null) || ' as ' || format_type(k.casttarget, null), null, null
      from pg_cast as k join pg_proc as p on p.oid = k.castfunc ${own("p", "pronamespace")} where ${isOwn("pg_cast", "k.oid")}
        and not exists (select 1 from pg_depend where classid = 'pg_cast'::regclass and objid = k.oid and deptype = 'i')
    union all select 'text search', n.nspname, x.cfgname, null, 'configuration'
      from pg_ts_config as x ${own("x", "cfgnamespace")} where ${isOwn("pg_ts_config", "x.oid")}
    union all select 'text search', n.nspname, x.dictname, null, 'dictionary'
      from pg_ts_dict as x ${own("x", "dictnamespace")} where ${isOwn("pg_ts_dict", "x.oid")}
    union all select 'statistics', n.nspname, x.stxname, c.relname, null
      ${relation} join pg_statistic_ext as x on x.stxrelid = c.oid
    union all select 'publication', null, p.pubname, null, null from pg_publication as p
    union all select 'subscription', null, x.subname, null, null
      from pg_subscription as x join pg_database as d on d.oid = x.subdbid and d.datname = current_database()
    union all select 'foreign server', null, x.srvname, null, null
      from pg_foreign_server as x where ${isOwn("pg_foreign_server", "x.oid")}
    union all select 'foreign data wrapper', null, x.fdwname, null, null
      from pg_foreign_data_wrapper as x where ${isOwn("pg_foreign_data_wrapper", "x.oid")}
    union all select 'extension', n.nspname, e.extname, null, null
      from pg_extension as e join pg_namespace as n on n.oid = e.extnamespace where e.extname <> 'plpgsql'
    union all select 'trigger', null, e.evtname, null, 'event trigger'
      from pg_event_trigger as e where ${isOwn("pg_event_trigger", "e.oid")}
  ) as found order by kind, schema, name, owner`;
}
