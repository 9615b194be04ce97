/**
 * Breaks long lines of minified JavaScript where that changes nothing, and tells its source map so: Node shows the line of
 * an error that nobody caught, which would be a hundred kilobytes.
 */
import { parseAst } from "rolldown/parseAst";

const LONG = 160;

export interface Chunk {
  readonly code: string;
  /** `mappings` of its source map. */
  readonly mappings: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
}

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

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** Where a line may begin, in no order. The first of a list stays where it is: `return` and `let` want theirs beside them. */
function placesIn(tree: Node): number[] {
  const places: number[] = [];
  const waiting: Node[] = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const [name, value] of Object.entries(node)) {
      const parts: unknown[] = Array.isArray(value) ? value : [value];
      const isList = LISTS[node.type]?.includes(name) === true;
      for (const [index, part] of parts.entries()) {
        if (!isNode(part)) continue;
        if (isList && index > 0) places.push(part.start);
        waiting.push(part);
      }
    }
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

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The first number of a segment, and what stands behind it. */
function readColumn(segment: string): readonly [column: number, rest: string] {
  let value = 0;
  for (let index = 0; ; index++) {
    const digit = DIGITS.indexOf(segment[index]!);
    value += (digit & 31) * 2 ** (5 * index);
    if (digit < 32)
      return [value % 2 === 1 ? -(value - 1) / 2 : value / 2, segment.slice(index + 1)];
  }
}

function writeColumn(column: number): string {
  let value = column * 2;
  let text = "";
  do {
    const digit = value % 32;
    value = Math.floor(value / 32);
    text += DIGITS[value > 0 ? digit + 32 : digit]!;
  } while (value > 0);
  return text;
}

/** A line of mappings as several: only columns change, as all other numbers count on over lines. */
function splitMappings(line: string, columns: readonly number[]): string {
  const lines: string[][] = [[]];
  let column = 0;
  let written = 0;
  for (const segment of line === "" ? [] : line.split(",")) {
    const [step, rest] = readColumn(segment);
    column += step;
    while (lines.length <= columns.length && column >= columns[lines.length - 1]!) {
      written = columns[lines.length - 1]!;
      lines.push([]);
    }
    lines.at(-1)!.push(writeColumn(column - written) + rest);
    written = column;
  }
  while (lines.length <= columns.length) lines.push([]);
  return lines.map((segments) => segments.join(",")).join(";");
}

export function breakLines({ code, mappings }: Chunk): Chunk {
  const breaks = chosen(code, placesIn(parseAst(code) as unknown as Node));
  const mapped: string[] = [];
  const pieces: string[] = [];
  const mappingLines = mappings.split(";");
  let lineStart = 0;
  let next = 0;
  for (const [index, line] of code.split("\n").entries()) {
    const columns: number[] = [];
    for (; next < breaks.length && breaks[next]! < lineStart + line.length; next++) {
      columns.push(breaks[next]! - lineStart);
    }
    mapped.push(splitMappings(mappingLines[index] ?? "", columns));
    const ends = [...columns, line.length];
    pieces.push(ends.map((end, at) => line.slice(ends[at - 1] ?? 0, end)).join("\n"));
    lineStart += line.length + 1;
  }
  return { code: pieces.join("\n"), mappings: mapped.join(";") };
}
