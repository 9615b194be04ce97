/** The names of databases that tests make: only what is named so is ever removed. */

import { randomBytes } from "node:crypto";

const DAY_MS = 86_400_000;
const TEMPLATE = "plinth_template_";
const COPY = "plinth_test_";
/** `plinth_test_<process>_<time>_<chance>`, `plinth_template_<content>_<time>`. */
const NAME = /^plinth_(?:test_\d+_([\da-z]+)_[\da-f]{8}|template_[\da-f]{20}_([\da-z]+))$/;

export const PREFIX = "plinth_te";

export function copyName(pid: number, nowMs: number): string {
  return `${COPY}${pid}_${nowMs.toString(36)}_${randomBytes(4).toString("hex")}`;
}

/** What all templates of that content begin with. */
export function templatePrefix(hash: string): string {
  return `${TEMPLATE}${hash.slice(0, 20)}_`;
}

export function templateName(hash: string, nowMs: number): string {
  return `${templatePrefix(hash)}${nowMs.toString(36)}`;
}

/** Whether tests made it, so long ago that nobody uses it or wants to look at it any more. */
export function isLeftover(name: string, nowMs: number): boolean {
  const [, ofCopy, ofTemplate] = NAME.exec(name) ?? [];
  const madeMs = Number.parseInt(ofCopy ?? ofTemplate ?? "", 36);
  if (Number.isNaN(madeMs)) return false;
  // A run that began with a template must not lose it.
  return nowMs - madeMs > (ofCopy === undefined ? 7 * DAY_MS : DAY_MS);
}
