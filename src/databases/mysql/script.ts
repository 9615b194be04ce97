/** A part of a script: a quoted text or name, a comment, the end of a statement, or anything else. */
const TOKEN =
  /'(?:[^'\\]|\\[^]|'')*'|"(?:[^"\\]|\\[^]|"")*"|`(?:[^`]|``)*`|(?<hidden>\/\*(?![!M])[^]*?\*\/|--(?=\s|$)[^\n]*|#[^\n]*)|(?<end>;)|[^]/g;

/**
 * The statements of a script without their semicolons. A connection takes one at a time, because on one that takes
 * several an injection could do more than spoil a condition. Comments are left out, but for those that the server
 * executes.
 */
export function splitScript(script: string): string[] {
  const statements: string[] = [];
  let current = "";
  const finish = (): void => {
    if (current.trim() !== "") statements.push(current.trim());
    current = "";
  };
  for (const match of script.matchAll(TOKEN)) {
    if (match.groups!.end !== undefined) finish();
    else current += match.groups!.hidden === undefined ? match[0] : " ";
  }
  finish();
  return statements;
}
