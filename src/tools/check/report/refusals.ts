/** Errors as places in files. */

import type { DbError } from "../../../core/error.ts";
import { RefusedStatementError } from "../../../dialect/server/description.ts";
import { withoutScratchName } from "../../../dialect/server/scratch.ts";
import type { Model } from "../../../schema/model.ts";
import { sourcePlace, type Entry } from "../entries.ts";
import type { FoundProblem } from "../find/found.ts";
import { UntypableError } from "../types/resolve.ts";
import type { Problem } from "./problem.ts";
import { suggestion } from "./suggest.ts";

export function foundProblem({ end, file, hint, message, start }: FoundProblem): Problem {
  return { file, start, end, complaints: [{ database: undefined, message, hint }] };
}

/** The first line, where nothing is known. */
function wholePiece(text: string): [start: number, end: number] {
  const start = /^\s*/.exec(text)![0].length;
  const end = text.indexOf("\n", start);
  return [start, end === -1 ? text.length : end];
}

function pieceOf(text: string, error: DbError): [start: number, end: number] {
  if (error instanceof RefusedStatementError) {
    const { end, start } = error.refusal;
    if (start !== undefined) return [start, end ?? start + 1];
  }
  const piece = error instanceof UntypableError ? error.piece : undefined;
  const at = piece === undefined ? -1 : text.indexOf(piece);
  return at === -1 ? wholePiece(text) : [at, at + piece!.length];
}

const KINDS: Readonly<Record<string, "column" | "table">> = {
  E_MISSING_COLUMN: "column",
  E_MISSING_TABLE: "table",
};

function adviceOf(text: string, error: DbError, model: Model | undefined): string | undefined {
  if (!(error instanceof RefusedStatementError)) return error.hint;
  const { advice, end, start } = error.refusal;
  const kind = KINDS[error.code];
  const own =
    kind !== undefined && model !== undefined && start !== undefined
      ? suggestion(text, text.slice(start, end), kind, model)
      : undefined;
  return own ?? advice ?? error.hint;
}

/** The error's own words, without its hint. */
function wordsOf(error: DbError): string {
  if (error instanceof RefusedStatementError) return withoutScratchName(error.refusal.words);
  const { hint, message } = error;
  return hint !== undefined && message.endsWith(hint)
    ? message.slice(0, -hint.length).trimEnd()
    : message;
}

/** @param database Undefined for what isn't of one of them. */
export function problemOf(
  { sites, text }: Entry,
  error: DbError,
  database: string | undefined,
  model: Model | undefined,
): Problem {
  const [site] = sites;
  const [start, end] = pieceOf(text, error);
  return {
    file: site!.file,
    start: sourcePlace(site!, start),
    end: sourcePlace(site!, end),
    complaints: [{ database, message: wordsOf(error), hint: adviceOf(text, error, model) }],
  };
}
