/**
 * What became of what: everything of a new model gets the id of what it was in the snapshot before. By name, or as a
 * person said; what else could be a rename is a question, and never guessed.
 */

import { ConfigError } from "../../core/error.ts";
import { conversionOf } from "../../dialect/values/conversion.ts";
import type { EnumType } from "../../ast/logical-type.ts";
import type { ColumnModel, Model, TableModel } from "../../schema/model.ts";
import { canonicalModel } from "./canonical.ts";
import { isSame } from "../../schema/same.ts";
import {
  emptySnapshot,
  hashSnapshot,
  idOf,
  SNAPSHOT_VERSION,
  type EnumSnapshot,
  type Snapshot,
  type TableSnapshot,
} from "../snapshot/snapshot.ts";

/** What a person says of a change of names, in the words of the flags. */
export interface RenameAnswers {
  /** `users.name=full_name`, `users=people`; a value of an enum is `user_role.admin=owner`. The left side is from before. */
  readonly renames?: readonly string[];
  /** `users.name`: it is dropped, and nothing new takes its place. */
  readonly drops?: readonly string[];
}

export interface RenameQuestion {
  readonly what: "column" | "enum" | "table" | "value of an enum";
  /** What is there no more: `users.name`. */
  readonly path: string;
  /** What came anew, the likeliest first. */
  readonly candidates: readonly { readonly name: string; readonly flag: string }[];
  /** The flag that says that it is dropped. */
  readonly dropFlag: string;
}

export interface Matched {
  /** Of the model, with the ids; whole even where there are questions, as if the answer were no. */
  readonly snapshot: Snapshot;
  readonly questions: readonly RenameQuestion[];
}

/** How alike two names are, by the pairs of letters that they share: 0 to 1. */
function likeness(one: string, other: string): number {
  const pairsOf = (text: string): string[] =>
    Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2).toLowerCase());
  const left = pairsOf(one);
  const right = pairsOf(other);
  if (left.length + right.length === 0) return 0;
  const shared = left.filter((pair) => right.includes(pair)).length;
  return (2 * shared) / (left.length + right.length);
}

function columnLikeness(from: ColumnModel, to: ColumnModel): number {
  const isEqual = isSame(from.type, to.type);
  if (!isEqual && conversionOf(from.type, to.type) === undefined) return 0;
  const rest = isSame({ ...from, name: "", type: "" }, { ...to, name: "", type: "" }) ? 0.5 : 0.25;
  return rest + (isEqual ? 0.5 : 0.1) + likeness(from.name, to.name);
}

/** The share of their columns that are alike by name and kind. */
function tableLikeness(from: TableModel, to: TableModel): number {
  const known = new Map(from.columns.map(({ name, type }) => [name, type.kind]));
  const shared = to.columns.filter(({ name, type }) => known.get(name) === type.kind).length;
  const share = shared / (from.columns.length + to.columns.length - shared);
  return share < 0.5 ? 0 : share + likeness(from.name, to.name);
}

function enumLikeness(from: EnumType, to: EnumType): number {
  const shared = to.values.filter((value) => from.values.includes(value)).length;
  const share = shared / (from.values.length + to.values.length - shared);
  return share < 0.5 ? 0 : share + likeness(from.name, to.name);
}

/** Answers that fitted something, so that one with a typing error is told. */
class Answers {
  readonly renames: ReadonlySet<string>;
  readonly drops: ReadonlySet<string>;
  readonly used = new Set<string>();
  readonly possible: string[] = [];

  constructor({ renames = [], drops = [] }: RenameAnswers) {
    this.renames = new Set(renames);
    this.drops = new Set(drops);
  }

  isRenamed(path: string, to: string): boolean {
    const text = `${path}=${to}`;
    if (this.renames.has(text)) this.used.add(text);
    return this.renames.has(text);
  }

  isDropped(path: string): boolean {
    if (this.drops.has(path)) this.used.add(path);
    return this.drops.has(path);
  }

  requireUsed(): void {
    for (const answer of [...this.renames, ...this.drops]) {
      if (this.used.has(answer)) continue;
      const flag = this.renames.has(answer) ? "--rename" : "--drop";
      throw new ConfigError(`${flag} ${answer} fits no change of the schema.`, {
        hint:
          this.possible.length > 0
            ? `What may be a rename: ${this.possible.join("; ")}.`
            : "Nothing in the schema may be a rename; leave the flag out.",
      });
    }
  }
}

interface Named {
  readonly schema?: string;
  readonly name: string;
}

/** As a flag names it. */
function pathOfPlace({ schema, name }: Named): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

interface Matching<Before extends Named, After extends Named> {
  readonly what: RenameQuestion["what"];
  readonly before: readonly Before[];
  readonly after: readonly After[];
  readonly pathOf: (before: Before) => string;
  readonly likeness: (before: Before, after: After) => number;
}

