import { parseAst } from "rolldown/parseAst";
import type { Plugin } from "rolldown";

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** Where templates begin and end that have no expressions, and no tag to which it matters that they are templates. */
function* plainTemplates(node: SyntaxNode): Generator<readonly [start: number, end: number]> {
  if (
    node.type === "TemplateLiteral" &&
    "quasis" in node &&
    (node.quasis as readonly unknown[]).length === 1
  ) {
    yield [node.start, node.end];
    return;
  }
  for (const [key, value] of Object.entries(node)) {
    if (node.type === "TaggedTemplateExpression" && key === "quasi") continue;
    for (const child of [value].flat()) if (isNode(child)) yield* plainTemplates(child);
  }
}

/** Puts texts in quotes that the minifier has put in backticks: V8 reads those in twice the time. No place moves. */
export function plainTexts(): Plugin {
  return {
    name: "plain-texts",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        const signs = file.code.split("");
        for (const [start, end] of plainTemplates(parseAst(file.code) as SyntaxNode)) {
          if (/["\n]/.test(file.code.slice(start, end))) continue;
          signs[start] = '"';
          signs[end - 1] = '"';
        }
        file.code = signs.join("");
      }
    },
  };
}
