import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";

export interface Chunk {
  readonly code: string;
  /** `mappings` of its source map. */
  readonly mappings: string;
}

/** A part of the code, or a text that is new. */
export type Piece = string | { readonly start: number; readonly end: number };

/** Where the lines begin. */
function lineStartsOf(code: string): number[] {
  const starts = [0];
  for (let at = code.indexOf("\n"); at !== -1; at = code.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** With the place in the whole code for the column. */
type Place = SourceMapSegment;

function placesOf({ code, mappings }: Chunk): Place[] {
  const starts = lineStartsOf(code);
  return decode(mappings).flatMap((line, index) =>
    line.map(([column, ...rest]): Place => [starts[index]! + column, ...rest] as Place),
  );
}

function mappingsOf(code: string, places: readonly Place[]): string {
  const starts = lineStartsOf(code);
  const lines: SourceMapSegment[][] = starts.map(() => []);
  let line = 0;
  for (const [place, ...rest] of places) {
    while (line + 1 < starts.length && place >= starts[line + 1]!) line++;
    lines[line]!.push([place - starts[line]!, ...rest] as SourceMapSegment);
  }
  return encode(lines);
}

/** The pieces one after the other, and a source map that follows them. */
export function rearrange(chunk: Chunk, pieces: readonly Piece[]): Chunk {
  const places = placesOf(chunk);
  const moved: Place[] = [];
  let code = "";
  for (const piece of pieces) {
    if (typeof piece === "string") {
      if (piece !== "") moved.push([code.length]);
      code += piece;
      continue;
    }
    if (piece.start === piece.end) continue;
    for (const [place, ...rest] of placesWithin(places, piece)) {
      moved.push([code.length + Math.max(place - piece.start, 0), ...rest] as Place);
    }
    code += chunk.code.slice(piece.start, piece.end);
  }
  return { code, mappings: mappingsOf(code, moved) };
}

/** Those that stand in a range, and the one before that its first signs belong to. */
function placesWithin(
  places: readonly Place[],
  { end, start }: { readonly start: number; readonly end: number },
): readonly Place[] {
  const next = places.findIndex(([place]) => place > start);
  const first = Math.max((next === -1 ? places.length : next) - 1, 0);
  const behind = places.findIndex(([place]) => place >= end);
  return places.slice(first, behind === -1 ? places.length : behind);
}
