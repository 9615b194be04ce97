/** How keys in code become names in a database. */

/** The spelling of a name: as in the declaration, or built from its words. */
export type NameStyle = "as-is" | "camelCase" | "PascalCase" | "snake_case";

/** Spells tables and columns whose names aren't given; a function may decide for each. */
export interface Naming {
  /** Default `"as-is"`: a table is named in its declaration. */
  readonly tables?: NameStyle | ((name: string) => string);
  /** Default `"snake_case"`. A column whose name is given keeps it. */
  readonly columns?: NameStyle | ((key: string) => string);
}

function isCapital(sign: string | undefined): boolean {
  return sign !== undefined && sign >= "A" && sign <= "Z";
}

function isSmall(sign: string | undefined): boolean {
  return sign !== undefined && sign >= "a" && sign <= "z";
}

function isDigit(sign: string | undefined): boolean {
  return sign !== undefined && sign >= "0" && sign <= "9";
}

/** Whether a word begins here: a capital behind a small letter, or the last one of several before a small letter. */
function beginsWord(name: string, at: number): boolean {
  if (!isCapital(name[at])) return false;
  const before = name[at - 1];
  return isSmall(before) || isDigit(before) || (isCapital(before) && isSmall(name[at + 1]));
}

/** With `_` between words. Classes of all scripts cost each start milliseconds, so they are only made for names that need them. */
function parted(name: string): string {
  let text = "";
  for (let at = 0; at < name.length; at++) {
    if (name.charCodeAt(at) > 127) {
      return name
        .replaceAll(new RegExp(String.raw`([\p{Ll}\p{N}])(\p{Lu})`, "gu"), "$1_$2")
        .replaceAll(new RegExp(String.raw`(\p{Lu})(\p{Lu}\p{Ll})`, "gu"), "$1_$2");
    }
    text += beginsWord(name, at) ? `_${name[at]}` : name[at];
  }
  return text;
}

function wordsOf(name: string): string[] {
  return parted(name)
    .split("_")
    .filter((word) => word !== "");
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}

export function spell(name: string, style: NameStyle): string {
  switch (style) {
    case "as-is":
      return name;
    case "snake_case":
      return wordsOf(name)
        .map((word) => word.toLowerCase())
        .join("_");
    case "PascalCase":
      return wordsOf(name).map(capitalise).join("");
    case "camelCase": {
      const pascal = wordsOf(name).map(capitalise).join("");
      return pascal.charAt(0).toLowerCase() + pascal.slice(1);
    }
  }
}

/** The names of one connection. */
export interface Names {
  table(name: string): string;
  column(column: { readonly key: string; readonly givenName: string | undefined }): string;
}

function speller(how: NameStyle | ((name: string) => string)): (name: string) => string {
  return typeof how === "function" ? how : (name) => spell(name, how);
}

export function createNames(naming: Naming = {}): Names {
  const table = speller(naming.tables ?? "as-is");
  const column = speller(naming.columns ?? "snake_case");
  return {
    table,
    column: ({ key, givenName }) => givenName ?? column(key),
  };
}
