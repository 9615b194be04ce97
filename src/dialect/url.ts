/** Options of a database's URL, all of which must be known: one that is misspelt is refused, not ignored. */

import { ConfigError } from "../core/error.ts";

const MAX_TIMER_MS = 2 ** 31 - 1;

export interface UrlOptions {
  text(name: string): string | undefined;
  choice<Choice extends string>(
    name: string,
    choices: readonly Choice[],
    otherwise: Choice,
  ): Choice;
  /** A whole number, 0 or more. */
  count(name: string): number | undefined;
  /** A time in seconds, given back in milliseconds. */
  seconds(name: string): number | undefined;
  /** @throws {ConfigError} for an option that nobody asked for. */
  refuseOthers(product: string): void;
}

export function readOptions(url: string): UrlOptions {
  const start = url.indexOf("?");
  const given = new URLSearchParams(start === -1 ? "" : url.slice(start + 1));
  const known = new Set<string>();

  function text(name: string): string | undefined {
    known.add(name);
    return given.get(name) ?? undefined;
  }

  function number(name: string, isWhole: boolean): number | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = Number(value);
    if (
      value.trim() === "" ||
      !Number.isFinite(parsed) ||
      parsed < 0 ||
      (isWhole && !Number.isInteger(parsed))
    ) {
      throw new ConfigError(
        `The option "${name}" of the URL must be ${isWhole ? "a whole number" : "a number of seconds"}.`,
      );
    }
    return parsed;
  }

  return {
    text,
    choice(name, choices, otherwise) {
      const value = text(name);
      if (value === undefined) return otherwise;
      const choice = choices.find((candidate) => candidate === value);
      if (choice === undefined) {
        throw new ConfigError(
          `The option "${name}" of the URL must be one of ${choices.join(", ")}.`,
        );
      }
      return choice;
    },
    count: (name) => number(name, true),
    seconds(name) {
      const value = number(name, false);
      // A timer that is told more ends at once.
      return value === undefined ? undefined : Math.min(value * 1000, MAX_TIMER_MS);
    },
    refuseOthers(product) {
      for (const name of given.keys()) {
        if (known.has(name)) continue;
        throw new ConfigError(`The URL has the option "${name}", which ${product} does not know.`, {
          hint: `Known are ${[...known].toSorted().join(", ")}.`,
        });
      }
    },
  };
}

/** `"3.53.0"`, `"15.18 (Debian …)"` or `"10.11.6-MariaDB"` as numbers. */
export function parseVersion(text: string): [number, number, number] {
  const [, major = "0", minor = "0", patch = "0"] =
    /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}
