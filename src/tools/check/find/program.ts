/** Finds the SQL of a program: the texts of `db.query("…")`, and templates of `named("…")`. */

import type { Findings, FoundProblem, FoundQuery, SourceFile } from "./found.ts";
import { isOtherLibrary } from "../../../dialect/server/other-libraries.ts";
import { placedLiteral, type PlacedText } from "./literal.ts";
import {
  childrenOf,
  nodeAt,
  nodesAt,
  textAt,
  unwrapped,
  type Comment,
  type SyntaxNode,
  type SyntaxTree,
} from "./parser.ts";
import { moduleOf, Scope, scopeInside } from "./scope.ts";

/** A literal, and the file that it stands in. */
export interface PlacedLiteral extends PlacedText {
  readonly file: SourceFile;
  readonly start: number;
}

/** The constant that another module exports. */
export type ConstantOf = (from: string, name: string) => PlacedLiteral | undefined;

/** Whether a program may have SQL to find, before it is parsed. */
export function mayHaveQueries(source: string): boolean {
  return /\.\s*query\b|\bnamed\b/.test(source);
}

/** The text of a literal without values. */
function literalOf(node: SyntaxNode, file: SourceFile): PlacedLiteral | undefined {
  const own = unwrapped(node);
  if (own.type === "StringLiteral") {
    const start = own.start + 1;
    const raw = file.text.slice(start, own.end - 1);
    return { ...placedLiteral(raw, start, false), file, start: own.start };
  }
  const [part, another] = own.type === "TemplateLiteral" ? nodesAt(own, "quasis") : [];
  if (part === undefined || another !== undefined) return undefined;
  return { ...placedPart(part, file), file, start: own.start };
}

function isPlinth(from: string): boolean {
  return from === "plinth" || from.startsWith("plinth/");
}

const STATEMENT =
  /^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*(?:call|delete|explain|insert|merge|pragma|replace|select|show|table|update|values|with)\b/i;

/** Whether a text begins as a statement of SQL does. */
function looksLikeSql(text: string): boolean {
  return STATEMENT.test(text);
}

function placedPart(part: SyntaxNode, file: SourceFile): PlacedText {
  return placedLiteral(file.text.slice(part.start, part.end), part.start, true);
}

/** The line of a comment `// plinth: unchecked`; the one behind it where nothing else stands on its own. */
function uncheckedLines(
  comments: readonly Comment[],
  source: string,
  lineOf: (at: number) => number,
): Set<number> {
  const marks = comments.filter(({ value }) => /^\s*plinth:\s*unchecked\b/.test(value));
  const isAlone = ({ start }: Comment): boolean =>
    source.slice(source.lastIndexOf("\n", start - 1) + 1, start).trim() === "";
  return new Set(
    marks.map((mark) => {
      const rest = source.slice(mark.end).split("\n", 1)[0]!;
      return lineOf(mark.end) + (isAlone(mark) && rest.trim() === "" ? 1 : 0);
    }),
  );
}

