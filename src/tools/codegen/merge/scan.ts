/** Where the parts of a module stand in its text: enough of TypeScript to change one and leave all others as they are. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Behind these a slash begins a pattern, and behind everything else it divides. */
const BEFORE_PATTERN = "(,=:[!&|?{};+-*%<>~^";

function endOfText(text: string, at: number): number {
  const quote = text[at];
  let end = at + 1;
  while (end < text.length && text[end] !== quote && text[end] !== "\n")
    end += text[end] === "\\" ? 2 : 1;
  return end + 1;
}

function endOfTemplate(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== "`") {
    if (text[end] === "\\") end += 2;
    else if (text[end] === "$" && text[end + 1] === "{") end = endOfGroup(text, end + 1);
    else end += 1;
  }
  return end + 1;
}

function endOfPattern(text: string, at: number): number {
  let end = at + 1;
  let isInClass = false;
  while (end < text.length && text[end] !== "\n" && (isInClass || text[end] !== "/")) {
    if (text[end] === "[") isInClass = true;
    if (text[end] === "]") isInClass = false;
    end += text[end] === "\\" ? 2 : 1;
  }
  return end + 1;
}

function isPattern(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/.test(text[before]!)) before -= 1;
  return before < 0 || BEFORE_PATTERN.includes(text[before]!);
}

function endOfGroup(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && !")]}".includes(text[end]!)) end = advance(text, end);
  return end + 1;
}

const WORD = /[\p{ID_Continue}$]+/uy;

/** Behind what begins at a place: a text, a comment, a group in brackets, a word, or one sign. */
function advance(text: string, at: number): number {
  const sign = text[at]!;
  if (sign === '"' || sign === "'") return endOfText(text, at);
  if (sign === "`") return endOfTemplate(text, at);
  if ("([{".includes(sign)) return endOfGroup(text, at);
  if (sign === "/" && text[at + 1] === "/") {
    const end = text.indexOf("\n", at);
    return end === -1 ? text.length : end;
  }
  if (sign === "/" && text[at + 1] === "*") {
    const end = text.indexOf("*/", at + 2);
    return end === -1 ? text.length : end + 2;
  }
  if (sign === "/" && isPattern(text, at)) return endOfPattern(text, at);
  if (sign === "=" && text[at + 1] === ">") return at + 2;
  WORD.lastIndex = at;
  const word = WORD.exec(text);
  return word === null ? at + 1 : at + word[0].length;
}

function isTrivia(text: string, at: number): boolean {
  return /\s/.test(text[at]!) || (text[at] === "/" && "/*".includes(text[at + 1] ?? " "));
}

/** The first place that is neither a space nor in a comment. */
function behindTrivia(text: string, { end, start }: Span): number {
  let at = start;
  while (at < end && isTrivia(text, at)) at = advance(text, at);
  return Math.min(at, end);
}

function withoutEnd(text: string, { end, start }: Span): Span {
  let last = start;
  let at = start;
  while (at < end) {
    const next = advance(text, at);
    if (!isTrivia(text, at)) last = next;
    at = next;
  }
  return { start, end: Math.min(last, end) };
}

/** Without spaces and comments around it. */
export function trimmed(text: string, span: Span): Span {
  return withoutEnd(text, { start: behindTrivia(text, span), end: span.end });
}

/** An item of a list in brackets. */
export interface Item extends Span {
  /** With the comments and spaces before it, and the comma and a comment of its line behind it. */
  readonly whole: Span;
}

/** The items between two brackets. */
export function itemsOf(text: string, { end, start }: Span): Item[] {
  const items: Item[] = [];
  let from = start + 1;
  let at = from;
  const close = end - 1;
  const add = (until: number, next: number): void => {
    const inner = trimmed(text, { start: from, end: until });
    if (inner.start < inner.end) items.push({ ...inner, whole: { start: from, end: next } });
    from = next;
  };
  while (at < close) {
    if (text[at] === "<") at = endOfTypes(text, at) ?? at + 1;
    else if (text[at] === ",") {
      const line = /^[ \t]*(?:\/\/[^\n]*)?(?=\n)/.exec(text.slice(at + 1, close));
      const next = at + 1 + (line?.[0].length ?? 0);
      add(at, next);
      at = next;
    } else at = advance(text, at);
  }
  add(close, close);
  return items;
}

/** Behind `<…>` where that stands before a call; undefined where it compares. */
function endOfTypes(text: string, at: number): number | undefined {
  let depth = 0;
  let end = at;
  while (end < text.length) {
    if (text[end] === "<") depth += 1;
    if (text[end] === ">") depth -= 1;
    if (depth === 0) return text[end + 1] === "(" ? end + 1 : undefined;
    if (text[end] === ";") return undefined;
    end = "<>".includes(text[end]!) ? end + 1 : advance(text, end);
  }
  return undefined;
}

