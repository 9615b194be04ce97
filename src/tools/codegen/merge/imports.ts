/** What a module imports, after its text has changed. */

import { importLine } from "../imports.ts";
import { applyEdits, statementsOf, type Edit, type Statement } from "./scan.ts";

interface Import {
  readonly statement: Statement;
  readonly from: string;
  readonly isType: boolean;
  readonly specifiers: readonly string[];
}

function importOf(text: string, statement: Statement): Import | undefined {
  const source = text.slice(statement.start, statement.end);
  const found = /^import\s+(type\s+)?\{([^}]*)\}\s*from\s*["']([^"']+)["']/.exec(source);
  if (found === null) return undefined;
  const [, type, list = "", from = ""] = found;
  const specifiers = list
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  return { statement, from, isType: type !== undefined, specifiers };
}

/** `a as b` is `b` here. */
function localOf(specifier: string): string {
  return specifier.split(/\s+/).at(-1)!;
}

export function isImport(text: string, { start }: Statement): boolean {
  return /^import\b/.test(text.slice(start, start + 7));
}

/** Whether a name stands somewhere, spread (`...timestamps()`) as well, and not as a member or the key of one. */
export function isUsed(name: string, text: string): boolean {
  const own = name.replaceAll("$", String.raw`\$`);
  const pattern = String.raw`(?<![\p{ID_Continue}$]|(?<!\.\.)\.)${own}(?![\p{ID_Continue}$])(?!\s*:)`;
  return new RegExp(pattern, "u").test(text);
}

/** The text of a module without its imports and whole lines of comments. */
export function bodyOf(text: string): string {
  const edits = statementsOf(text)
    .filter((statement) => isImport(text, statement))
    .map(({ end, start }): Edit => ({ start, end, text: "" }));
  return applyEdits(text, edits).replaceAll(/^\s*\/\/.*$/gm, "");
}

/**
 * @param needed What the module has to import, by the module that it is from.
 * @param ours Whether a name that is used no more is to go.
 */
export function withImports(
  text: string,
  needed: ReadonlyMap<string, readonly string[]>,
  ours: (from: string) => boolean,
): string {
  const imports = statementsOf(text).flatMap((statement) => importOf(text, statement) ?? []);
  const body = bodyOf(text);
  const known = new Set(imports.flatMap(({ specifiers }) => specifiers.map(localOf)));
  const missing = new Map(
    [...needed].map(([from, names]) => [from, names.filter((name) => !known.has(localOf(name)))]),
  );
  const edits = imports.flatMap(({ from, isType, specifiers, statement }): Edit[] => {
    if (!ours(from) || isType) return [];
    const kept = specifiers.filter((one) => isUsed(localOf(one), body));
    const added = missing.get(from) ?? [];
    missing.delete(from);
    if (kept.length === specifiers.length && added.length === 0) return [];
    if (kept.length + added.length === 0)
      return [{ ...statement.whole, start: statement.start, text: "" }];
    return [
      { start: statement.start, end: statement.end, text: importLine([...kept, ...added], from) },
    ];
  });
  const lines = [...missing]
    .filter(([, names]) => names.length > 0)
    .map(([from, names]) => `${importLine(names, from)}\n`);
  if (lines.length > 0) {
    const last = statementsOf(text).findLast((statement) => isImport(text, statement));
    const at = last?.whole.end ?? headOf(text);
    edits.push({ start: at, end: at, text: lines.join("") });
  }
  return applyEdits(text, edits);
}

/** Behind the comment at the head of a module. */
function headOf(text: string): number {
  return /^(?:\/\/[^\n]*\n)*/.exec(text)![0].length;
}
