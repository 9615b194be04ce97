/** What becomes of an answer's cells. */

import type { Cells, NamedResult, WriteResult } from "../../../dialect/driver.ts";
import { readerOf, UNKNOWN } from "../untyped.ts";
import type { Answer } from "./exchange.ts";

/** The last word of `INSERT 0 3`; `CREATE TABLE` has no number. */
function countOf({ tag }: Answer): number {
  return Number(tag.slice(tag.lastIndexOf(" ") + 1)) || 0;
}

export function writeResultOf(answer: Answer): WriteResult {
  return { affectedRows: countOf(answer), insertId: undefined };
}

/** Turns cells at these places into values by the types that the server tells. */
export function readPlaces(answer: Answer, places: readonly number[]): readonly unknown[][] {
  const readers = places.map((place) => readerOf(answer.fields[place]?.dataTypeID ?? UNKNOWN));
  return answer.found.map((cells) => {
    const row = [...cells];
    places.forEach((place, index) => {
      const cell = row[place];
      const read = readers[index];
      if (read !== undefined && cell !== null) row[place] = read(cell);
    });
    return row;
  });
}

export function namedResultOf(answer: Answer): NamedResult {
  return {
    names: answer.fields.map((field) => field.name),
    rows: readPlaces(answer, [...answer.fields.keys()]),
    affectedRows: countOf(answer),
  };
}

/** Reads the rows of a cursor. @param isNamed Whether all cells are read by the types that the server tells. */
export function portalReader(
  untyped: readonly number[],
  isNamed: boolean,
): (answer: Answer) => readonly Cells[] {
  return (answer) => {
    const places = isNamed ? [...answer.fields.keys()] : untyped;
    return places.length === 0 ? answer.found : readPlaces(answer, places);
  };
}
