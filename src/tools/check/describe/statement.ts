/** Describes a statement with all its fragments, in every combination, and takes of each answer the weakest. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { QueryError } from "../../../core/error.ts";
import {
  RefusedStatementError,
  type ColumnOrigin,
  type Describe,
  type DescribedColumn,
  type Description,
  type TableOrigin,
} from "../../../dialect/server/description.ts";
import type { Lexis } from "../../../dialect/text/split-script.ts";
import { tokensOf } from "../../../dialect/text/sql-tokens.ts";
import {
  combinationsOf,
  parseCheckedText,
  withoutFragments,
  type CheckedText,
} from "../../../query/checked/text.ts";
import { placeName } from "../../../schema/describe.ts";
import type { Model } from "../../../schema/model.ts";
import { parameterMeanings } from "./parameter-columns.ts";

export interface FoundParameter {
  readonly name: string;
  readonly type: LogicalType | undefined;
  readonly isNullable: boolean;
  readonly isCompared: boolean;
  /** What it is compared with, or stored in. */
  readonly origin: ColumnOrigin | undefined;
}

/** What one database says of a statement. */
export interface FoundFacts {
  /** Without switches, of which it knows nothing. */
  readonly parameters: readonly FoundParameter[];
  /** Empty for a statement that gives no rows. */
  readonly columns: readonly DescribedColumn[];
  /** The tables that it reads and doesn't write, and those that it writes, sorted; undefined where nobody can tell. */
  readonly reads?: readonly string[] | undefined;
  readonly writes?: readonly string[] | undefined;
}

function refuse(words: string): never {
  throw new RefusedStatementError(new QueryError("E_QUERY", words), { words });
}

/** With `?` the database counts the places that are left. */
function typesOf(
  { places, text }: CheckedText,
  kept: ReadonlySet<string>,
  { parameters }: Description,
): [name: string, type: LogicalType | undefined][] {
  const left = places.filter(
    ({ fragment }) => fragment === undefined || kept.has(fragment.condition),
  );
  const isCounted = left.some(({ start }) => text[start] === "?");
  return parameters.map(({ name, type }) => [
    isCounted ? left[Number(name) - 1]!.name : name,
    type,
  ]);
}

function weaker(known: DescribedColumn, other: DescribedColumn): DescribedColumn {
  const isSame = JSON.stringify(known.origin) === JSON.stringify(other.origin);
  return {
    ...known,
    type: known.type ?? other.type,
    isNullable: known.isNullable || other.isNullable,
    origin: isSame ? known.origin : undefined,
  };
}

/** Fragments can't change which columns there are, or their types. */
function merge(
  known: readonly DescribedColumn[],
  others: readonly DescribedColumn[],
): DescribedColumn[] {
  const isSame =
    known.length === others.length && known.every(({ name }, at) => name === others[at]!.name);
  if (!isSame) refuse("The columns aren't the same without a fragment as with it.");
  return known.map((column, at) => {
    const other = others[at]!;
    const isKnown = column.type !== undefined && other.type !== undefined;
    if (isKnown && column.type.kind !== other.type.kind)
      refuse(`The column "${column.name}" is of another type without a fragment than with it.`);
    return weaker(column, other);
  });
}

function namesOf(
  tables: readonly (readonly TableOrigin[] | undefined)[],
): readonly string[] | undefined {
  if (!tables.every((one) => one !== undefined)) return undefined;
  return [...new Set(tables.flat().map((one) => placeName(one, one.table)))].toSorted();
}

/** In whichever combination. */
function touchedIn(all: readonly Description[]): Pick<FoundFacts, "reads" | "writes"> {
  const writes = namesOf(all.map((one) => one.writes));
  const reads = namesOf(all.map((one) => one.reads));
  return { reads: reads?.filter((name) => writes?.includes(name) !== true), writes };
}

/**
 * @param lexis Of the database.
 * @throws {DbError} for a statement that is wrong in any combination.
 */
export async function describeStatement(
  text: string,
  lexis: Lexis,
  model: Model,
  describe: Describe,
): Promise<FoundFacts> {
  const parsed = parseCheckedText(text, lexis);
  const types = new Map<string, LogicalType | undefined>();
  let columns: readonly DescribedColumn[] | undefined;
  const descriptions: Description[] = [];
  for (const kept of combinationsOf(parsed)) {
    const description = await describe(withoutFragments(parsed, kept));
    descriptions.push(description);
    for (const [name, type] of typesOf(parsed, kept, description))
      types.set(name, types.get(name) ?? type);
    columns = columns === undefined ? description.columns : merge(columns, description.columns);
  }
  const meanings = parameterMeanings(parsed, tokensOf(text, lexis), model);
  const parameters = parsed.parameters
    .filter(({ isSwitch }) => !isSwitch)
    .map(({ isList, name }): FoundParameter => {
      const meaning = meanings.get(name);
      return {
        name,
        type: types.get(name),
        isNullable: !isList && meaning?.isNullable !== false,
        isCompared: meaning?.isCompared === true,
        origin: meaning?.column,
      };
    });
  return { parameters, columns: columns ?? [], ...touchedIn(descriptions) };
}
