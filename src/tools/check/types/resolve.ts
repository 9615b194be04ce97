/** The types of a query for a program: of all databases that it is for, with what the schema knows of its columns. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { DbError, QueryError } from "../../../core/error.ts";
import type { DescribedColumn } from "../../../dialect/server/description.ts";
import type { Lexis } from "../../../dialect/text/split-script.ts";
import { parseAlias, parseCheckedText, type CheckedText } from "../../../query/checked/text.ts";
import type { FoundFacts, FoundParameter } from "../describe/statement.ts";
import { columnKey, type DeclaredColumn, type DeclaredColumns } from "./declared.ts";
import { OVERRIDES, overrideType } from "./override.ts";
import { sealedColumnsIn } from "./sealed-results.ts";
import { computedType, declaredType, UNTYPED, valueTypeOf, type ValueType } from "./value-type.ts";

export interface ResolvedParameter {
  readonly name: string;
  readonly type: ValueType | undefined;
  readonly isNullable: boolean;
  readonly isList: boolean;
  readonly isOptional: boolean;
  readonly isSwitch: boolean;
}

export interface ResolvedColumn {
  readonly key: string;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

export interface ResolvedFacts {
  readonly parameters: readonly ResolvedParameter[];
  readonly columns: readonly ResolvedColumn[];
  readonly reads?: readonly string[] | undefined;
  readonly writes?: readonly string[] | undefined;
}

export interface ResolvedQuery {
  readonly text: string;
  readonly style: CheckedText["style"];
  /** What TypeScript is told, by what all databases say. */
  readonly shape: ResolvedFacts;
  /** In the order of the databases. */
  readonly databases: ReadonlyMap<string, ResolvedFacts>;
}

/** What a database said of a query. */
export interface DatabaseFacts {
  readonly database: string;
  readonly lexis: Lexis;
  readonly facts: FoundFacts;
}

/** What can't be typed. */
export class UntypableError extends DbError {
  override readonly code = "E_QUERY";
  /** The piece of the text that is meant: a column's name as the statement gives it. */
  readonly piece: string | undefined;

  constructor(message: string, piece?: string, hint?: string) {
    super(message, { hint });
    this.piece = piece;
  }
}

/** Nothing can be looked for in what is encrypted otherwise each time. */
function refuseLookup({ origin, type }: DeclaredColumn): void {
  if (type.kind !== "bytes" || type.sealed === undefined || type.sealed.isDeterministic) return;
  throw new UntypableError(
    `"${origin.table}.${origin.column}" is encrypted otherwise each time, so nothing equals it.`,
    undefined,
    "Declare it encrypted({ deterministic: true }), and read what that gives away.",
  );
}

/** An array that isn't declared may hold NULL. */
function asRead(type: LogicalType | undefined): LogicalType | undefined {
  return type?.kind === "array" ? { ...type, hasNulls: true } : type;
}

/** Of what is computed from an encrypted column nobody can make a value. */
function refuseSealed(name: string, key: string, [column]: readonly DeclaredColumn[]): void {
  if (column === undefined) return;
  const own = `${column.origin.table}.${column.origin.column}`;
  throw new UntypableError(
    `"${key}" may be made of "${own}", which is encrypted: then it is no value of it.`,
    name,
    `Where it is the column as it stands, call it "${key}: ${own}"; where bytes are meant, "${key}: bytes".`,
  );
}

function columnOf(
  { isNullable, name, origin, type: found }: DescribedColumn,
  declared: DeclaredColumns,
  sealed: readonly DeclaredColumn[],
): ResolvedColumn {
  const alias = parseAlias(name);
  const isOfColumn = alias.type?.includes(".") === true || alias.type === "bytes";
  if (origin === undefined && found?.kind === "bytes" && !isOfColumn)
    refuseSealed(name, alias.key, sealed);
  const own = origin && declared.get(columnKey(origin));
  const given = alias.type === undefined ? undefined : overrideType(alias.type, found, declared);
  if (alias.type !== undefined && given === undefined) {
    throw new UntypableError(
      `There is no type "${alias.type}".`,
      name,
      `There are ${OVERRIDES.join(", ")}.`,
    );
  }
  const read = asRead(found);
  const plain = own ? declaredType(own) : origin && read ? valueTypeOf(read) : computedType(read);
  return {
    key: alias.key,
    type: given ?? plain ?? UNTYPED,
    isNullable: alias.isNullable ?? isNullable,
  };
}

function parameterOf(
  parsed: CheckedText["parameters"][number],
  found: FoundParameter | undefined,
  declared: DeclaredColumns,
): ResolvedParameter {
  if (parsed.isSwitch)
    return { ...parsed, type: valueTypeOf({ kind: "boolean" }), isNullable: false };
  const column = found?.origin && declared.get(columnKey(found.origin));
  const isNullable = found?.isNullable ?? true;
  if (column !== undefined && found?.isCompared === true) refuseLookup(column);
  // What a column of no declaration gives it takes.
  const taken = found?.origin && found.type ? valueTypeOf(found.type) : computedType(found?.type);
  return { ...parsed, type: column ? declaredType(column) : taken, isNullable };
}

