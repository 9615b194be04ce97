/**
 * What one query of a tree reads: the rows of a table, single rows that are joined to them, and the keys by which other
 * queries find what belongs to either.
 */

import { isNamedAlike, type AnyExpression, type Source } from "../../ast/expression.ts";
import type { JoinClause, SelectionNode, SelectionRecord } from "../../ast/statement.ts";
import { ofOwner } from "../../schema/relation.ts";
import { infoOf, type TableInfo } from "../../schema/table.ts";
import { tableSelection } from "../read/selection.ts";
import { keyReader } from "./keys.ts";
import { pairwise } from "./joins.ts";
import type { Branch } from "./tree.ts";

export type Row = Record<string, unknown>;

/** Reads a value of a row as it came. */
export type Read = (raw: Row) => unknown;

/** A relation that another query loads to a row. */
export interface Loaded {
  readonly branch: Branch;
  /** By which its related rows are found. */
  readonly values: readonly Read[];
  /** The same as one key; undefined where a row has none related. */
  readonly key: Read;
}

/** Rows of a table among what was read, with the relations that other queries load to them. */
export interface Apart {
  readonly rowOf: (raw: Row) => Row | null;
  readonly loaded: readonly Loaded[];
}

/** A single row that was read beside the one that it belongs to. */
interface Joined extends Apart {
  readonly name: string;
  readonly ownerOf: (raw: Row) => Row | null;
}

export interface Level {
  /** Whether a row is what it came as. */
  readonly isPlain: boolean;
  readonly record: SelectionRecord;
  readonly joins: readonly JoinClause[];
  readonly rowOf: (raw: Row) => Row;
  /** What else was asked for. */
  readonly reads: readonly Read[];
  readonly own: Apart;
  /** Those to which others are joined come before them. */
  readonly joined: readonly Joined[];
  /** Those of them to which something is loaded. */
  readonly further: readonly Apart[];
}

/** What must be known of a row to find what is related to it: the key, and whether it has the relation. */
export function neededOf({ relation }: Branch, owner: TableInfo): readonly AnyExpression[] {
  const { ownerWhere, steps } = owner === relation.owner ? relation : ofOwner(relation, owner);
  return ownerWhere === undefined ? steps[0]!.from : [...steps[0]!.from, ownerWhere];
}

/** @param reads What `neededOf` says of the branch. */
export function loadedBy(branch: Branch, reads: readonly Read[]): Loaded {
  const [step] = branch.relation.steps;
  const values = reads.slice(0, step!.from.length);
  const keyOf = keyReader(step!, values);
  const isOwner = reads[values.length];
  const key: Read =
    isOwner === undefined ? keyOf : (raw) => (isOwner(raw) === true ? keyOf(raw) : undefined);
  return { branch, values, key };
}

const ITSELF = (raw: Row): Row => raw;
const INNER = (raw: Row): Row => raw["row"] as Row;

function keyIn(selection: SelectionRecord, expression: AnyExpression): string | undefined {
  const place = selection.values.indexOf(expression as SelectionNode);
  const key = place === -1 ? undefined : selection.keys[place]!;
  return key === "__proto__" ? undefined : key;
}

/** PostgreSQL cuts a longer name. */
const MAX_ALIAS = 60;

export function mayBeJoined({ relation, where, withDeleted }: Branch): boolean {
  if (relation.cardinality !== "one" || relation.steps.length > 1) return false;
  if (relation.where !== undefined || relation.ownerWhere !== undefined) return false;
  return where === undefined && !withDeleted;
}

/** Whether its row can be read as a member of another: of a whole table it is known that it is missing. */
function mayBeMember({ branches, relation, selection }: Branch, owner: SelectionRecord): boolean {
  const isWhole = selection.source !== undefined && branches.length === 0;
  return isWhole && !owner.keys.includes(relation.name);
}

class LevelBuilder {
  /** What is read beside a row; of a plain level, which reads nothing beside, the single rows in it. */
  readonly members = new Map<string, SelectionNode>();
  readonly joins: JoinClause[] = [];
  readonly joined: Joined[] = [];
  readonly #isPlain: boolean;
  readonly #taken: Source[];

  constructor(isPlain: boolean, taken: readonly Source[]) {
    this.#isPlain = isPlain;
    this.#taken = [...taken];
  }

  /** Reads the expression of a row: out of what is selected of it, or beside that. */
  read(
    selection: SelectionRecord,
    rowOf: (raw: Row) => Row | null,
    expression: AnyExpression,
  ): Read {
    const key = keyIn(selection, expression);
    if (key !== undefined) return (raw) => rowOf(raw)?.[key];
    const member = `key${this.members.size}`;
    this.members.set(member, expression);
    return (raw) => raw[member];
  }

  apart(
    owner: TableInfo,
    selection: SelectionRecord,
    rowOf: (raw: Row) => Row | null,
    branches: readonly Branch[],
  ): Apart {
    const loaded = branches.map((branch) => {
      const needed = neededOf(branch, owner);
      return loadedBy(
        branch,
        needed.map((expression) => this.read(selection, rowOf, expression)),
      );
    });
    return { rowOf, loaded };
  }

