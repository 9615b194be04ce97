/**
 * Single rows that are asked for in the same write as the rows that they belong to, by the query that finds those. Joined,
 * they would be sent again with each of them, and a database that joins by hash reads their whole table for it.
 */

import { isCaseInsensitive } from "../../ast/folding.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { SelectStatement } from "../../ast/statement.ts";
import { isIndexed } from "../../schema/indexed.ts";
import type { RelationStep } from "../../schema/relation.ts";
import { mayBeJoined, neededOf } from "./level.ts";
import { isCut } from "./statement.ts";
import type { Branch } from "./tree.ts";

const known = new WeakMap<Branch, readonly Branch[]>();

/** Of what is loaded with a branch that which can be asked for ahead of its rows. */
export function aheadOf(branch: Branch): readonly Branch[] {
  let found = known.get(branch);
  if (found === undefined) {
    found = isFoundQuickly(branch) ? branch.branches.filter(mayBeAhead) : [];
    known.set(branch, found);
  }
  return found;
}

/** Whether it costs little to find its rows twice. */
function isFoundQuickly(branch: Branch): boolean {
  const { relation, where } = branch;
  if (relation.steps.length > 1 || relation.where !== undefined) return false;
  return where === undefined && !isCut(branch) && isByIndex(relation.steps[0]!);
}

function isByIndex({ table, to }: RelationStep): boolean {
  return to.length === 1 && isIndexed(table, to[0]!);
}

function mayBeAhead(branch: Branch): boolean {
  const [step] = branch.relation.steps;
  if (!mayBeJoined(branch) || !isByIndex(step!)) return false;
  // What is missing is asked for once more, and of deleted rows some mostly are.
  if (branch.relation.target.softDelete !== undefined) return false;
  const [from, to] = [step!.from[0]!.type, step!.to[0]!.type];
  return from.kind === to.kind && isPlain(from) && isPlain(to);
}

/** Whether an array of such values is compared as the values are. */
function isPlain(type: LogicalType): boolean {
  const { kind, storage } = type;
  if (kind === "bigint" || kind === "integer") return true;
  if (storage !== undefined) return false;
  if (kind === "text") return type.collation === undefined && !isCaseInsensitive(type);
  return kind === "uuid";
}

/** The keys of a branch, as a query: out of the rows of `statement`, to which it belongs. */
export function keysIn(statement: SelectStatement, owner: Branch, branch: Branch): SelectStatement {
  const [key] = neededOf(branch, owner.relation.target);
  const selection = { keys: ["key"], values: [key!], source: undefined };
  return { ...statement, selection, joins: [], orderBy: [] };
}
