/**
 * Breaks long lines of minified JavaScript where that changes nothing, and tells its source map so: Node shows the line of
 * an error that nobody caught, which would be a hundred kilobytes.
 */
import { decode, encode, type SourceMapLine } from "@jridgewell/sourcemap-codec";
import type { Chunk } from "./rearrange.ts";
import { nodesOf } from "./syntax.ts";

const LONG = 160;

/** Of these members of a node the parts may begin a line each: statements, members, and what stands behind a comma. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  ArrayExpression: ["elements"],
  BlockStatement: ["body"],
  CallExpression: ["arguments"],
  ClassBody: ["body"],
  ExportNamedDeclaration: ["specifiers"],
  ImportDeclaration: ["specifiers"],
  ObjectExpression: ["properties"],
  Program: ["body"],
  SequenceExpression: ["expressions"],
  StaticBlock: ["body"],
  SwitchStatement: ["cases"],
  VariableDeclaration: ["declarations"],
};

/** Where a line may begin, in no order. The first of a list stays where it is: `return` and `let` want theirs beside them. */
function placesIn(code: string): number[] {
  const places: number[] = [];
  for (const { index, member, node, parent } of nodesOf(code)) {
    if (index > 0 && LISTS[parent.type]?.includes(member) === true) places.push(node.start);
  }
  return places;
}

/** Those places at which lines are to end so that they are hardly longer than they should be. */
function chosen(code: string, places: number[]): number[] {
  const breaks: number[] = [];
  let lineStart = 0;
  places.sort((a, b) => a - b);
  for (const place of places) {
    lineStart = Math.max(lineStart, code.lastIndexOf("\n", place - 1) + 1);
    if (place - lineStart < LONG) continue;
    breaks.push(place);
    lineStart = place;
  }
  return breaks;
}

/** Mappings of a line as those of several: their columns begin anew at each. */
function splitMappings(line: SourceMapLine, columns: readonly number[]): SourceMapLine[] {
  const lines: SourceMapLine[] = [[]];
  for (const segment of line) {
    while (lines.length <= columns.length && segment[0] >= columns[lines.length - 1]!) {
      lines.push([]);
    }
    segment[0] -= columns[lines.length - 2] ?? 0;
    lines.at(-1)!.push(segment);
  }
  while (lines.length <= columns.length) lines.push([]);
  return lines;
}

export function breakLines({ code, mappings }: Chunk): Chunk {
  const breaks = chosen(code, placesIn(code));
  const mapped: SourceMapLine[] = [];
  const pieces: string[] = [];
  const mappingLines = decode(mappings);
  let lineStart = 0;
  let next = 0;
  for (const [index, line] of code.split("\n").entries()) {
    const columns: number[] = [];
    for (; next < breaks.length && breaks[next]! < lineStart + line.length; next++) {
      columns.push(breaks[next]! - lineStart);
    }
    mapped.push(...splitMappings(mappingLines[index] ?? [], columns));
    const ends = [...columns, line.length];
    pieces.push(ends.map((end, at) => line.slice(ends[at - 1] ?? 0, end)).join("\n"));
    lineStart += line.length + 1;
  }
  return { code: pieces.join("\n"), mappings: encode(mapped) };
}
