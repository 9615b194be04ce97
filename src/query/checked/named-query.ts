/** The text of ``named("…")`…` ``, with a number for each value. */
export function templateText(strings: readonly string[]): string {
  return strings.reduce((text, part, at) => `${text}$${at}${part}`);
}

/** A statement with its values. */
export class NamedQuery<Row = unknown> {
  /** Type-level only; never set. */
  declare readonly "~row": Row;
  readonly name: string;
  readonly values: readonly unknown[];
  readonly #strings: readonly string[];

  constructor(name: string, strings: readonly string[], values: readonly unknown[]) {
    this.name = name;
    this.#strings = strings;
    this.values = values;
  }

  /** As `plinth check` knows it. */
  get text(): string {
    let text = texts.get(this.#strings);
    if (text === undefined) texts.set(this.#strings, (text = templateText(this.#strings)));
    return text;
  }
}

/** The strings of a template are the same list each time that it runs. */
const texts = new WeakMap<readonly string[], string>();
