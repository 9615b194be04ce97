/**
 * What a text means to a search: its words, and nothing else. A word begins with a letter or a digit of any script. What
 * stands between words is no operator of any database, as it never reaches one.
 */

import type { Encode } from "./type-map.ts";

// No literal, which costs every start a millisecond: its classes are of all scripts, and few programs search.
let words: RegExp | undefined;
function wordPattern(): RegExp {
  words ??= new RegExp(String.raw`[\p{L}\p{Nd}][\p{L}\p{N}\p{M}]*`, "gu");
  return words;
}

/** More than 80 characters are in no index of MySQL's, which keeps 84. */
const TOO_LONG = /^.{81}/u;

/** How a database spells a search. */
export interface SearchSpelling {
  readonly word: (word: string) => string;
  readonly prefix: (word: string) => string;
  readonly separator: string;
  /** What no row has. */
  readonly nothing: string;
}

/** Each word once; the last one is the beginning of a word where `option` is `"prefix"`. */
export function searchEncoder(spelling: SearchSpelling, option: string | undefined): Encode {
  return (value) => {
    const found = String(value).match(wordPattern()) ?? [];
    if (found.some((word) => TOO_LONG.test(word))) return spelling.nothing;
    const last = option === "prefix" ? found.pop() : undefined;
    const terms = [...new Set(found)].map(spelling.word);
    if (last !== undefined) terms.push(spelling.prefix(last));
    return terms.length === 0 ? spelling.nothing : terms.join(spelling.separator);
  };
}
