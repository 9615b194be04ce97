/** The parser that finds SQL in programs: an optional package, of which few members are used. */

import { DbError } from "../../../core/error.ts";
import { refuseMissing } from "../../../core/optional.ts";

/** A node of the syntax tree, whatever its kind. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

export interface Comment {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface SyntaxTree {
  readonly program: SyntaxNode;
  readonly comments: readonly Comment[];
}

export type ParseProgram = (source: string, path: string) => SyntaxTree;

interface BabelModule {
  parse(source: string, options: object): unknown;
}

/** A program that can't be read. */
export class UnreadableSourceError extends DbError {
  override readonly code = "E_SYNTAX";
  /** Where, from 0. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Babel's messages end in `(line:column)`, and tell the place as a number, too. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const at: unknown = Reflect.get(error, "pos");
  const words = error.message.replace(/ \(\d+:\d+\)$/, "");
  return new UnreadableSourceError(words, typeof at === "number" ? at : 0);
}

function pluginsOf(path: string): string[] {
  const hasJsx = /\.[jt]sx$|\.[cm]?js$/.test(path);
  return ["typescript", "decorators", "decoratorAutoAccessors", ...(hasJsx ? ["jsx"] : [])];
}

/** @throws {MissingPackageError} */
export async function loadParser(): Promise<ParseProgram> {
  const babel: BabelModule = await import("@babel/parser").catch(
    refuseMissing("@babel/parser", "Finding SQL in programs"),
  );
  return (source, path) => {
    try {
      return babel.parse(source, {
        sourceType: "unambiguous",
        attachComment: false,
        // What means nothing is the compiler's to tell, and what it takes is more than the parser does.
        errorRecovery: true,
        allowReturnOutsideFunction: true,
        plugins: pluginsOf(path),
      }) as SyntaxTree;
    } catch (error) {
      throw unreadable(error);
    }
  };
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, "type") === "string"
  );
}

export function nodeAt(node: SyntaxNode, member: string): SyntaxNode | undefined {
  const found = node[member];
  return isNode(found) ? found : undefined;
}

export function nodesAt(node: SyntaxNode, member: string): readonly SyntaxNode[] {
  const found = node[member];
  return Array.isArray(found) ? found.filter((one) => isNode(one)) : [];
}

export function textAt(node: SyntaxNode | undefined, member: string): string | undefined {
  const found = node?.[member];
  return typeof found === "string" ? found : undefined;
}

const WRAPPERS = new Set([
  "ParenthesizedExpression",
  "TSAsExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "TSTypeAssertion",
]);

/** What an expression is without what says only its type. */
export function unwrapped(node: SyntaxNode): SyntaxNode {
  const inner = WRAPPERS.has(node.type) ? nodeAt(node, "expression") : undefined;
  return inner === undefined ? node : unwrapped(inner);
}

/** The nodes right below. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) found.push(...value.filter((one) => isNode(one)));
    else if (isNode(value)) found.push(value);
  }
  return found;
}
