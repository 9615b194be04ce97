/** What is made once of a checked text: what is sent, where its values go, and how its rows are read. */

import { ValueNode } from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { toDbError } from "../../connect/engine.ts";
import type { Engine } from "../../connect/source.ts";
import { InvalidValueError, UnsupportedError } from "../../core/error.ts";
import {
  nextStatementId,
  type Cells,
  type DriverStatement,
  type Reads,
} from "../../dialect/driver.ts";
import { rulesOf } from "../../dialect/sql/rules.ts";
import { valueAt, Writer, type Binding } from "../../dialect/sql/writer.ts";
import { createDecoder, type DecodeRow } from "../decode.ts";
import { mayWrite, type CheckedSource } from "./source.ts";
import type { Place } from "./text.ts";

/** Statements of more values come once, as a load in bulk does, and are not worth keeping prepared. */
const MAX_KEPT_BINDINGS = 10_000;

const NO_SOURCES: ReadonlySet<never> = new Set<never>();

/** What of a statement is sent: which fragments, and for how many values its lists have places. */
export interface CheckedShape {
  readonly mask: number;
  /** By the places of the text's parameters; of those that are lists. */
  readonly sizes: readonly number[];
}

export class CheckedPlan {
  readonly statement: DriverStatement;
  readonly #engine: Engine;
  readonly #source: CheckedSource;
  readonly #bindings: readonly Binding[];
  readonly #decode: DecodeRow;
  #asWrite: DriverStatement | undefined;

  constructor(engine: Engine, source: CheckedSource, shape: CheckedShape) {
    const { dialect } = engine;
    const { text, bindings } = compose(engine, source, shape);
    if (bindings.length > dialect.can.maxParameters) {
      throw new UnsupportedError({
        dialect: dialect.name,
        feature: `more than ${dialect.can.maxParameters} values in one statement`,
        instead: "Split the work into several statements.",
      });
    }
    const outputs = source.columns.map(([, type]) => type);
    const isWide = outputs.some((type) => type !== undefined && dialect.types.isWide(type));
    this.#engine = engine;
    this.#source = source;
    this.#bindings = bindings;
    this.#decode = createDecoder({
      selection: selectionOf(source),
      outputs,
      types: dialect.types,
      isWide,
      nullable: NO_SOURCES,
      columnsOf: () => [],
    });
    this.statement = {
      id: nextStatementId(),
      text,
      isWrite: source.kind !== "read",
      isKept: source.kind !== "other" && bindings.length <= MAX_KEPT_BINDINGS,
      isWide,
      untyped: outputs.flatMap((type, place) => (type === undefined ? [place] : [])),
      reads: readsOf(source, outputs),
    };
  }

  /** The same as one that isn't run again by itself, whatever its words are. */
  get asWrite(): DriverStatement {
    if (this.statement.isWrite) return this.statement;
    return (this.#asWrite ??= { ...this.statement, id: nextStatementId(), isWrite: true });
  }

  /** What the driver binds. */
  bind(values: readonly unknown[]): unknown[] {
    return this.#bindings.map(({ encode, index, item }) => {
      const value = valueAt(values[index], item);
      if (value === null) return null;
      try {
        return encode(value);
      } catch (error) {
        throw ofParameter(error, this.#source.text.parameters[index]!.name);
      }
    });
  }

  decodeRow(cells: Cells): unknown {
    return this.#decode(cells);
  }

  decodeRows(rows: readonly Cells[]): unknown[] {
    const decode = this.#decode;
    const decoded = new Array<unknown>(rows.length);
    for (let index = 0; index < rows.length; index++) decoded[index] = decode(rows[index]!);
    return decoded;
  }

  toDbError(error: unknown): unknown {
    return toDbError(this.#engine, error, this.#source.tables);
  }
}

/** Of one that reads and does nothing else. */
function readsOf(source: CheckedSource, types: Reads["types"]): Reads | undefined {
  if (mayWrite(source)) return undefined;
  const { reads } = source;
  const unknown = reads === undefined ? "SQL by hand" : undefined;
  return { tables: reads ?? [], unknown, isOfOneTable: false, types };
}

function ofParameter(error: unknown, name: string): unknown {
  if (!(error instanceof InvalidValueError)) return error;
  const { cause, code, message } = error;
  return new InvalidValueError(`Parameter "${name}": ${message}`, { code, cause });
}

/** Stands for each cell, of which the decoder asks only whether it is one. */
const CELL = new ValueNode(null, undefined);

function selectionOf({ columns }: CheckedSource): Parameters<typeof createDecoder>[0]["selection"] {
  return { keys: columns.map(([key]) => key), values: columns.map(() => CELL), source: undefined };
}

/** The text with the places of this database, without the fragments that are left out. */
function compose(
  { dialect, names }: Engine,
  { text, types }: CheckedSource,
  { mask, sizes }: CheckedShape,
): { readonly text: string; readonly bindings: readonly Binding[] } {
  const out = new Writer({
    rules: dialect.query,
    spelling: dialect.spelling,
    types: dialect.types,
    names,
  });
  const { conditions, fragments, parameters, places } = text;
  const isIn = (condition: string): boolean => ((mask >> conditions.indexOf(condition)) & 1) === 1;
  const left = fragments.filter(({ condition }) => !isIn(condition));
  const copy = (from: number, to: number): void => {
    let at = from;
    for (const { start, end } of left) {
      if (end <= at || start >= to) continue;
      out.sql(text.text.slice(at, start));
      at = end;
    }
    out.sql(text.text.slice(at, to));
  };
  const writePlace = placeWriter(out);
  let at = 0;
  for (const place of places) {
    if (place.fragment !== undefined && !isIn(place.fragment.condition)) continue;
    const index = parameters.findIndex(({ name }) => name === place.name);
    const { start, end } = place.list ?? place;
    copy(at, start);
    writePlace(place, index, types[index], sizes[index] ?? 0);
    at = end;
  }
  copy(at, text.text.length);
  return { text: out.text, bindings: out.bindings };
}

type WritePlace = (
  place: Place,
  index: number,
  type: LogicalType | undefined,
  size: number,
) => void;

/** Where places are numbered, a value that stands in several is one: so the server finds its type by all of them. */
function placeWriter(out: Writer): WritePlace {
  const { spelling } = out.context;
  const isNumbered = spelling.placeholder(1) !== spelling.placeholder(2);
  const bound = new Map<number, number>();
  return (place, index, type, size) => {
    if (place.list !== undefined) {
      const { isNegated: negated } = place.list;
      rulesOf(out).listByHand({ index, negated, size, type }, out);
      return;
    }
    const known = isNumbered ? bound.get(index) : undefined;
    if (known !== undefined) {
      out.sql(spelling.placeholder(known));
      return;
    }
    rulesOf(out).valueByHand({ index, type }, out);
    bound.set(index, out.bindings.length);
  };
}
