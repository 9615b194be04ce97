/** Which tables an analysed query reads and writes. */

import {
  readBeside,
  sortedTables,
  type DescribeContext,
  type Description,
  type TableOrigin,
} from "../../../dialect/server/description.ts";
import {
  actionOf,
  withCascades,
  type Cascade,
  type RowChange,
} from "../../../dialect/server/cascades.ts";
import type { Facts } from "./facts.ts";
import {
  isNode,
  nodeAt,
  nodesAt,
  numberAt,
  textAt,
  type TreeNode,
  type TreeValue,
} from "./node-tree.ts";

type Touched = Pick<Description, "reads" | "writes">;

const TABLES = `
  select c.oid::text as id, nspname as schema, relname as name, nspname = current_schema() as is_own,
    exists (select from pg_policy where polrelid = c.oid) or exists (select from pg_inherits where c.oid in (inhrelid, inhparent))
      or relkind = 'f' as is_more,
    exists (select from pg_trigger where tgrelid = c.oid and not tgisinternal) as has_triggers
  from pg_class as c join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'p', 'v', 'm', 'f') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;

const KEYS = `
  select conrelid::text as own, confrelid::text as target, confdeltype as on_delete, confupdtype as on_update,
    array_to_string(conkey, ' ') as columns, array_to_string(confkey, ' ') as target_columns
  from pg_constraint where contype = 'f'`;

interface Table {
  readonly origin: TableOrigin;
  /** Whether others are read or written with it, by its policies or as parts of it. */
  readonly isMore: boolean;
  readonly hasTriggers: boolean;
}

export interface Touchables {
  /** By their numbers. */
  readonly tables: ReadonlyMap<string, Table>;
  readonly cascades: readonly Cascade[];
}

export async function readTouchables(ask: DescribeContext["ask"]): Promise<Touchables> {
  const tables = (await ask(TABLES)).map((row): [string, Table] => {
    const schema = row["is_own"] === true ? undefined : String(row["schema"]);
    const origin = { schema, table: String(row["name"]) };
    const isMore = row["is_more"] === true;
    return [String(row["id"]), { origin, isMore, hasTriggers: row["has_triggers"] === true }];
  });
  const cascades = (await ask(KEYS)).map((row): Cascade => ({
    table: String(row["own"]),
    target: String(row["target"]),
    columns: String(row["columns"]).split(" "),
    targetColumns: String(row["target_columns"]).split(" "),
    onDelete: actionOf(row["on_delete"]),
    onUpdate: actionOf(row["on_update"]),
  }));
  return { tables: new Map(tables), cascades };
}

const RELATION = "0";
const VIEW = "v";
const FUNCTIONS = ["funcid", "opfuncid", "aggfnoid", "winfnoid"];
/** Functions of the server that run queries, and so read what nobody sees. */
const QUERYING = /_to_xml(?:schema)?$|^ts_(?:stat|rewrite)$/;

/** The numbers of the columns that are given values. */
function columnsOf(node: TreeNode, list: string): readonly string[] {
  const entries = nodesAt(node, list).filter((entry) => textAt(entry, "resjunk") !== "true");
  return entries.map((entry) => textAt(entry, "resno"));
}

function changesOf(query: TreeNode): readonly RowChange[] {
  const conflict = nodeAt(query, "onConflict");
  switch (textAt(query, "commandType")) {
    case "2":
      return [{ kind: "update", columns: columnsOf(query, "targetList") }];
    case "3":
      return conflict === undefined
        ? [{ kind: "insert" }]
        : [{ kind: "insert" }, { kind: "update", columns: columnsOf(conflict, "onConflictSet") }];
    case "4":
      return [{ kind: "delete" }];
    default:
      return [{ kind: "insert" }, { kind: "update" }, { kind: "delete" }];
  }
}

class Toucher {
  readonly #facts: Facts;
  readonly #touchables: Touchables;
  readonly #reads = new Set<string>();
  readonly #changes: [string, RowChange][] = [];
  readonly #views = new Set<string>();
  #isCertain = true;

  constructor(facts: Facts, touchables: Touchables) {
    this.#facts = facts;
    this.#touchables = touchables;
  }

  touched(query: TreeNode): Touched {
    this.#look(query);
    const { cascades, tables } = this.#touchables;
    const written = [...withCascades(this.#changes, cascades)].map((id) => tables.get(id));
    const read = [...this.#reads].map((id) => tables.get(id));
    const isWritten = written.every((table) => table?.isMore === false && !table.hasTriggers);
    if (!this.#isCertain || !isWritten || !read.every((table) => table?.isMore === false))
      return { reads: undefined, writes: undefined };
    const writes = sortedTables(written.map((table) => table!.origin));
    return {
      reads: readBeside(
        read.map((table) => table!.origin),
        writes,
      ),
      writes,
    };
  }

  #look(value: TreeValue | undefined): void {
    if (Array.isArray(value)) {
      for (const item of value as readonly TreeValue[]) this.#look(item);
      return;
    }
    if (!isNode(value)) return;
    if (value.tag === "QUERY") this.#lookAtQuery(value);
    for (const name of FUNCTIONS) this.#lookAtFunction(textAt(value, name));
    for (const field of Object.values(value.fields)) this.#look(field);
  }

  #lookAtQuery(query: TreeNode): void {
    const result = numberAt(query, "resultRelation");
    nodesAt(query, "rtable").forEach((table, at) => {
      const id = textAt(table, "relid");
      if (textAt(table, "rtekind") !== RELATION) return;
      if (at + 1 === result) this.#change(query, id);
      else if (textAt(table, "relkind") === VIEW) this.#lookAtView(id);
      else this.#reads.add(id);
    });
  }

  #change(query: TreeNode, id: string): void {
    // A view, or a rule, may write anything.
    if (this.#facts.views.has(id) || this.#facts.ruled.has(id)) this.#isCertain = false;
    for (const change of changesOf(query)) this.#changes.push([id, change]);
  }

  #lookAtView(id: string): void {
    if (this.#views.has(id)) return;
    this.#views.add(id);
    const query = this.#facts.views.get(id);
    if (query === undefined) this.#isCertain = false;
    this.#look(query);
  }

  #lookAtFunction(id: string): void {
    if (id === "" || id === "0") return;
    const name = this.#facts.names.get(id);
    if (name === undefined || QUERYING.test(name)) this.#isCertain = false;
  }
}

export function touchedTables(query: TreeNode, facts: Facts, touchables: Touchables): Touched {
  return new Toucher(facts, touchables).touched(query);
}
