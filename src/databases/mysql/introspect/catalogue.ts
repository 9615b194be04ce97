/** The questions that are asked of `information_schema`, each once for all tables. */

export interface CatalogueQueries {
  readonly tables: string;
  readonly columns: string;
  readonly statistics: string;
  readonly foreignKeys: string;
  readonly checks: string;
  readonly views: string;
  readonly others: string;
}

/**
 * @param schemas The databases, as literals separated by commas.
 * @param isMariadb Whether the catalogue of checks says of which table each is, as names are unique in a table only.
 */
export function catalogueQueries(schemas: string, isMariadb: boolean): CatalogueQueries {
  const all = (columns: string, table: string, order: string): string =>
    `select ${columns} from information_schema.${table} where table_schema in (${schemas}) order by ${order}`;
  const checks = isMariadb
    ? `select c.constraint_schema as table_schema, c.table_name, c.constraint_name, c.check_clause, c.level
        from information_schema.check_constraints as c where c.constraint_schema in (${schemas})`
    : `select t.table_schema, t.table_name, c.constraint_name, c.check_clause, 'Table' as level, t.enforced
        from information_schema.table_constraints as t join information_schema.check_constraints as c
        on c.constraint_schema = t.constraint_schema and c.constraint_name = t.constraint_name
        where t.constraint_type = 'CHECK' and t.table_schema in (${schemas})`;
  return {
    tables: all(
      "table_schema, table_name, table_type, engine, table_comment, create_options",
      "tables",
      "table_schema, table_name",
    ),
    columns: all(
      "table_schema, table_name, column_name, column_default, is_nullable, column_type, collation_name, extra, generation_expression, column_comment",
      "columns",
      "table_schema, table_name, ordinal_position",
    ),
    statistics: all(
      // What computes a part, and whether anybody sees the index, have other names on either product.
      "*",
      "statistics",
      "table_schema, table_name, index_name, seq_in_index",
    ),
    foreignKeys: `select k.table_schema, k.table_name, k.constraint_name, k.column_name,
        k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name, r.update_rule, r.delete_rule
      from information_schema.key_column_usage as k join information_schema.referential_constraints as r
      on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
      where k.table_schema in (${schemas}) and k.referenced_table_name is not null
      order by k.table_schema, k.table_name, k.constraint_name, k.ordinal_position`,
    checks: `${checks} order by 1, 2, 3`,
    views: all(
      "table_schema, table_name, view_definition, check_option, security_type",
      "views",
      "table_schema, table_name",
    ),
    others: `select 'trigger' as kind, trigger_schema as table_schema, trigger_name as name, event_object_table as owner, null as detail
        from information_schema.triggers where trigger_schema in (${schemas})
      union all select lower(routine_type), routine_schema, routine_name, null, null
        from information_schema.routines where routine_schema in (${schemas})
      union all select 'event', event_schema, event_name, null, null
        from information_schema.events where event_schema in (${schemas})
      union all select distinct 'partitioning', table_schema, table_name, table_name, lower(partition_method)
        from information_schema.partitions where table_schema in (${schemas}) and partition_method is not null
      order by 1, 2, 3`,
  };
}
