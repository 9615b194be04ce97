/** What a comment in a migration allows: `-- lint:allow LT105 reason`. */

const ALLOWED = /--[ \t]*lint:allow[ \t]+([A-Z]{2}\d{3})[ \t]+(\S[^\n]*)/g;

/** The ids of rules that are allowed, with a reason; without one nothing is. */
export function allowedIn(text: string): Set<string> {
  return new Set([...text.matchAll(ALLOWED)].map(([, id = ""]) => id));
}

/** @param lead The comments before a statement. */
export function isAllowed(id: string, lead: string): boolean {
  return allowedIn(lead).has(id);
}
