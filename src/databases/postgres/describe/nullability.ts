/** Whether a value of an analysed query can be NULL. Where it isn't certain, it can. */

import type { Facts } from "./facts.ts";
import { keyOf, Narrowing, union } from "./narrowing.ts";
import {
  isNode,
  listAt,
  nodeAt,
  nodesAt,
  numberAt,
  setAt,
  textAt,
  type TreeNode,
  type TreeValue,
} from "./node-tree.ts";

import {
  GROUPS,
  hasOneRow,
  hasOwnRow,
  hasReturned,
  isDecided,
  isThere,
  JOIN,
  MERGE,
  scopeAt,
  SELECT,
  withoutNulling,
  type Scope,
} from "./queries.ts";

/** Aggregates of a group, which has a row, that are NULL only where all values are. */
const OF_GROUPS =
  /^(?:min|max|sum|avg|every|bool_and|bool_or|bit_and|bit_or|bit_xor|string_agg|stddev_pop|var_pop|any_value)$/;

const OF_ORDERS = /^(?:mode|percentile_cont|percentile_disc)$/;

/** Those that take NULLs, too. */
const COLLECTING = /^(?:array_agg|jsonb?_agg|jsonb?_agg_strict|jsonb?_object_agg\w*)$/;

const OF_WINDOWS = /^(?:row_number|rank|dense_rank|percent_rank|cume_dist|count)$/;

const OF_FRAMES = /^(?:min|max|sum|avg|first_value|last_value)$/;

/** Each row of theirs is a value. */
const ROWS_OF_VALUES =
  /^(?:generate_series|generate_subscripts|jsonb?_array_elements|jsonb?_object_keys|regexp_split_to_table)$/;

export class Nullability {
  readonly #facts: Facts;
  readonly #narrowing: Narrowing;
  /** Columns of recursive queries that are being looked at: each is what its parts make it. */
  readonly #pending = new Map<TreeNode, Set<number>>();

  constructor(facts: Facts) {
    this.#facts = facts;
    this.#narrowing = new Narrowing(facts);
  }

  /** @param place From 1. */
  isColumnNotNull(query: TreeNode, place: number, outer?: Scope): boolean {
    const sets = nodeAt(query, "setOperations");
    const scope: Scope = { query, known: this.#narrowing.ofQuery(query), outer };
    if (sets !== undefined) return this.#isSetNotNull(sets, place, scope);
    const isRead = textAt(query, "commandType") === SELECT;
    const targets = nodesAt(query, isRead ? "targetList" : "returningList");
    const target = targets.find((entry) => numberAt(entry, "resno") === place);
    return this.#is(target && nodeAt(target, "expr"), scope);
  }

  #isSetNotNull(node: TreeNode, place: number, scope: Scope): boolean {
    if (node.tag === "RANGETBLREF") {
      const query = nodeAt(this.#tableAt(scope, numberAt(node, "rtindex"))!, "subquery");
      return query !== undefined && this.isColumnNotNull(query, place, scope);
    }
    const side = (name: string): boolean => {
      const part = nodeAt(node, name);
      return part !== undefined && this.#isSetNotNull(part, place, scope);
    };
    switch (textAt(node, "op")) {
      case "2":
        return side("larg") || side("rarg");
      case "3":
        return side("larg");
      default:
        return side("larg") && side("rarg");
    }
  }

  #tableAt({ query }: Scope, index: number): TreeNode | undefined {
    return nodesAt(query, "rtable")[index - 1];
  }

  #are(values: readonly TreeValue[], scope: Scope): boolean {
    return values.every((value) => isNode(value) && this.#is(value, scope));
  }

