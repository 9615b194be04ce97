/** Data that looks real and is the same each time. */

const FIRST_NAMES =
  "Ada Alan Amara Anita Barbara Bo Chidi Clara Dana Edsger Emeka Farah Frances Grace Hedy Ines Ivan Jean Joan Kenji Lin Linus Mai Margaret Niko Omar Priya Radia Sofia Tim Uma Yuki".split(
    " ",
  );
const LAST_NAMES =
  "Abara Bartik Chen Diaz Eriksen Fischer Goldberg Hamilton Ito Jansen Kapoor Lamarr Moreau Novak Okafor Perlman Quist Rossi Silva Tanaka Umar Varga Weber Yilmaz Zhang".split(
    " ",
  );
const WORDS =
  "amber anchor autumn basin bridge candle cedar circle cloud copper corner dawn delta ember field forest garden glass harbour hill island kettle ladder lantern lemon letter market meadow mirror morning needle ocean orchard paper pebble pepper pillar pocket quiet ribbon river rope saddle salt shadow silver stone summer table thread timber tunnel valley velvet window winter wool".split(
    " ",
  );

const DAY_MS = 86_400_000;

/** A number for a text: FNV-1a, as it need not resist anyone. */
export function seedOf(...parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join("\0")) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}

/** Mulberry32: a short generator whose numbers are well spread. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Deterministic data: the same seed gives the same in the same order. */
export class Fake {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  /** A whole number from `min` to `max`, both included. Default 0 to 999. */
  number({ min = 0, max = 999 }: { readonly min?: number; readonly max?: number } = {}): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  /** @param likelihood Of true, from 0 to 1. Default 0.5. */
  boolean(likelihood = 0.5): boolean {
    return this.#random() < likelihood;
  }

  pick<const Item>(items: readonly [Item, ...Item[]]): Item;
  pick<Item>(items: readonly Item[]): Item;
  pick<Item>(items: readonly Item[]): Item {
    return items[this.number({ max: items.length - 1 })]!;
  }

  /** Version 4. */
  uuid(): string {
    const digits = Array.from({ length: 32 }, () => this.number({ max: 15 }).toString(16));
    digits[12] = "4";
    digits[16] = this.pick(["8", "9", "a", "b"]);
    const all = digits.join("");
    return [
      [0, 8],
      [8, 12],
      [12, 16],
      [16, 20],
      [20, 32],
    ]
      .map(([from, to]) => all.slice(from, to))
      .join("-");
  }

  /** An instant on a whole second. Default: of the years 2020 to 2024. */
  date({
    from = new Date("2020-01-01T00:00:00Z"),
    to = new Date("2025-01-01T00:00:00Z"),
  }: { readonly from?: Date; readonly to?: Date } = {}): Date {
    const ms = from.getTime() + this.#random() * (to.getTime() - from.getTime());
    return new Date(Math.floor(ms / 1_000) * 1_000);
  }

  /** A day, as `date()` columns have it. */
  day(range: { readonly from?: Date; readonly to?: Date } = {}): string {
    const ms = this.date(range).getTime();
    return new Date(ms - (ms % DAY_MS)).toISOString().slice(0, 10);
  }

  firstName(): string {
    return this.pick(FIRST_NAMES);
  }

  lastName(): string {
    return this.pick(LAST_NAMES);
  }

  fullName(): string {
    return `${this.firstName()} ${this.lastName()}`;
  }

  /** At a domain that can't exist; not always another one: put the row's number into what is to be unique. */
  email(): string {
    const name = `${this.firstName()}.${this.lastName()}`.toLowerCase();
    return `${name}${this.number()}@example.org`;
  }

  word(): string {
    return this.pick(WORDS);
  }

  /** @param wordCount Default: 4 to 9. */
  sentence(wordCount: number = this.number({ min: 4, max: 9 })): string {
    return `${capital(Array.from({ length: wordCount }, () => this.word()).join(" "))}.`;
  }

  /** @param sentenceCount Default: 2 to 5. */
  paragraph(sentenceCount: number = this.number({ min: 2, max: 5 })): string {
    return Array.from({ length: sentenceCount }, () => this.sentence()).join(" ");
  }
}