export interface ScannedCall extends Span {
  readonly name: string;
  /** With their brackets; empty where there are none. */
  readonly types: string;
  /** From bracket to bracket. */
  readonly list: Span;
  readonly arguments: readonly Item[];
}

/** The calls of `root.first().second()`, in their order; none where something else stands there. */
export function callsOf(text: string, span: Span): ScannedCall[] {
  const calls: ScannedCall[] = [];
  let at = span.start;
  let name: Span | undefined;
  while (at < span.end) {
    if (isTrivia(text, at) || text[at] === ".") {
      at = advance(text, at);
      continue;
    }
    const types = text[at] === "<" ? endOfTypes(text, at) : at;
    const open = types ?? at;
    if (text[open] === "(" && name !== undefined) {
      const end = advance(text, open);
      const list = { start: open, end };
      calls.push({
        start: name.start,
        end,
        name: text.slice(name.start, name.end),
        types: text.slice(at, open),
        list,
        arguments: itemsOf(text, list),
      });
      at = end;
      name = undefined;
      continue;
    }
    const end = advance(text, at);
    if (!/[\p{ID_Start}$_]/u.test(text[at]!)) return [];
    name = { start: at, end };
    at = end;
  }
  return calls;
}

export interface ScannedMember extends Item {
  /** Undefined for one that is spread, or whose key is computed. */
  readonly key: string | undefined;
  readonly value: Span;
}

/** The members of an object literal. */
export function membersOf(text: string, span: Span): ScannedMember[] {
  return itemsOf(text, span).map((item): ScannedMember => {
    const source = text.slice(item.start, item.end);
    const found =
      /^(?:([\p{ID_Start}$_][\p{ID_Continue}$]*)|\[?("(?:[^"\\]|\\.)*")\]?|\[?'((?:[^'\\]|\\.)*)'\]?)\s*(:|$)/u.exec(
        source,
      );
    if (found === null) return { ...item, key: undefined, value: item };
    const [whole, plain, double, single, colon] = found;
    const key = plain ?? (double === undefined ? single : (JSON.parse(double) as string));
    const start = item.start + (colon === "" ? 0 : whole.length);
    return { ...item, key, value: trimmed(text, { start, end: item.end }) };
  });
}

export interface Statement extends Span {
  /** With the comments before it and the end of its line. */
  readonly whole: Span;
  /** Of `export const name = …`. */
  readonly constant: string | undefined;
  /** What the constant is. */
  readonly value: Span | undefined;
}

const BEGINNING =
  /\n(?=(?:abstract|async|class|const|declare|enum|export|function|import|interface|let|type|var)\b|\/[/*])/y;

/** The statements of a module. */
export function statementsOf(text: string): Statement[] {
  const statements: Statement[] = [];
  let from = 0;
  let at = 0;
  const add = (until: number): void => {
    const inner = trimmed(text, { start: from, end: until });
    const line = /^[ \t]*(?:\/\/[^\n]*)?\n?/.exec(text.slice(until))![0].length;
    if (inner.start < inner.end)
      statements.push({
        ...inner,
        ...constantOf(text, inner),
        whole: { start: from, end: until + line },
      });
    from = inner.start < inner.end ? until + line : from;
  };
  while (at < text.length) {
    BEGINNING.lastIndex = at;
    const isBeginning = text[at] === "\n" && BEGINNING.test(text);
    if (text[at] === ";" || isBeginning) {
      add(text[at] === ";" ? at + 1 : at);
      at = Math.max(at + 1, from);
    } else at = advance(text, at);
  }
  add(text.length);
  return statements;
}

function constantOf(text: string, { end, start }: Span): Pick<Statement, "constant" | "value"> {
  const found = /^(?:export\s+)?const\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)[^=]*?=\s*/u.exec(
    text.slice(start, end),
  );
  if (found === null) return { constant: undefined, value: undefined };
  const last = text[end - 1] === ";" ? end - 1 : end;
  return {
    constant: found[1]!,
    value: trimmed(text, { start: start + found[0].length, end: last }),
  };
}

export interface Edit extends Span {
  readonly text: string;
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  const ordered = edits.map((edit, at) => ({ ...edit, at }));
  // From the end; at one place what goes away goes before anything comes in, of which the first stands first.
  const backwards = ordered.toSorted(
    (one, other) => other.start - one.start || other.end - one.end || other.at - one.at,
  );
  for (const edit of backwards)
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  return result;
}
