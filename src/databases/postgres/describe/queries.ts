/** Questions about analysed queries. */

import type { Columns } from "./narrowing.ts";
import {
  isNode,
  listAt,
  nodeAt,
  nodesAt,
  numberAt,
  textAt,
  type TreeNode,
  type TreeValue,
} from "./node-tree.ts";

/** A query inside of those around it. */
export interface Scope {
  readonly query: TreeNode;
  /** Columns that no row has as NULL. */
  readonly known: Columns;
  readonly outer: Scope | undefined;
}

export const SELECT = "1";
export const MERGE = "5";

/** Kinds of tables. */
export const JOIN = "2";
export const GROUPS = "9";

/** Bits of a frame that has the row itself in it: from its beginning, or to its end. */
const FROM_START = 0x20;
const TO_ROW = 0x400;
const TO_END = 0x100;
const EXCLUDING = 0x38000;

export function scopeAt(scope: Scope, level: number): Scope | undefined {
  let found: Scope | undefined = scope;
  for (let up = 0; up < level; up++) found = found?.outer;
  return found;
}

/** `… or true`, `… and false`. */
export function isDecided(node: TreeNode): boolean {
  const operator = textAt(node, "boolop");
  const deciding = operator === "or" ? "1" : "0";
  return (
    operator !== "not" &&
    nodesAt(node, "args").some((arg) => {
      const [length, bytes] = listAt(arg, "constvalue");
      return arg.tag === "CONST" && length === "1" && Array.isArray(bytes) && bytes[0] === deciding;
    })
  );
}

/** Whether a write has the row that it was, 1, or the one that it is, 2. */
export function hasReturned(query: TreeNode, which: number): boolean {
  const has: Readonly<Record<string, readonly number[]>> = { "2": [1, 2], "3": [2], "4": [1] };
  return has[textAt(query, "commandType")]?.includes(which) === true;
}

/** Whether a row has one of a table that an outer join may leave without: it has where one of its columns isn't NULL. */
export function isThere(table: TreeNode, index: number, { known }: Scope): boolean {
  const kind = textAt(table, "rtekind");
  const isMade = kind === JOIN || kind === GROUPS;
  return !isMade && [...known].some((key) => key.startsWith(`${index}.`));
}

/** The expression, with its columns as they are before the join. */
export function withoutNulling(node: TreeNode, join: number): TreeNode {
  const fields = Object.entries(node.fields).map(([name, value]): [string, TreeValue] => {
    if (name === "varnullingrels" && Array.isArray(value))
      return [name, value.filter((one) => one !== String(join))];
    if (isNode(value)) return [name, withoutNulling(value, join)];
    if (!Array.isArray(value)) return [name, value!];
    const items = value as readonly TreeValue[];
    return [name, items.map((one) => (isNode(one) ? withoutNulling(one, join) : one))];
  });
  return { tag: node.tag, fields: Object.fromEntries(fields) };
}

/** Whether a query gives one row, whatever there is. */
export function hasOneRow(query: TreeNode): boolean {
  const isPlain =
    ["limitCount", "limitOffset", "havingQual", "setOperations"].every(
      (name) => nodeAt(query, name) === undefined,
    ) &&
    listAt(query, "groupClause").length === 0 &&
    listAt(query, "groupingSets").length === 0 &&
    textAt(query, "hasTargetSRFs") === "false" &&
    textAt(query, "commandType") === SELECT;
  if (!isPlain) return false;
  const from = nodeAt(query, "jointree");
  const hasRows =
    from !== undefined &&
    (listAt(from, "fromlist").length > 0 || nodeAt(from, "quals") !== undefined);
  return textAt(query, "hasAggs") === "true" || !hasRows;
}

/** Whether the frame of a window always has the row in it that it is of. */
export function hasOwnRow(window: TreeNode): boolean {
  const options = numberAt(window, "frameOptions");
  return (
    (options & FROM_START) !== 0 &&
    (options & (TO_ROW | TO_END)) !== 0 &&
    (options & EXCLUDING) === 0
  );
}
