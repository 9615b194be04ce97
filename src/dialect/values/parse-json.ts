/**
 * `JSON.parse`, whose keys are right where they hold escapes. That of Node 24 (V8 13.6) takes `{"a": 1, "\"": 2}` for
 * `{"a": 1, "\\": 2}` once it has seen an object with the latter's keys, so that one document would change others.
 */

const BACKSLASH = "\\";
const TEXTS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gs;

function restored(value: unknown, keys: ReadonlyMap<string, string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => restored(item, keys));
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    keys.get(key) ?? key,
    restored(inner, keys),
  ]);
  return Object.fromEntries(entries);
}

/** A beginning that no key of the document has. */
function unusedIn(text: string): string {
  let prefix = "key";
  while (text.includes(prefix)) prefix += "_";
  return prefix;
}

export function parseJson(text: string): unknown {
  if (!text.includes(BACKSLASH)) return JSON.parse(text);
  const keys = new Map<string, string>();
  const prefix = unusedIn(text);
  const plain = text.replaceAll(TEXTS, (match, colon: string | undefined) => {
    if (colon === undefined || !match.includes(BACKSLASH)) return match;
    const standIn = `${prefix}${keys.size}`;
    keys.set(standIn, JSON.parse(match.slice(0, -colon.length)) as string);
    return `"${standIn}"${colon}`;
  });
  return keys.size === 0 ? JSON.parse(text) : restored(JSON.parse(plain), keys);
}
