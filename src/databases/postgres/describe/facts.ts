/** What the catalogue says that decides whether a value can be NULL. */

import type { DescribeContext } from "../../../dialect/server/description.ts";
import { isNode, parseTree, type TreeNode, type TreeValue } from "./node-tree.ts";
import { TOTAL_FUNCTIONS } from "./total-functions.ts";

export interface Facts {
  /** `table.column`, by their numbers, of columns that hold no NULL. */
  readonly notNull: ReadonlySet<string>;
  /** The queries of views, by the view's number. */
  readonly views: ReadonlyMap<string, TreeNode>;
  /** Tables for which a write may do something else, and give back anything. */
  readonly ruled: ReadonlySet<string>;
  /** Functions that give NULL for any argument that is NULL. */
  readonly strict: ReadonlySet<string>;
  /** Functions that give NULL for nothing else. */
  readonly total: ReadonlySet<string>;
  /** Names of the server's own functions. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Since version 18 a constraint may be there that no row was compared with, and one that tables which inherit don't have.
 * Foreign tables are believed nothing.
 */
const NOT_NULL = `
  select attrelid || '.' || attnum as place from pg_attribute join pg_class on pg_class.oid = attrelid
  where attnum > 0 and attnotnull and relkind in ('r', 'p') and not exists (
    select from pg_constraint where conrelid = attrelid and contype = 'n' and conkey = array[attnum]
      and (not convalidated or connoinherit and exists (select from pg_inherits where inhparent = attrelid)))`;

const VIEWS = `
  select ev_class::text as view, ev_action::text as tree from pg_rewrite join pg_class on pg_class.oid = ev_class
  where relkind = 'v' and ev_type = '1' and relnamespace <> 'pg_catalog'::regnamespace
    and relnamespace <> 'information_schema'::regnamespace`;

const RULED = "select ev_class::text as place from pg_rewrite where ev_type <> '1'";

const FUNCTIONS = `
  select oid::text as oid, proisstrict and not proretset as is_strict, oid in (${TOTAL_FUNCTIONS}) as is_total,
    case when pronamespace = 'pg_catalog'::regnamespace then proname end as name
  from pg_proc`;

/** The first query of a list of them. */
export function queryOf(value: TreeValue | undefined): TreeNode | undefined {
  if (isNode(value)) return value;
  return Array.isArray(value) ? queryOf((value as readonly TreeValue[])[0]) : undefined;
}

export async function readFacts(ask: DescribeContext["ask"]): Promise<Facts> {
  const views = new Map<string, TreeNode>();
  for (const row of await ask(VIEWS)) {
    const query = queryOf(parseTree(String(row["tree"])));
    if (query !== undefined) views.set(String(row["view"]), query);
  }
  const functions = await ask(FUNCTIONS);
  const oids = (column: string): ReadonlySet<string> =>
    new Set(functions.filter((row) => row[column] === true).map((row) => String(row["oid"])));
  const places = async (query: string): Promise<ReadonlySet<string>> =>
    new Set((await ask(query)).map((row) => String(row["place"])));
  return {
    notNull: await places(NOT_NULL),
    views,
    ruled: await places(RULED),
    strict: oids("is_strict"),
    total: oids("is_total"),
    names: new Map(
      functions.flatMap(({ name, oid }): [string, string][] =>
        typeof name === "string" ? [[String(oid), name]] : [],
      ),
    ),
  };
}
