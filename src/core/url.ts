/** Options of a URL, all of which must be known: one that is misspelt is refused, not ignored. */

import { ConfigError } from "./error.ts";
import { LONGEST_MS } from "./stop.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

export interface UrlOptions {
  text(name: string): string | undefined;
  choice<Choice extends string>(
    name: string,
    choices: readonly Choice[],
    otherwise: Choice,
  ): Choice;
  /** A whole number, 0 or more. */
  count(name: string): number | undefined;
  /** A time, `30` or `30s`, `500ms`, `10m`, `2h`, given back in milliseconds. */
  duration(name: string): number | undefined;
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

  function count(name: string): number | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = Number(value);
    if (value.trim() === "" || !Number.isSafeInteger(parsed) || parsed < 0)
      throw new ConfigError(`The option "${name}" of the URL must be a whole number.`);
    return parsed;
  }

  function duration(name: string): number | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?) ?(ms|s|min|m|h)?$/.exec(value.trim()) ?? [];
    if (amount === undefined) {
      throw new ConfigError(`The option "${name}" of the URL must be a time.`, {
        hint: "Write it in seconds, or with a unit: 30, 30s, 500ms, 10m, 2h.",
      });
    }
    // A timer that is told more ends at once.
    return Math.min(Number(amount) * UNIT_MS[unit]!, LONGEST_MS);
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
    count,
    duration,
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
