/** Finds the statements of an `.sql` file, each behind its name: `-- name: findUser`. */

import { splitScript, type Lexis } from "../../../dialect/text/split-script.ts";
import type { Findings, FoundProblem, FoundStatement, SourceFile } from "./found.ts";
import type { PlacedText } from "./literal.ts";

/** A file may be for several databases, so that it is taken apart by what is a text to any of them. */
const LEXIS: Lexis = {
  hasBackslashEscapes: false,
  hasHashComments: false,
  hasDollarQuotes: true,
  hasBrackets: false,
  hasNestedComments: false,
  needsSpaceInComments: false,
};

/** As sqlc writes it, with how many rows it gives, and as PgTyped does. */
const NAME = /^[ \t]*--[ \t]*name:[ \t]*(\S*)(.*)$|^[ \t]*(?:\/\*+|\*)[ \t]*@name[ \t]+(\w+)/gmu;
/** How many rows there are is for the program to say: `.one()`. */
const KIND = /^\s*(?::(?:one|many|exec|execrows|execresult|execlastid))?\s*$/;
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

interface Name {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** Ends of lines are line feeds, whatever a checkout makes of them. */
function placedLines(raw: string, start: number): PlacedText {
  const places: number[] = [];
  for (let at = 0; at <= raw.length; at++) if (!raw.startsWith("\r\n", at)) places.push(start + at);
  return { text: raw.replaceAll("\r\n", "\n"), places };
}

function namesIn(lead: string, start: number): Name[] {
  return [...lead.matchAll(NAME)].map((match) => {
    const [whole, name, kind = "", other] = match;
    const begin = start + match.index + (/^[ \t]*/.exec(whole)?.[0].length ?? 0);
    return {
      name: name ?? other!,
      kind,
      start: begin,
      end: start + match.index + whole.trimEnd().length,
    };
  });
}

export function findInSql(file: SourceFile): Findings {
  const queries: FoundStatement[] = [];
  const problems: FoundProblem[] = [];
  const tell = (
    place: { readonly start: number; readonly end: number },
    message: string,
    hint: string,
  ): void => {
    problems.push({ file, start: place.start, end: place.end, message, hint });
  };
  const tellOfIdle = (names: readonly Name[]): void => {
    for (const name of names)
      tell(name, `"${name.name}" has no statement behind it.`, "Write it, or delete the line.");
  };
  let end = 0;
  for (const { lead, text } of splitScript(file.text, LEXIS)) {
    const begin = file.text.indexOf(lead + text, end);
    const start = begin + lead.length;
    end = start + text.length;
    const names = namesIn(lead, begin);
    const name = names.pop();
    tellOfIdle(names);
    if (name === undefined) {
      const [line = ""] = text.split(/\r?\n/);
      const piece = { start, end: start + line.length };
      tell(piece, "The statement has no name.", "Write a line above it: -- name: findUser");
    } else if (!IDENTIFIER.test(name.name)) {
      tell(name, "The statement's name is none.", "A name is made of letters, digits and _.");
    } else if (!KIND.test(name.kind)) {
      const hint = "Leave it out: how many rows are taken is for the program to say, as .one().";
      tell(name, `"${name.kind.trim()}" means nothing behind a name.`, hint);
    } else
      queries.push({
        kind: "statement",
        name: name.name,
        file,
        start,
        ...placedLines(text, start),
      });
  }
  tellOfIdle(namesIn(file.text.slice(end), end));
  return { queries, problems };
}
