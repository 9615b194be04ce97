/** Code as text, laid out as a formatter would, so that one finds nothing to do. */

import type { Call, Code, Member } from "./code.ts";
import { isIdentifier } from "../quote.ts";

const WIDTH = 100;

/** With the colon and the space behind it: below such a key a value would not stand further to the left. */
const SHORT_KEY = 6;

/** Where a piece begins, and what stands behind it on its last line. */
interface Place {
  /** The indentation of the line, in spaces. */
  readonly indent: number;
  /** The columns that are taken before it. */
  readonly column: number;
  readonly tail: number;
}

function spaces(count: number): string {
  return " ".repeat(count);
}

/** All in one line; undefined for what can't be. */
function flat(piece: Code): string | undefined {
  switch (piece.kind) {
    case "text":
      return piece.text.includes("\n") ? undefined : piece.text;
    case "object": {
      if (piece.isExpanded || piece.members.some(({ comments }) => comments !== undefined))
        return undefined;
      const members = piece.members.map(({ key, value }) => {
        const text = flat(value);
        return text === undefined || key === undefined ? text && `...${text}` : member(key, text);
      });
      if (members.includes(undefined)) return undefined;
      return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
    }
    case "array": {
      const items = piece.items.map(flat);
      return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
    }
    case "arrow": {
      const body = flat(piece.body);
      return body && `${piece.parameters} => ${bodyOf(piece.body, body)}`;
    }
    case "chain": {
      const calls = piece.calls.map(flatCall);
      if (calls.includes(undefined) || isBroken(piece)) return undefined;
      return [...(piece.root === undefined ? [] : [piece.root]), ...calls].join(".");
    }
  }
}

function flatCall({ name, arguments: given }: Call): string | undefined {
  const texts = given.map(flat);
  return texts.includes(undefined) ? undefined : `${name}(${texts.join(", ")})`;
}

/** `{ users }` says it once. */
function member(key: string, text: string): string {
  return key === text && isIdentifier(text) ? key : `${key}: ${text}`;
}

function bodyOf(body: Code, text: string): string {
  return body.kind === "object" ? `(${text})` : text;
}

/** What a reader sees the end of at once. */
function isSimple(piece: Code, depth = 0): boolean {
  switch (piece.kind) {
    case "text":
      return !piece.isTemplate;
    case "array":
      if (piece.items.length === 0) return true;
      return depth === 0 && piece.items.every((item) => isSimple(item, depth + 1));
    case "object":
      if (piece.members.length === 0) return true;
      return depth === 0 && piece.members.every(({ value }) => isSimple(value, depth + 1));
    case "chain":
      return piece.calls.every((one) => one.arguments.every((given) => isSimple(given, depth + 1)));
    case "arrow":
      return false;
  }
}

type Chain = Code & { readonly kind: "chain" };

/** Three calls, one with more than a simple value, stand in lines of their own. */
function isBroken({ calls }: Chain): boolean {
  return calls.length > 2 && calls.some((one) => one.arguments.some((given) => !isSimple(given)));
}

function widthOf(text: string): number {
  return Array.from(text).length;
}

/** The columns that are taken behind a text. */
function columnAfter(text: string, column: number): number {
  const end = text.lastIndexOf("\n");
  return end === -1 ? column + widthOf(text) : widthOf(text.slice(end + 1));
}

function print(piece: Code, place: Place): string {
  const line = flat(piece);
  if (line !== undefined && place.column + widthOf(line) + place.tail <= WIDTH) return line;
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "object":
      return printObject(piece.members, place.indent);
    case "array":
      return printItems("[", piece.items, "]", place.indent);
    case "arrow":
      return printArrow(piece, place);
    case "chain":
      return printChain(piece, place);
  }
}

function printObject(members: readonly Member[], indent: number): string {
  const inner = indent + 2;
  const lines = members.flatMap(({ key, value, comments = [] }) => {
    const head = key === undefined ? "..." : `${key}: `;
    const text = print(value, { indent: inner, column: inner + widthOf(head), tail: 1 });
    const isLong =
      value.kind === "text" &&
      !value.isTemplate &&
      widthOf(head) > SHORT_KEY &&
      inner + widthOf(head + text) >= WIDTH;
    const line =
      key === undefined
        ? `...${text}`
        : isLong
          ? `${key}:\n${spaces(inner + 2)}${text}`
          : member(key, text);
    return [...comments, `${line},`].map((own) => spaces(inner) + own);
  });
  return `{\n${lines.join("\n")}\n${spaces(indent)}}`;
}

function printItems(open: string, items: readonly Code[], close: string, indent: number): string {
  const inner = indent + 2;
  const lines = items.map(
    (item) => `${spaces(inner)}${print(item, { indent: inner, column: inner, tail: 1 })},\n`,
  );
  return `${open}\n${lines.join("")}${spaces(indent)}${close}`;
}

