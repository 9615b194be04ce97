/** Where each character of a literal's text stands in the source. */

/** A text of a program: what it says, and for each of its characters, and its end, where in the source that stands. */
export interface PlacedText {
  readonly text: string;
  readonly places: readonly number[];
}

const ESCAPE =
  /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|([0-7]{1,3})|(\r\n|[\n\r\u2028\u2029])|([^]))/iuy;

const LETTERS: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function spelt(match: RegExpExecArray): string {
  const [, braced, four, two, octal, lineEnd, letter] = match;
  const hexadecimal = braced ?? four ?? two;
  if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  return lineEnd === undefined ? (LETTERS[letter!] ?? letter!) : "";
}

/**
 * @param raw The source between the quotes.
 * @param start Where that begins.
 * @param isTemplate Whether ends of lines are line feeds, however they are written.
 */
export function placedLiteral(raw: string, start: number, isTemplate: boolean): PlacedText {
  let text = "";
  const places: number[] = [];
  const add = (part: string, at: number): void => {
    text += part;
    for (let unit = 0; unit < part.length; unit++) places.push(start + at);
  };
  let at = 0;
  while (at < raw.length) {
    const char = raw[at]!;
    ESCAPE.lastIndex = at;
    const escape = char === "\\" ? ESCAPE.exec(raw) : null;
    if (escape !== null) {
      add(spelt(escape), at);
      at += escape[0].length;
    } else if (char === "\r" && isTemplate) {
      add("\n", at);
      at += raw[at + 1] === "\n" ? 2 : 1;
    } else {
      add(char, at);
      at++;
    }
  }
  places.push(start + raw.length);
  return { text, places };
}
