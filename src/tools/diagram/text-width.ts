/** Characters that stand twice as wide as letters: Chinese, Japanese, Korean, emoji. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F000}-\u{3FFFD}]/u;
/** A letter of the system's sans-serif face, as a part of its size; measured for the widest of those in use (Verdana). */
const LETTER = 0.6;

/**
 * About how wide a text is shown, in pixels. Nobody can ask a reader's browser, so that this errs on the wide side.
 *
 * @param size Of the letters, in pixels.
 */
export function widthOf(text: string, size = 12): number {
  let letters = 0;
  for (const character of text) letters += WIDE.test(character) ? 2 : 1;
  return letters * size * LETTER;
}