  #isArg(node: TreeNode, scope: Scope, name = "arg"): boolean {
    return this.#is(nodeAt(node, name), scope);
  }

  #is(node: TreeNode | undefined, scope: Scope): boolean {
    if (node === undefined) return false;
    switch (node.tag) {
      case "VAR":
        return this.#isVariable(node, scope);
      case "CONST":
        return textAt(node, "constisnull") === "false";
      case "NULLTEST":
      case "BOOLEANTEST":
      case "DISTINCTEXPR":
      case "ARRAYEXPR":
      case "ROWEXPR":
      case "GROUPINGFUNC":
      case "NEXTVALUEEXPR":
        return true;
      case "SQLVALUEFUNCTION":
        // The last one is the current schema, of which there may be none.
        return numberAt(node, "op") <= 13;
      case "RELABELTYPE":
      case "COERCEVIAIO":
      case "COLLATEEXPR":
      case "ARRAYCOERCEEXPR":
      case "COERCETODOMAIN":
      case "NAMEDARGEXPR":
        return this.#isArg(node, scope);
      case "BOOLEXPR":
        return this.#are(listAt(node, "args"), scope) || isDecided(node);
      case "COALESCEEXPR":
      case "MINMAXEXPR":
        return nodesAt(node, "args").some((arg) => this.#is(arg, scope));
      case "OPEXPR":
        return this.#isCall(node, textAt(node, "opfuncid"), scope);
      case "FUNCEXPR":
        return this.#isCall(node, textAt(node, "funcid"), scope);
      case "SCALARARRAYOPEXPR":
        return this.#isAnyOf(node, scope);
      case "CASEEXPR":
        return this.#isCase(node, scope);
      case "SUBLINK":
        return this.#isSublink(node, scope);
      case "AGGREF":
        return this.#isAggregate(node, scope);
      case "WINDOWFUNC":
        return this.#isWindow(node, scope);
      default:
        return false;
    }
  }

  #isCall(node: TreeNode, oid: string, scope: Scope): boolean {
    if (textAt(node, "funcretset") === "true" || textAt(node, "opretset") === "true") return false;
    const args = listAt(node, "args");
    switch (this.#facts.names.get(oid)) {
      // These take NULLs, or leave them out.
      case "concat":
      case "json_build_object":
      case "jsonb_build_object":
      case "json_build_array":
      case "jsonb_build_array":
      case "num_nulls":
      case "num_nonnulls":
      case "pg_typeof":
      case "quote_nullable":
        return textAt(node, "funcvariadic") !== "true" || this.#are(args, scope);
      case "concat_ws":
      case "format":
      case "array_append":
      case "array_remove":
      case "array_replace":
      case "string_to_array":
        return this.#are(args.slice(0, 1), scope) && textAt(node, "funcvariadic") !== "true";
      case "extract":
      case "date_part":
        return this.#isPart(args, scope);
      default:
        return this.#facts.total.has(oid) && this.#are(args, scope);
    }
  }

  /** Of an infinite time the year and the seconds since 1970 are infinite, and all smaller parts are NULL. */
  #isPart([part, time, ...others]: readonly TreeValue[], scope: Scope): boolean {
    if (!isNode(part) || part.tag !== "CONST" || others.length > 0) return false;
    const [, bytes] = listAt(part, "constvalue");
    const letters = Array.isArray(bytes) ? (bytes as readonly string[]).slice(4).map(Number) : [];
    const name = String.fromCharCode(...letters.map((code) => code & 0xff));
    return /^(?:epoch|year|isoyear|decade|century|millennium|julian)$/.test(name)
      ? isNode(time) && this.#is(time, scope)
      : false;
  }

  /** `x in (1, 2)`; the elements of an array that isn't written out may be NULL. */
  #isAnyOf(node: TreeNode, scope: Scope): boolean {
    const [value, list] = nodesAt(node, "args");
    if (value === undefined || list?.tag !== "ARRAYEXPR") return false;
    const isTotal = this.#facts.total.has(textAt(node, "opfuncid"));
    return isTotal && this.#are([value, ...listAt(list, "elements")], scope);
  }

  /** A branch is taken where its condition is met. */
  #isCase(node: TreeNode, scope: Scope): boolean {
    const isSimple = nodeAt(node, "arg") !== undefined;
    const branches = nodesAt(node, "args").every((branch) => {
      const condition = nodeAt(branch, "expr");
      const met =
        condition === undefined || isSimple ? new Set<string>() : this.#narrowing.ofTrue(condition);
      return this.#isArg(branch, { ...scope, known: union([scope.known, met]) }, "result");
    });
    return branches && this.#isArg(node, scope, "defresult");
  }

  #isSublink(node: TreeNode, scope: Scope): boolean {
    const query = nodeAt(node, "subselect");
    switch (textAt(node, "subLinkType")) {
      case "0":
      case "6":
        return true;
      case "1":
      case "2":
        return query !== undefined && this.#isCompared(nodeAt(node, "testexpr"), query, scope);
      case "4":
        return query !== undefined && hasOneRow(query) && this.isColumnNotNull(query, 1, scope);
      default:
        return false;
    }
  }

  /** `x in (select y …)`, `x > all (select y …)`, of one column. */
  #isCompared(test: TreeNode | undefined, query: TreeNode, scope: Scope): boolean {
    if (test?.tag !== "OPEXPR" || !this.#facts.total.has(textAt(test, "opfuncid"))) return false;
    const [value, other] = nodesAt(test, "args");
    return (
      other?.tag === "PARAM" && this.#is(value, scope) && this.isColumnNotNull(query, 1, scope)
    );
  }

  #isAggregate(node: TreeNode, scope: Scope): boolean {
    const name = this.#facts.names.get(textAt(node, "aggfnoid"));
    if (name === undefined) return false;
    if (name === "count") return true;
    const own = scopeAt(scope, numberAt(node, "agglevelsup"));
    if (own === undefined || nodeAt(node, "aggfilter") !== undefined) return false;
    const isGrouped =
      listAt(own.query, "groupClause").length > 0 && listAt(own.query, "groupingSets").length === 0;
    if (!isGrouped) return false;
    if (COLLECTING.test(name)) return !name.endsWith("strict");
    const [first] = nodesAt(node, "args").map((entry) => nodeAt(entry, "expr"));
    if (OF_ORDERS.test(name))
      return this.#are(listAt(node, "aggdirectargs"), scope) && this.#is(first, scope);
    return OF_GROUPS.test(name) && this.#is(first, scope);
  }

  #isWindow(node: TreeNode, scope: Scope): boolean {
    const name = this.#facts.names.get(textAt(node, "winfnoid"));
    if (name === undefined) return false;
    if (OF_WINDOWS.test(name)) return true;
    const args = listAt(node, "args");
    if (name === "ntile") return this.#are(args, scope);
    if (name === "lag" || name === "lead") return args.length === 3 && this.#are(args, scope);
    if (!OF_FRAMES.test(name) || nodeAt(node, "aggfilter") !== undefined) return false;
    const window = nodesAt(scope.query, "windowClause").find(
      (one) => textAt(one, "winref") === textAt(node, "winref"),
    );
    return window !== undefined && hasOwnRow(window) && this.#are(args, scope);
  }

  #isVariable(node: TreeNode, from: Scope): boolean {
    const scope = scopeAt(from, numberAt(node, "varlevelsup"));
    if (scope === undefined) return false;
    const returned = numberAt(node, "varreturningtype");
    if (returned !== 0 && !hasReturned(scope.query, returned)) return false;
    if (returned === 0 && scope.known.has(keyOf(node))) return true;
    const place = numberAt(node, "varattno");
    const index = numberAt(node, "varno");
    const table = this.#tableAt(scope, index);
    const isNulled = setAt(node, "varnullingrels").length > 0;
    if (isNulled && !(table !== undefined && isThere(table, index, scope))) return false;
    if (table === undefined || textAt(scope.query, "commandType") === MERGE) return false;
    // The row as a whole, or what the system keeps of it.
    if (place < 1) return textAt(table, "relkind") === "r";
    return this.#isOfTable(table, index, place, scope);
  }

  #isOfTable(table: TreeNode, index: number, place: number, scope: Scope): boolean {
    switch (textAt(table, "rtekind")) {
      case "0":
        return this.#isOfRelation(table, index, place, scope);
      case "1": {
        const query = nodeAt(table, "subquery");
        return query !== undefined && this.isColumnNotNull(query, place, scope);
      }
      case JOIN:
        return this.#isJoined(table, place, scope);
      case "3":
        return this.#isOfFunction(table, place);
      case "5": {
        const rows = listAt(table, "values_lists");
        return rows.every((row) => this.#are([(row as readonly TreeValue[])[place - 1]!], scope));
      }
      case "6":
        return this.#isOfNamed(table, place, scope);
      case GROUPS:
        return this.#are([listAt(table, "groupexprs")[place - 1]!], scope);
      default:
        return false;
    }
  }

  #isOfRelation(table: TreeNode, index: number, place: number, scope: Scope): boolean {
    const id = textAt(table, "relid");
    const view = this.#facts.views.get(id);
    // What a write gives back of a view, or by a rule, may be anything.
    if (index === numberAt(scope.query, "resultRelation")) {
      if (view !== undefined || this.#facts.ruled.has(id)) return false;
    }
    return view === undefined
      ? this.#facts.notNull.has(`${id}.${place}`)
      : this.isColumnNotNull(view, place);
  }

  /** A column of USING: in a full join that of the side which is there. */
  #isJoined(table: TreeNode, place: number, scope: Scope): boolean {
    const [column] = [listAt(table, "joinaliasvars")[place - 1]];
    if (!isNode(column)) return false;
    if (textAt(table, "jointype") !== "2" || column.tag !== "COALESCEEXPR")
      return this.#is(column, scope);
    const own = nodesAt(scope.query, "rtable").indexOf(table) + 1;
    return nodesAt(column, "args").every((arg) => this.#is(withoutNulling(arg, own), scope));
  }

  /** With a function beside it that gives more rows, its own end in NULLs. */
  #isOfFunction(table: TreeNode, place: number): boolean {
    const functions = nodesAt(table, "functions");
    const counts = functions.map((one) => numberAt(one, "funccolcount"));
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (place > total) return textAt(table, "funcordinality") === "true";
    const [only] = functions;
    const call = only === undefined ? undefined : nodeAt(only, "funcexpr");
    if (functions.length !== 1 || call?.tag !== "FUNCEXPR") return false;
    const name = this.#facts.names.get(textAt(call, "funcid")) ?? "";
    if (/^jsonb?_each(?:_text)?$/.test(name)) return place === 1 || !name.endsWith("text");
    return total === 1 && ROWS_OF_VALUES.test(name);
  }

  #isOfNamed(table: TreeNode, place: number, scope: Scope): boolean {
    const around = scopeAt(scope, numberAt(table, "ctelevelsup"));
    const named = nodesAt(around?.query ?? table, "cteList").find(
      (one) => textAt(one, "ctename") === textAt(table, "ctename"),
    );
    const query = named && nodeAt(named, "ctequery");
    if (query === undefined) return false;
    const pending = this.#pending.get(query) ?? new Set();
    if (pending.has(place)) return true;
    this.#pending.set(query, pending.add(place));
    try {
      return this.isColumnNotNull(query, place, around);
    } finally {
      pending.delete(place);
    }
  }
}
