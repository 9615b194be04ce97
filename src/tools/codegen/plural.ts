/** English nouns, as far as names of tables need them. A name in another language may come out odd, and may be changed. */

const IRREGULAR: readonly (readonly [string, string])[] = [
  ["person", "people"],
  ["child", "children"],
  ["man", "men"],
  ["datum", "data"],
  ["medium", "media"],
  ["criterion", "criteria"],
  ["analysis", "analyses"],
  ["index", "indexes"],
];

const UNCOUNTED =
  /(?:data|news|series|species|equipment|information|staff|history|media|settings)$/i;

function replaceEnd(word: string, from: string, to: string): string | undefined {
  if (!word.toLowerCase().endsWith(from)) return undefined;
  const head = word.slice(0, word.length - from.length);
  // A part of another word, as in `human`, is not the word.
  const isWhole = head === "" || /[^a-z]$/.test(head) || /^[A-Z]/.test(word.slice(head.length));
  if (!isWhole) return undefined;
  const isCapital = /^[A-Z]/.test(word.slice(head.length));
  return head + (isCapital ? to.charAt(0).toUpperCase() + to.slice(1) : to);
}

export function pluralOf(word: string): string {
  if (singularOf(word) !== word || UNCOUNTED.test(word)) return word;
  for (const [one, many] of IRREGULAR) {
    const found = replaceEnd(word, one, many);
    if (found !== undefined) return found;
  }
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`;
  if (/(?:s|x|z|ch|sh)$/i.test(word)) return `${word}es`;
  return `${word}s`;
}

export function singularOf(word: string): string {
  for (const [one, many] of IRREGULAR) {
    const found = replaceEnd(word, many, one);
    if (found !== undefined) return found;
  }
  if (UNCOUNTED.test(word) || /(?:ss|us|is|as)$/i.test(word)) return word;
  if (/[^aeiou]ies$/i.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:sses|xes|zzes|ches|shes|uses)$/i.test(word)) return word.slice(0, -2);
  return /[^s]s$/i.test(word) ? word.slice(0, -1) : word;
}