function resolveFor(
  parsed: CheckedText,
  facts: FoundFacts,
  declared: DeclaredColumns,
): ResolvedFacts {
  const sealed = sealedColumnsIn(parsed.text, declared);
  const columns = facts.columns.map((column) => columnOf(column, declared, sealed));
  const keys = columns.map(({ key }) => key);
  const double = keys.find((key, at) => keys.indexOf(key) < at);
  if (double !== undefined) {
    const hint = "Give one of them another name: … as other_name.";
    throw new UntypableError(`Two columns are named "${double}".`, double, hint);
  }
  const parameters = parsed.parameters.map((parameter) =>
    parameterOf(
      parameter,
      facts.parameters.find(({ name }) => name === parameter.name),
      declared,
    ),
  );
  return { parameters, columns, reads: facts.reads, writes: facts.writes };
}

function told(type: ValueType | undefined): string {
  if (type === undefined) return "unknown";
  return typeof type.code === "string" ? type.code : `${type.code.table}.${type.code.key}`;
}

function refuseOther(
  what: string,
  piece: string | undefined,
  [one, first]: readonly [string, string],
  [other, second]: readonly [string, string],
  hint: string,
): never {
  const message = `${what} is ${first} on ${one}, and ${second} on ${other}.`;
  throw new UntypableError(message, piece, hint);
}

type Resolved = readonly [database: string, facts: ResolvedFacts];

function sharedColumns(all: readonly Resolved[]): ResolvedColumn[] {
  const [first, ...others] = all;
  if (first === undefined) return [];
  const [database, facts] = first;
  for (const [other, { columns }] of others) {
    const keys = columns.map(({ key }) => key).join(", ");
    const own = facts.columns.map(({ key }) => key).join(", ");
    if (keys !== own) {
      const hint = "Name the columns one by one, and give each that is computed a name.";
      refuseOther(
        "The list of columns",
        undefined,
        [database, own || "empty"],
        [other, keys || "empty"],
        hint,
      );
    }
  }
  return facts.columns.map(({ key }, at) => {
    // A database that can't tell a type takes that of the others.
    const known = all.filter(([, { columns }]) => columns[at]!.type !== UNTYPED);
    const [first] = known;
    const type = first?.[1].columns[at]!.type ?? UNTYPED;
    for (const [other, { columns }] of known) {
      const [one, second] = [told(type), told(columns[at]!.type)];
      if (one === second) continue;
      const meant = ["boolean", "number", "string"].find((word) => word === one || word === second);
      const hint = `Say which is meant: … as "${key}: ${meant ?? "text"}".`;
      refuseOther(`The column "${key}"`, key, [first![0], one], [other, second], hint);
    }
    return { key, type, isNullable: all.some(([, { columns }]) => columns[at]!.isNullable) };
  });
}

/** A database that can't tell a parameter's type takes that of the others. */
function sharedParameters(all: readonly Resolved[]): ResolvedParameter[] {
  const [, facts] = all[0] ?? [];
  return (facts?.parameters ?? []).map((parameter, at) => {
    const known = all.filter(([, { parameters }]) => parameters[at]?.type !== undefined);
    const [first] = known;
    for (const [other, { parameters }] of known) {
      const [one, own] = [told(first![1].parameters[at]!.type), told(parameters[at]!.type)];
      const hint = "Cast it to the type that is meant, such as cast(:name as integer).";
      if (one !== own)
        refuseOther(
          `The parameter "${parameter.name}"`,
          undefined,
          [first![0], one],
          [other, own],
          hint,
        );
    }
    return {
      ...parameter,
      type: first?.[1].parameters[at]!.type,
      isNullable: all.every(([, { parameters }]) => parameters[at]!.isNullable),
    };
  });
}

/**
 * @param databases At least one.
 * @throws {UntypableError} where databases don't agree, or an override means nothing.
 */
export function resolveQuery(
  text: string,
  databases: readonly DatabaseFacts[],
  declared: DeclaredColumns,
): ResolvedQuery {
  const parsed = databases.map(({ lexis }) => parseCheckedText(text, lexis));
  const names = parsed.map(({ parameters }) => parameters.map(({ name }) => name).join(", "));
  const odd = names.findIndex((own) => own !== names[0]);
  if (odd > 0)
    throw new QueryError("E_SYNTAX", "The parameters aren't the same on every database.");
  const all = databases.map(({ database, facts }, at): Resolved => [
    database,
    resolveFor(parsed[at]!, facts, declared),
  ]);
  const shape = { columns: sharedColumns(all), parameters: sharedParameters(all) };
  const resolved = all.map(([database, { columns, parameters, ...touched }]): Resolved => [
    database,
    {
      ...touched,
      columns: columns.map((own, at) => ({
        ...own,
        type: own.type === UNTYPED ? shape.columns[at]!.type : own.type,
      })),
      parameters: parameters.map((own, at) => ({
        ...own,
        type: own.type ?? shape.parameters[at]!.type,
        isNullable: shape.parameters[at]!.isNullable,
      })),
    },
  ]);
  return { text, style: parsed[0]!.style, shape, databases: new Map(resolved) };
}
