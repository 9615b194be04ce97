/** What an instruction of SQLite's machine puts into its register. */

import { arithmetic, castKinds, division, nullOf } from "./arithmetic.ts";
import type { Cursors } from "./cursors.ts";
import { argumentCount, functionName, type Instruction } from "./program.ts";
import type { State } from "./state.ts";
import { typeOfAggregate, typeOfCall, typeOfOperation } from "./result-types.ts";
import { isStrict, kindsOfAggregate, kindsOfCall } from "./total-functions.ts";
import {
  ANYTHING,
  BLOB,
  INFINITE,
  INTEGER,
  needsOf,
  NULL,
  REAL,
  TEXT,
  UNSET,
  type Value,
} from "./values.ts";

/** What is read where no row can be: the program doesn't come there. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** What an instruction makes of its registers; undefined for one that does something else. */
export function make(one: Instruction, state: State, cursors: Cursors): Value | undefined {
  const { opcode, p1, p2, p3, p4 } = one;
  const both = (): [Value, Value] => [state.get(p1), state.get(p2)];
  switch (opcode) {
    case "Integer":
    case "Int64":
      return { kinds: INTEGER, constant: opcode === "Integer" ? p1 : Number(p4) };
    case "Real":
      return { kinds: Number.isFinite(Number(p4)) ? REAL : INFINITE };
    case "String8":
    case "String":
      return { kinds: TEXT, constant: p4 };
    case "Blob":
      return { kinds: BLOB };
    case "Variable":
      return { kinds: ANYTHING, parameters: String(p1) };
    case "SCopy":
      return state.get(p1);
    case "IntCopy":
      return { ...state.get(p1), kinds: INTEGER };
    case "Sequence":
    case "Count":
    case "NewRowid":
    case "OffsetLimit":
      return { kinds: INTEGER };
    case "IsTrue":
      return { kinds: INTEGER };
    case "CollSeq":
      return p1 === 0 ? { kinds: NULL } : { kinds: INTEGER, constant: 0 };
    case "AddImm":
      return { kinds: INTEGER };
    case "Cast":
      return {
        kinds: castKinds(state.get(p1).kinds, p2),
        needs: needsOf([state.get(p1)]),
        type: typeOfOperation(opcode, [state.get(p1)]),
      };
    case "RealAffinity": {
      const value = state.get(p1);
      return { ...value, kinds: value.kinds & INTEGER ? value.kinds | REAL : value.kinds };
    }
    case "Add":
    case "Subtract":
    case "Multiply":
      return {
        kinds: arithmetic(opcode, ...both()),
        needs: needsOf(both()),
        type: typeOfOperation(opcode, both()),
      };
    case "Divide":
    case "Remainder":
      return {
        kinds: division(opcode, ...both()),
        needs: needsOf(both()),
        type: typeOfOperation(opcode, both()),
      };
    case "BitAnd":
    case "BitOr":
    case "ShiftLeft":
    case "ShiftRight":
      return { kinds: INTEGER | nullOf(both()), needs: needsOf(both()) };
    case "And":
    case "Or":
      return { kinds: INTEGER | nullOf(both()) };
    case "ZeroOrNull":
      return { kinds: INTEGER | nullOf([state.get(p1), state.get(p3)]) };
    case "Concat":
      return { kinds: TEXT | nullOf(both()), needs: needsOf(both()) };
    case "Not":
    case "BitNot":
      return { kinds: INTEGER | nullOf([state.get(p1)]), needs: needsOf([state.get(p1)]) };
    case "Column":
      return readColumn(one, state, cursors);
    case "VColumn":
      return { kinds: ANYTHING };
    case "Rowid":
    case "IdxRowid":
      return {
        ...cursors.rowNumberOf(p1),
        kinds: INTEGER | (state.cursor(p1).isNull ? NULL : 0),
        place: { cursor: p1, column: -1 },
      };
    case "Offset":
    case "GetSubtype":
      return { kinds: INTEGER | NULL };
    case "MakeRecord":
      return {
        kinds: BLOB,
        row: Array.from({ length: p2 }, (_, at) => withoutPlace(state.get(p1 + at))),
      };
    case "SorterData":
      state.move(p3);
      return readRow(p1, cursors);
    case "RowData":
      return readRow(p1, cursors);
    case "Function":
    case "PureFunc": {
      const count = argumentCount(one);
      const given =
        count === undefined
          ? state.from(p2)
          : Array.from({ length: count }, (_, at) => state.get(p2 + at));
      const name = functionName(one);
      return {
        kinds: kindsOfCall(name, given, count !== undefined),
        needs: count !== undefined && isStrict(name) ? needsOf(given) : undefined,
        type: typeOfCall(name, given),
      };
    }
    case "AggFinal":
    case "AggValue": {
      const { given, isGiven, type } = state.get(p1);
      const name = functionName(one);
      return {
        kinds: kindsOfAggregate(name, given, isGiven === true),
        type: typeOfAggregate(name, type),
      };
    }
    default:
      return undefined;
  }
}

function readColumn({ p1, p2 }: Instruction, state: State, cursors: Cursors): Value {
  const { isNull, known } = state.cursor(p1);
  const pseudo = cursors.registerOf(p1);
  const record = pseudo === undefined ? cursors.recordOf(p1) : state.get(pseudo).row;
  if (record === undefined && cursors.isOwn(p1)) {
    if (isNull) return UNSET;
    throw new UnreachableError();
  }
  const value = record?.[p2] ?? { kinds: ANYTHING };
  const kinds = (known.has(p2) ? value.kinds & ~NULL : value.kinds) | (isNull ? NULL : 0);
  return { ...value, kinds, id: undefined, place: { cursor: p1, column: p2 } };
}

function readRow(cursor: number, cursors: Cursors): Value {
  const row = cursors.recordOf(cursor);
  if (row === undefined && cursors.isOwn(cursor)) throw new UnreachableError();
  return { kinds: BLOB, row };
}

function withoutPlace(value: Value): Value {
  return { ...value, place: undefined, id: undefined };
}

/** The register that an instruction writes. */
export function targetOf({ opcode, p1, p2, p3 }: Instruction): number {
  switch (opcode) {
    case "AddImm":
    case "AggFinal":
    case "Cast":
    case "CollSeq":
    case "RealAffinity":
      return p1;
    case "Integer":
    case "Int64":
    case "Real":
    case "String8":
    case "String":
    case "Blob":
    case "Variable":
    case "SCopy":
    case "IntCopy":
    case "Sequence":
    case "Count":
    case "NewRowid":
    case "OffsetLimit":
    case "IsTrue":
    case "Not":
    case "BitNot":
    case "Rowid":
    case "IdxRowid":
    case "SorterData":
    case "RowData":
    case "ZeroOrNull":
    case "GetSubtype":
      return p2;
    default:
      return p3;
  }
}