function printArrow(piece: Code & { readonly kind: "arrow" }, place: Place): string {
  const head = `${piece.parameters} => `;
  const paren = piece.body.kind === "object" ? 1 : 0;
  const line = flat(piece.body);
  const isLong = line !== undefined && place.column + widthOf(head + line) + place.tail > WIDTH;
  if (piece.body.kind === "text" && isLong)
    return `${head.trimEnd()}\n${spaces(place.indent + 2)}${line}`;
  const body = print(piece.body, {
    ...place,
    column: place.column + widthOf(head) + paren,
    tail: place.tail + paren,
  });
  return head + bodyOf(piece.body, body);
}

function canOpen(piece: Code | undefined): boolean {
  if (piece?.kind === "arrow") return canOpen(piece.body);
  if (piece?.kind === "object") return piece.members.length > 0;
  return piece?.kind === "array" && piece.items.length > 0;
}

function printArguments(given: readonly Code[], place: Place): string {
  if (given.length === 0) return "()";
  const { indent, column, tail } = place;
  const line = given.map(flat);
  const whole = `(${line.join(", ")})`;
  if (!line.includes(undefined) && column + widthOf(whole) + tail <= WIDTH) return whole;
  const [only] = given;
  if (given.length === 1 && only?.kind === "text" && only.text.includes("\n"))
    return `(${only.text})`;
  const last = given.at(-1);
  const head = `(${line
    .slice(0, -1)
    .map((text) => `${text}, `)
    .join("")}`;
  if (canOpen(last) && !line.slice(0, -1).includes(undefined)) {
    const text = print(last!, { indent, column: WIDTH, tail: 0 });
    const first = text.slice(0, text.indexOf("\n"));
    if (column + widthOf(head + first) <= WIDTH) return `${head}${text})`;
  }
  return printItems("(", given, ")", indent);
}

function printChain(chain: Chain, place: Place): string {
  const { root, calls } = chain;
  const hasFunction = calls.some((one) => one.arguments.some(({ kind }) => kind === "arrow"));
  if (calls.length < (root !== undefined && hasFunction ? 2 : 3)) return printInLine(chain, place);
  const lines = calls.map((one, at) => {
    if (root === undefined && at === 0) return printCall(one, { ...place, tail: 0 });
    return printCall(one, below(place, at === calls.length - 1));
  });
  const [first, ...rest] = root === undefined ? lines : [root, ...lines];
  return [first, ...rest.map((text) => `${spaces(place.indent + 2)}.${text}`)].join("\n");
}

function below({ indent, tail }: Place, isLast: boolean): Place {
  return { indent: indent + 2, column: indent + 3, tail: isLast ? tail : 0 };
}

function printCall({ name, arguments: given }: Call, place: Place): string {
  return name + printArguments(given, { ...place, column: place.column + widthOf(name) });
}

/** The columns that calls take up to where their arguments may go on in the next line. */
function widthOfOpening(calls: readonly Call[]): number {
  let width = 0;
  for (const one of calls) {
    width += widthOf(one.name) + 2;
    if (one.arguments.length > 0) return width;
    width += 1;
  }
  return width;
}

/** A template of several lines can't be moved into a line of its own, but its call can. */
function isTooWide({ name, arguments: given }: Call, column: number): boolean {
  const [only] = given;
  if (only?.kind !== "text" || !only.text.includes("\n")) return false;
  const [first = ""] = only.text.split("\n");
  return column + widthOf(`.${name}(${first}`) > WIDTH;
}

function printInLine({ root, calls }: Chain, { indent, column, tail }: Place): string {
  let text = root === undefined ? "" : `${root}.`;
  calls.forEach((one, at) => {
    if (at > 0)
      text += isTooWide(one, columnAfter(text, column)) ? `\n${spaces(indent + 2)}.` : ".";
    const behind = calls.slice(at + 1);
    const whole = behind.map(flatCall);
    const isWhole = canOpen(one.arguments.at(-1)) && !whole.includes(undefined);
    const rest = isWhole ? widthOf(["", ...whole].join(".")) : widthOfOpening(behind);
    const isLast = behind.every((next) => next.arguments.length === 0) || isWhole;
    text += printCall(one, {
      indent,
      column: columnAfter(text, column),
      tail: rest + (isLast ? tail : 0),
    });
  });
  return text;
}

/** @param head What stands before it on its first line, such as `export const users = `. */
export function formatCode(piece: Code, head = "", tail = 0, indent = 0): string {
  return head + print(piece, { indent, column: indent + widthOf(head), tail });
}
