import { nodesOf, type Placed, type SyntaxNode } from "./syntax.ts";

/** Whether it is a template without expressions, and has no tag to which it matters that it is one. */
function isPlain({ member, node, parent }: Placed): boolean {
  if (parent.type === "TaggedTemplateExpression" && member === "quasi") return false;
  return node.type === "TemplateLiteral" && (node as Template).quasis.length === 1;
}

interface Template extends SyntaxNode {
  readonly quasis: readonly unknown[];
}

/** Puts texts in quotes that the minifier has put in backticks: V8 reads those in twice the time. No place moves. */
export function plainTexts(code: string): string {
  const signs = code.split("");
  for (const placed of nodesOf(code)) {
    const { end, start } = placed.node;
    if (!isPlain(placed) || /["\n]/.test(code.slice(start, end))) continue;
    signs[start] = '"';
    signs[end - 1] = '"';
  }
  return signs.join("");
}
