/** What is found in a project: SQL, and where it stands. */

import type { PlacedText } from "./literal.ts";

export interface SourceFile {
  /** Seen from the project's folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

interface Found {
  readonly file: SourceFile;
  /** Where it begins in the file. */
  readonly start: number;
}

/** The text of `db.query("…")`. */
export interface FoundText extends Found, PlacedText {
  readonly kind: "text";
}

/** A template ``named("…")`…` ``. */
export interface FoundTag extends Found {
  readonly kind: "tag";
  readonly name: string;
  /** One more than there are values. */
  readonly parts: readonly PlacedText[];
}

/** A statement of an `.sql` file. */
export interface FoundStatement extends Found, PlacedText {
  readonly kind: "statement";
  readonly name: string;
}

export type FoundQuery = FoundStatement | FoundTag | FoundText;

/** What can't be read where it stands. */
export interface FoundProblem extends Found {
  readonly end: number;
  readonly message: string;
  readonly hint?: string;
}

export interface Findings {
  readonly queries: readonly FoundQuery[];
  readonly problems: readonly FoundProblem[];
}