function lineCounter(text: string): (at: number) => number {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
  return (at) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

class Finder {
  readonly queries: FoundQuery[] = [];
  readonly problems: FoundProblem[] = [];
  readonly #file: SourceFile;
  readonly #constantOf: ConstantOf;
  readonly #isUnchecked: (node: SyntaxNode) => boolean;

  constructor(file: SourceFile, tree: SyntaxTree, constantOf: ConstantOf) {
    this.#file = file;
    this.#constantOf = constantOf;
    const lineOf = lineCounter(file.text);
    const unchecked = uncheckedLines(tree.comments, file.text, lineOf);
    this.#isUnchecked = ({ start }) => unchecked.size > 0 && unchecked.has(lineOf(start));
  }

  visit(node: SyntaxNode, outer: Scope): void {
    const scope = scopeInside(node, outer);
    if (node.type === "CallExpression" || node.type === "OptionalCallExpression")
      this.#visitCall(node, scope);
    if (node.type === "TaggedTemplateExpression") this.#visitTemplate(node, scope);
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  #visitCall(node: SyntaxNode, scope: Scope): void {
    const callee = unwrapped(nodeAt(node, "callee")!);
    const isMember =
      /^(?:Optional)?MemberExpression$/.test(callee.type) && callee["computed"] !== true;
    if (!isMember || textAt(nodeAt(callee, "property"), "name") !== "query") return;
    const [argument] = nodesAt(node, "arguments");
    if (argument === undefined) return;
    const found = this.#textOf(argument, scope);
    if (found === undefined || this.#isUnchecked(node) || this.#isUnchecked(argument)) return;
    const from = moduleOf(nodeAt(callee, "object")!, scope);
    if (from !== undefined && isOtherLibrary(from)) return;
    if ((from === undefined || !isPlinth(from)) && !looksLikeSql(found.text)) return;
    this.queries.push({ kind: "text", ...found });
  }

  /** Of a literal, or of a constant that is one. */
  #textOf(argument: SyntaxNode, scope: Scope): PlacedLiteral | undefined {
    const own = unwrapped(argument);
    if (own.type !== "Identifier") return literalOf(own, this.#file);
    const binding = scope.find(textAt(own, "name")!);
    if (binding === undefined) return undefined;
    if (binding.kind === "import") return this.#constantOf(binding.from, binding.name);
    const { isConstant, type, value } = binding;
    return isConstant && type === undefined && value ? literalOf(value, this.#file) : undefined;
  }

  #visitTemplate(node: SyntaxNode, scope: Scope): void {
    const call = this.#tagOf(unwrapped(nodeAt(node, "tag")!), scope);
    if (call === undefined) return;
    const [argument] = nodesAt(call, "arguments");
    const name = argument && this.#textOf(argument, scope)?.text;
    if (name === undefined) {
      this.problems.push({
        file: this.#file,
        start: call.start,
        end: call.end,
        message: "The name of a query is not a literal.",
        hint: 'Write named("userById").',
      });
      return;
    }
    const template = nodeAt(node, "quasi")!;
    const parts = nodesAt(template, "quasis").map((part) => placedPart(part, this.#file));
    this.queries.push({ kind: "tag", name, parts, file: this.#file, start: node.start });
  }

  /** The call `named("…")`: the tag itself, or what a constant holds. */
  #tagOf(tag: SyntaxNode, scope: Scope): SyntaxNode | undefined {
    const binding = tag.type === "Identifier" ? scope.find(textAt(tag, "name")!) : undefined;
    const value = binding?.kind === "variable" && binding.isConstant ? binding.value : undefined;
    const call = value === undefined ? tag : unwrapped(value);
    const isNamed = call.type === "CallExpression" && this.#isNamed(nodeAt(call, "callee")!, scope);
    return isNamed ? call : undefined;
  }

  #isNamed(callee: SyntaxNode, scope: Scope): boolean {
    const own = unwrapped(callee);
    const isMember = own.type === "MemberExpression";
    const id = isMember ? nodeAt(own, "object") : own;
    const binding = id?.type === "Identifier" ? scope.find(textAt(id, "name")!) : undefined;
    if (binding?.kind !== "import" || !isPlinth(binding.from)) return false;
    return isMember
      ? textAt(nodeAt(own, "property"), "name") === "named"
      : binding.name === "named";
  }
}

export function findInProgram(
  file: SourceFile,
  tree: SyntaxTree,
  constantOf: ConstantOf = () => undefined,
): Findings {
  const finder = new Finder(file, tree, constantOf);
  finder.visit(tree.program, new Scope());
  return { queries: finder.queries, problems: finder.problems };
}

/** The texts among the constants that a module exports. */
export function exportedTexts(
  file: SourceFile,
  { program }: SyntaxTree,
): ReadonlyMap<string, PlacedLiteral> {
  const scope = scopeInside(program, new Scope());
  const found = new Map<string, PlacedLiteral>();
  for (const [name, binding] of scope.names) {
    if (binding.kind !== "variable" || !binding.isConstant || binding.type !== undefined) continue;
    const literal = binding.value && literalOf(binding.value, file);
    if (literal !== undefined) found.set(name, literal);
  }
  return found;
}
