/** From a driver's cells to rows. */

import { Expression, type Source } from "../ast/expression.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import type { SourceColumn, SelectionRecord } from "../ast/statement.ts";
import { generated, VALUES_BEFORE_GENERATING } from "../core/generated.ts";
import type { Cells } from "../dialect/driver.ts";
import { readerOf, type Decode, type TypeMap } from "../dialect/values/type-map.ts";

export type DecodeRow = (cells: Cells) => unknown;

/** One member of a row: a cell at a place, or a nested row made of the same cells. */
type Member =
  | { readonly name: string; readonly place: number; readonly read: Decode | undefined }
  | { readonly name: string; readonly nested: DecodeRow };

export interface DecoderOptions {
  readonly selection: SelectionRecord;
  readonly outputs: readonly (LogicalType | undefined)[];
  readonly types: TypeMap;
  readonly isWide: boolean;
  /** Tables that an outer join may leave out. */
  readonly nullable: ReadonlySet<Source>;
  readonly columnsOf: (source: Source) => readonly SourceColumn[];
}

/** Makes the function that turns the cells of one row into the row. */
export function createDecoder(options: DecoderOptions): DecodeRow {
  let place = 0;
  const build = (record: SelectionRecord, isTop: boolean): DecodeRow => {
    const start = place;
    const decode = adaptive(membersOf(record));
    const { source } = record;
    if (isTop || source === undefined || !options.nullable.has(source)) return decode;
    return nullWhenMissing(decode, presencePlaces(options.columnsOf(source), start));
  };
  const cellMember = (name: string): Member => {
    const type = options.outputs[place];
    const read =
      type === undefined
        ? options.types.readUntyped
        : readerOf(options.types, type, options.isWide);
    return { name, place: place++, read };
  };
  const membersOf = (record: SelectionRecord): Member[] =>
    record.values.map((value, index) => {
      const name = record.keys[index]!;
      return value instanceof Expression ? cellMember(name) : { name, nested: build(value, false) };
    });
  return build(options.selection, true);
}

/** Makes the function that reads what stands behind the selection, from a place on. */
export function createBesideDecoder(
  { outputs, types, isWide }: Pick<DecoderOptions, "isWide" | "outputs" | "types">,
  start: number,
): (cells: Cells) => unknown[] {
  const readers = outputs
    .slice(start)
    .map((type) => (type === undefined ? types.readUntyped : readerOf(types, type, isWide)));
  return (cells) =>
    readers.map((read, index) => {
      const cell = cells[start + index];
      return cell === null || read === undefined ? cell : read(cell);
    });
}

/** The cells that tell whether a joined table has a row: those that can't be NULL in one, else all of them. */
function presencePlaces(columns: readonly SourceColumn[], start: number): readonly number[] {
  const places = columns.map((_, index) => start + index);
  const required = places.filter((_, index) => !columns[index]!.nullable);
  return required.length > 0 ? required.slice(0, 1) : places;
}

function nullWhenMissing(decode: DecodeRow, places: readonly number[]): DecodeRow {
  return (cells) => (places.every((place) => cells[place] === null) ? null : decode(cells));
}

/** A loop for the first rows, generated code for many. */
function adaptive(members: readonly Member[]): DecodeRow {
  const loop = looping(members);
  if (members.some((member) => member.name === "__proto__")) return loop;
  let current = loop;
  let cellCount = 0;
  const counting: DecodeRow = (cells) => {
    cellCount += members.length;
    if (cellCount > VALUES_BEFORE_GENERATING) current = generate(members) ?? loop;
    return loop(cells);
  };
  current = counting;
  return (cells) => current(cells);
}

function looping(members: readonly Member[]): DecodeRow {
  return (cells) => {
    const row: Record<string, unknown> = {};
    for (const member of members) {
      let value: unknown;
      if ("nested" in member) value = member.nested(cells);
      else {
        value = cells[member.place];
        if (member.read !== undefined && value !== null) value = member.read(value);
      }
      if (member.name === "__proto__") {
        Object.defineProperty(row, member.name, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      } else row[member.name] = value;
    }
    return row;
  };
}

/**
 * Rows come from a constructor, for which the engine learns how large they are; an object that grows by names becomes a
 * hash table at its 17th, which takes twenty times as long. Its prototype makes them plain objects.
 */
function generate(members: readonly Member[]): DecodeRow | undefined {
  const data: Record<string, unknown> = {};
  const lines = members.map((member, index) => {
    data[`k${index}`] = member.name;
    data[`c${index}`] = "nested" in member ? member.nested : member.read;
    if ("nested" in member) return `this[k${index}] = c${index}(cells);`;
    const cell = `cells[${member.place}]`;
    if (member.read === undefined) return `this[k${index}] = ${cell};`;
    return `this[k${index}] = ${cell} === null ? null : c${index}(${cell});`;
  });
  return generated(
    data,
    `function Row(cells) { ${lines.join(" ")} } ` +
      "Row.prototype = Object.prototype; return (cells) => new Row(cells);",
  );
}
