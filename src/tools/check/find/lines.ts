/** Places in files as people count them. */

import type { SourceFile } from "./found.ts";

export interface LinePlace {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters as editors count them: UTF-16. */
  readonly column: number;
  /** The line's text. */
  readonly text: string;
}

export function linePlace({ text }: SourceFile, at: number): LinePlace {
  const begin = text.lastIndexOf("\n", at - 1) + 1;
  const next = text.indexOf("\n", begin);
  const line = text.slice(0, begin).split("\n").length;
  const own = text.slice(begin, next === -1 ? undefined : next).replace(/\r$/, "");
  return { line, column: at - begin + 1, text: own };
}

/** `src/users.ts:12:34`, which terminals lead to. */
export function placeOf(file: SourceFile, at: number): string {
  const { column, line } = linePlace(file, at);
  return `${file.path}:${line}:${column}`;
}