  /** Joins what can be, and gives the rest. */
  join(
    owner: TableInfo,
    ownerOf: (raw: Row) => Row | null,
    branches: readonly Branch[],
    path: string,
  ): Branch[] {
    return branches.filter((branch) => !this.#joinOne(owner, ownerOf, branch, path));
  }

  #joinOne(
    owner: TableInfo,
    ownerOf: (raw: Row) => Row | null,
    branch: Branch,
    path: string,
  ): boolean {
    if (!mayBeJoined(branch)) return false;
    const { branches, relation, selection } = branch;
    const { name, steps, target } = relation;
    const alias = `${path}_${name}`;
    const info = infoOf(target.aliased(alias));
    if (alias.length > MAX_ALIAS || this.#taken.some((source) => isNamedAlike(source, info)))
      return false;
    const isWhole = selection.source !== undefined;
    const columns = selection.values.map((value) => columnUnder(info, target, value));
    if (!isWhole && columns.some((column) => column === undefined)) return false;
    this.#taken.push(info);
    const [step] = steps;
    const from = step!.from.map(({ key }) => owner.column(key)!);
    const to = step!.to.map(({ key }) => info.column(key)!);
    const on = pairwise(from, to);
    this.joins.push({ kind: "left", source: info, inputs: undefined, on });
    const record: SelectionRecord = isWhole
      ? tableSelection(info)
      : { keys: selection.keys, values: columns as AnyExpression[], source: undefined };
    const member = this.#isPlain ? name : `row${this.members.size}`;
    this.members.set(member, record);
    const rowOf = isWhole
      ? (raw: Row) => raw[member] as Row | null
      : this.#present(record, member, to[0]!);
    const place = this.joined.length;
    const entry = { name, ownerOf, rowOf, loaded: [] };
    this.joined.push(entry);
    const rest = this.join(info, rowOf, branches, alias);
    this.joined[place] = { ...entry, ...this.apart(info, record, rowOf, rest) };
    return true;
  }

  /** Of a row of which only some columns are selected, one that can't be NULL tells whether it is there. */
  #present(
    record: SelectionRecord,
    member: string,
    column: AnyExpression,
  ): (raw: Row) => Row | null {
    const presence = this.read(record, (raw) => raw[member] as Row, column);
    return (raw) => (presence(raw) === null ? null : (raw[member] as Row));
  }
}

function columnUnder(
  info: TableInfo,
  target: TableInfo,
  value: SelectionNode,
): AnyExpression | undefined {
  const column = target.columns.find((candidate) => candidate === value);
  return column === undefined ? undefined : info.column(column.key);
}

/**
 * @param needed What else is to be read of each row.
 * @param taken The tables that the query reads; undefined where nothing may be joined to it.
 * @param apart Of the branches, those that aren't joined though they may be.
 */
export function levelOf(
  owner: TableInfo,
  selection: SelectionRecord,
  branches: readonly Branch[],
  needed: readonly AnyExpression[],
  taken: readonly Source[] | undefined,
  apart: readonly Branch[] = [],
): Level {
  // Where all that is needed is selected anyway, a row is what it came as.
  const isSelected = [...needed, ...branches.flatMap((branch) => neededOf(branch, owner))].every(
    (expression) => keyIn(selection, expression) !== undefined,
  );
  const joinable = taken === undefined ? [] : branches.filter((branch) => !apart.includes(branch));
  const toJoin = joinable.filter(mayBeJoined);
  const isPlain = isSelected && toJoin.every((branch) => mayBeMember(branch, selection));
  const rowOf = isPlain ? ITSELF : INNER;
  const builder = new LevelBuilder(isPlain, taken ?? []);
  const rest =
    taken === undefined ? branches : [...builder.join(owner, rowOf, joinable, "with"), ...apart];
  const reads = needed.map((expression) => builder.read(selection, rowOf, expression));
  const own = builder.apart(owner, selection, rowOf, rest);
  const { joined, joins, members } = builder;
  const record = isPlain ? withMembers(selection, members) : besideRow(selection, members);
  const further = joined.filter(({ loaded }) => loaded.length > 0);
  return { isPlain, record, joins, rowOf, reads, own, joined, further };
}

function withMembers(
  selection: SelectionRecord,
  members: ReadonlyMap<string, SelectionNode>,
): SelectionRecord {
  if (members.size === 0) return selection;
  const keys = [...selection.keys, ...members.keys()];
  return { keys, values: [...selection.values, ...members.values()], source: undefined };
}

function besideRow(
  selection: SelectionRecord,
  members: ReadonlyMap<string, SelectionNode>,
): SelectionRecord {
  const keys = ["row", ...members.keys()];
  return { keys, values: [selection, ...members.values()], source: undefined };
}

/** The rows of a level, of what was read. */
export function rowsOf({ isPlain, rowOf }: Level, raws: readonly Row[]): Row[] {
  return isPlain ? (raws as Row[]) : raws.map((raw) => rowOf(raw));
}

/** Puts the single rows that were read beside others into those. */
export function stitch({ isPlain, joined }: Level, raws: readonly Row[]): void {
  if (isPlain) return;
  for (const raw of raws) {
    for (const { name, ownerOf, rowOf } of joined) {
      const owner = ownerOf(raw);
      if (owner !== null) owner[name] = rowOf(raw);
    }
  }
}
