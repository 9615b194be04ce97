/** Texts of a database as code. Nothing else here makes code of a name, so that no name can become any. */

/** Ends of lines, to JavaScript as well, and what an editor would not show. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

function escaped(character: string): string {
  if (character === "\n") return String.raw`\n`;
  if (character === "\r") return String.raw`\r`;
  if (character === "\t") return String.raw`\t`;
  return Array.from({ length: character.length }, (_, at) => {
    const unit = character.charCodeAt(at).toString(16).padStart(4, "0");
    return String.raw`\u${unit}`;
  }).join("");
}

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text in the quotes that need fewer escapes. */
export function quoteText(text: string): string {
  const count = (sign: string): number => text.split(sign).length;
  const quote = count('"') > count("'") ? "'" : '"';
  const inner = text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll(quote, `\\${quote}`)
    .replaceAll(UNSEEN, escaped)
    .replaceAll(LONE, escaped);
  return `${quote}${inner}${quote}`;
}

/** A text between the expressions of a template, where only line feeds stand as they are. */
export function templateText(text: string): string {
  return text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll("`", "\\`")
    .replaceAll("${", "\\${")
    .replaceAll(UNSEEN, (character) => (character === "\n" ? character : escaped(character)))
    .replaceAll(LONE, escaped);
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !text.includes("\u200c") && !text.includes("\u200d");
}

/** The key of an object's member. `__proto__: …` would set the prototype. */
export function memberKey(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return isIdentifier(key) ? key : quoteText(key);
}

export function memberOf(object: string, key: string): string {
  return isIdentifier(key) ? `${object}.${key}` : `${object}[${quoteText(key)}]`;
}

/** A line of a comment, whatever is in the text. */
export function commentLine(text: string): string {
  const line = text.replaceAll(UNSEEN, (character) =>
    character === "\n" || character === "\r" || character === "\t" ? " " : escaped(character),
  );
  return `// ${line.replaceAll(LONE, escaped)}`.trimEnd();
}
