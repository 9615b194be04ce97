import { parseAst } from "rolldown/parseAst";

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A node, and where it stands in the node around it. */
export interface Placed {
  readonly node: SyntaxNode;
  readonly parent: SyntaxNode;
  /** The member of `parent` that it is, or is in a list of. */
  readonly member: string;
  /** In that list. */
  readonly index: number;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** All nodes of a program but its root, in no order. */
export function* nodesOf(code: string): Generator<Placed> {
  const waiting: SyntaxNode[] = [parseAst(code) as SyntaxNode];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const [member, value] of Object.entries(parent)) {
      const parts: unknown[] = Array.isArray(value) ? value : [value];
      for (const [index, node] of parts.entries()) {
        if (!isNode(node)) continue;
        yield { node, parent, member, index };
        waiting.push(node);
      }
    }
  }
}
