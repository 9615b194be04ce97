/** What code takes from elsewhere. */

import type { Code } from "./code.ts";
import { WORDS } from "./identifiers.ts";

const TYPES = new Set(["StoredValue"]);

/** Names that a piece of code takes from elsewhere: words of Plinth, and constants. */
export function namesIn(piece: Code, found: Set<string>): void {
  switch (piece.kind) {
    case "text": {
      const name = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(piece.text)?.[0];
      if (name !== undefined) found.add(name);
      return;
    }
    case "object":
      for (const { value } of piece.members) namesIn(value, found);
      return;
    case "array":
      for (const item of piece.items) namesIn(item, found);
      return;
    case "arrow":
      namesIn(piece.body, found);
      return;
    case "chain":
      if (piece.root !== undefined) found.add(piece.root);
      else {
        const [name = "", parameter] = (piece.calls[0]?.name ?? "").split(/[<>]/);
        found.add(name);
        if (parameter !== undefined && TYPES.has(parameter)) found.add(parameter);
      }
      for (const { arguments: given } of piece.calls) for (const one of given) namesIn(one, found);
  }
}

export function byName(one: string, other: string): number {
  const [left, right] = [one.toLowerCase(), other.toLowerCase()];
  return left < right ? -1 : Number(left > right);
}

/** What a name is without `type` before it, by which imports are sorted. */
function bare(specifier: string): string {
  return specifier.replace(/^type\s+/, "");
}

/** @param names Names, or specifiers such as `a as b`. */
export function importLine(names: readonly string[], from: string): string {
  const specifiers = names
    .map((name) => (TYPES.has(name) ? `type ${name}` : name))
    .toSorted((one, other) => byName(bare(one), bare(other)));
  const line = `import { ${specifiers.join(", ")} } from "${from}";`;
  return line.length <= 100
    ? line
    : `import {\n${specifiers.map((name) => `  ${name},\n`).join("")}} from "${from}";`;
}

/** What code takes from `plinth`. */
export function wordsIn(pieces: readonly Code[]): string[] {
  const found = new Set<string>();
  for (const piece of pieces) namesIn(piece, found);
  return [...found].filter((name) => WORDS.has(name) || TYPES.has(name));
}
