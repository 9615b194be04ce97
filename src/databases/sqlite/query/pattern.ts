/** `like` for what SQLite's own can't: other letters than ASCII's, and patterns that are expressions. */

/** A pattern taken apart. `many` is `%` and `one` is `_`; everything else is a character that is meant. */
type Piece = { readonly wild: "many" | "one" } | { readonly character: string };

const MANY: Piece = { wild: "many" };
const ONE: Piece = { wild: "one" };

function parse(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  const characters = Array.from(pattern);
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index]!;
    if (character === "%") pieces.push(MANY);
    else if (character === "_") pieces.push(ONE);
    // A lone `\\` at the end stands for itself.
    else if (character !== "\\" || index + 1 === characters.length) pieces.push({ character });
    else pieces.push({ character: characters[++index]! });
  }
  return pieces;
}

function fits(piece: Piece, character: string): boolean {
  return "wild" in piece ? piece.wild === "one" : piece.character === character;
}

/** Time grows with pattern × text at most: what fails goes back only to the last `%`, never further. */
function matches(pieces: readonly Piece[], characters: readonly string[]): boolean {
  let piece = 0;
  let place = 0;
  let afterMany = -1;
  let retryAt = 0;
  while (place < characters.length) {
    const current = pieces[piece];
    if (current === MANY) {
      afterMany = ++piece;
      retryAt = place;
    } else if (current !== undefined && fits(current, characters[place]!)) {
      piece++;
      place++;
    } else if (afterMany !== -1) {
      piece = afterMany;
      place = ++retryAt;
    } else return false;
  }
  while (pieces[piece] === MANY) piece++;
  return piece === pieces.length;
}

const parsed = new Map<string, Piece[]>();
const MAX_PARSED = 100;

/** The last patterns are kept taken apart, as a query has one pattern for many rows. */
export function matchesPattern(pattern: string, text: string): boolean {
  let pieces = parsed.get(pattern);
  if (pieces === undefined) {
    if (parsed.size >= MAX_PARSED) parsed.clear();
    pieces = parse(pattern);
    parsed.set(pattern, pieces);
  }
  return matches(pieces, Array.from(text));
}

/** Simple letters of Unicode, as other databases fold them; one letter never becomes two. */
export function foldCase(text: string): string {
  let folded = "";
  for (const character of text) {
    const lower = character.toLowerCase();
    folded += lower.length === character.length ? lower : character;
  }
  return folded;
}