/** What each of the new ones was before. */
function match<Before extends Named, After extends Named>(
  { what, before, after, pathOf, likeness: alike }: Matching<Before, After>,
  answers: Answers,
  questions: RenameQuestion[],
): Map<After, Before> {
  const found = new Map<After, Before>();
  const left = new Map(before.map((item) => [pathOfPlace(item), item]));
  if (answers.renames.size > 0) {
    for (const from of before) {
      const to = after.find(
        (item) => !found.has(item) && answers.isRenamed(pathOf(from), pathOfPlace(item)),
      );
      if (to === undefined) continue;
      found.set(to, from);
      left.delete(pathOfPlace(from));
    }
  }
  for (const to of after) {
    const from = found.has(to) ? undefined : left.get(pathOfPlace(to));
    if (from === undefined || answers.isDropped(pathOf(from))) continue;
    found.set(to, from);
    left.delete(pathOfPlace(to));
  }
  const added = after.filter((item) => !found.has(item));
  for (const from of left.values()) {
    const path = pathOf(from);
    const candidates = added
      .map((to) => ({ to, score: alike(from, to) }))
      .filter(({ score }) => score > 0)
      .toSorted((one, other) => other.score - one.score)
      .map(({ to }) => ({ name: to.name, flag: `--rename ${path}=${pathOfPlace(to)}` }));
    answers.possible.push(...candidates.map(({ flag }) => flag));
    if (answers.isDropped(path) || candidates.length === 0) continue;
    questions.push({ what, path, candidates, dropFlag: `--drop ${path}` });
  }
  return found;
}

/**
 * The snapshot of a model that follows another one.
 *
 * @param given.views The views of each family of databases, as its own model has them.
 * @throws {ConfigError} `E_CONFIG` for an answer that fits nothing.
 */
export function matchSnapshot(
  before: Snapshot,
  model: Model,
  given: RenameAnswers & { readonly views?: Snapshot["views"] } = {},
): Matched {
  const isFirst = before === emptySnapshot;
  const prevHash = isFirst ? null : hashSnapshot(before);
  const answers = new Answers(given);
  const questions: RenameQuestion[] = [];
  const { enums, tables } = canonicalModel(model);
  const enumsBefore = before.enums.map((item) => ({
    ...item,
    ...(item.type.schema !== undefined && { schema: item.type.schema }),
    name: item.type.name,
  }));
  const enumPairs = match(
    {
      what: "enum",
      before: enumsBefore,
      after: enums,
      pathOf: pathOfPlace,
      likeness: (from, to) => enumLikeness(from.type, to),
    },
    answers,
    questions,
  );
  const tablePairs = match(
    {
      what: "table",
      before: before.tables,
      after: tables,
      pathOf: pathOfPlace,
      likeness: tableLikeness,
    },
    answers,
    questions,
  );
  const snapshot: Snapshot = {
    version: SNAPSHOT_VERSION,
    prevHash,
    enums: enums.map((type) => matchEnum(type, enumPairs.get(type), prevHash, answers, questions)),
    tables: tables.map((table) =>
      matchTable(table, tablePairs.get(table), prevHash, answers, questions),
    ),
    ...(given.views !== undefined && { views: given.views }),
  };
  answers.requireUsed();
  return { snapshot, questions };
}

function matchEnum(
  type: EnumType,
  before: EnumSnapshot | undefined,
  prevHash: string | null,
  answers: Answers,
  questions: RenameQuestion[],
): EnumSnapshot {
  const id = before?.id ?? idOf(`enum ${prevHash} ${pathOfPlace(type)}`);
  const values = type.values.map((name) => ({ name }));
  const known = (before?.type.values ?? []).map((name, at) => ({
    name,
    id: before!.valueIds[at]!,
  }));
  const pairs = match(
    {
      what: "value of an enum",
      before: known,
      after: values,
      pathOf: ({ name }) => `${pathOfPlace(before!.type)}.${name}`,
      likeness: (from, to) => 0.1 + likeness(from.name, to.name),
    },
    answers,
    questions,
  );
  const valueIds = values.map(
    (value) => pairs.get(value)?.id ?? idOf(`value ${id} ${prevHash} ${value.name}`),
  );
  return { id, type, valueIds };
}

function matchTable(
  table: TableModel,
  before: TableSnapshot | undefined,
  prevHash: string | null,
  answers: Answers,
  questions: RenameQuestion[],
): TableSnapshot {
  const id = before?.id ?? idOf(`table ${prevHash} ${pathOfPlace(table)}`);
  const pairs =
    before &&
    match(
      {
        what: "column",
        before: before.columns,
        after: table.columns,
        pathOf: ({ name }) => `${pathOfPlace(before)}.${name}`,
        likeness: columnLikeness,
      },
      answers,
      questions,
    );
  const columns = table.columns.map((column) => ({
    ...column,
    id: pairs?.get(column)?.id ?? idOf(`column ${id} ${prevHash} ${column.name}`),
  }));
  return { ...table, id, columns };
}

/** What to say where there is nobody to ask: each question with the flags that answer it. */
export function questionsError(questions: readonly RenameQuestion[]): ConfigError {
  const lines = questions.map(({ what, path, candidates, dropFlag }) => {
    const flags = [...candidates.map(({ flag }) => flag), dropFlag];
    return `The ${what} ${path} is gone, and may have a new name: ${flags.join(", or ")}.`;
  });
  return new ConfigError(lines.join(" "), {
    code: "E_SCHEMA",
    hint: "Answer each with one of its flags; --drop says that it goes away with its data.",
  });
}
