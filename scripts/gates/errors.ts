import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCatalogue, errorGroups, type ErrorGroup } from "../../src/core/error-catalogue.ts";
import type { ErrorCode } from "../../src/core/error.ts";
import type { Report } from "./gate.ts";

/** What the most usual troubles are called where people look for help. */
const troubles: readonly (readonly [title: string, codes: readonly ErrorCode[]])[] = [
  ["The connection is refused", ["E_CONNECTION_REFUSED", "E_WRONG_PASSWORD", "E_MISSING_DATABASE"]],
  ["Connecting takes too long", ["E_CONNECT_TIMEOUT", "E_CONNECTION_REFUSED"]],
  ["A migration fails", ["E_MIGRATION_FAILED", "E_MIGRATION_DIRTY", "E_PERMISSION", "E_SYNTAX"]],
  ["A table or relation does not exist", ["E_MISSING_TABLE"]],
  ["A deadlock is detected", ["E_DEADLOCK"]],
  ["Queries are slow", ["E_TIMEOUT"]],
  ["The pool is exhausted", ["E_POOL_TIMEOUT"]],
  ["SQLite's database is locked", ["E_TIMEOUT", "E_POOL_TIMEOUT"]],
  ["Two rows with the same key", ["E_UNIQUE_VIOLATION"]],
  ["Nothing was found", ["E_NOT_FOUND"]],
];

const pagePath = "docs/errors.md";

function link(code: ErrorCode): string {
  return `[\`${code}\`](#${code.toLowerCase()})`;
}

/** The classes by their codes, as `error.ts` has them. */
function classesByCode(root: string): Map<string, string> {
  const source = readFileSync(join(root, "src/core/error.ts"), "utf8");
  const classes = new Map<string, string>();
  const pattern = /export class (\w+) extends[^]*?override readonly code(?::| =)([^;]*);/g;
  for (const [, name = "", codes = ""] of source.matchAll(pattern)) {
    for (const [code] of codes.matchAll(/E_[A-Z_]+/g)) {
      // Some codes have two classes; the first is that of most.
      if (!classes.has(code)) classes.set(code, name);
    }
  }
  return classes;
}

function section(code: ErrorCode, className: string | undefined): string {
  const { means, remedy, saidAs, steps } = errorCatalogue[code];
  const lines = [`### ${code}`, "", `${means.charAt(0).toUpperCase()}${means.slice(1)}.`, ""];
  if (className !== undefined) lines.push(`- Class: \`${className}\``);
  if (saidAs !== undefined) {
    const quoted = saidAs.map((text) => `\`${text}\``).join(", ");
    lines.push(`- Known as: ${quoted}`);
  }
  lines.push(`- What to do: ${remedy}`);
  if (steps !== undefined) lines.push("", ...steps.map((step, at) => `${at + 1}. ${step}`));
  return lines.join("\n");
}

export function renderErrors(root: string): string {
  const classes = classesByCode(root);
  const codes = Object.keys(errorCatalogue) as ErrorCode[];
  const parts = [
    "# All errors",
    "<!-- Written by `npm run errors` from src/core/error-catalogue.ts. -->",
    "Each code stays the same; [the guide](guide/errors.md) says how to catch one and what an error holds. No message, hint or cause holds a value or a password.",
    "## What went wrong?",
    troubles.map(([title, listed]) => `- ${title}: ${listed.map(link).join(", ")}`).join("\n"),
  ];
  for (const [group, title] of Object.entries(errorGroups) as [ErrorGroup, string][]) {
    parts.push(`## ${title}`);
    for (const code of codes) {
      if (errorCatalogue[code].group === group) parts.push(section(code, classes.get(code)));
    }
  }
  return `${parts.join("\n\n")}\n`;
}

/** The page of errors, against the catalogue in the code. */
export function checkErrors(root: string): Report {
  const page = readFileSync(join(root, pagePath), "utf8");
  const isCurrent = page === renderErrors(root);
  return {
    read: Object.keys(errorCatalogue).length,
    of: "codes",
    violations: isCurrent ? [] : [`${pagePath}: is not what the code says. Run: npm run errors`],
  };
}
