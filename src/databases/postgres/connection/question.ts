/** How a statement is asked for. */

import type { DriverStatement } from "../../../dialect/driver.ts";
import { typeIdOf, wireValue } from "../untyped.ts";
import type { PortalQuestion, Question } from "./exchange.ts";
import type { KeptStatements } from "./kept-statements.ts";

const NOTHING: readonly never[] = [];

let lastPortal = 0;

/** `23,0`: the types of which the server is told, where there are any. */
function signatureOf(parameters: readonly unknown[]): string {
  for (const value of parameters) {
    if (typeof value !== "string" && value !== null) return parameters.map(typeIdOf).join(",");
  }
  return "";
}

/**
 * @param names The connection's statements, where it keeps any.
 * @param isDescribed Whether the answer needs the names or types of its columns.
 */
export function statementQuestion(
  names: KeptStatements | undefined,
  statement: DriverStatement,
  parameters: readonly unknown[],
  isDescribed: boolean,
): Question {
  const signature = signatureOf(parameters);
  const values = signature === "" ? (parameters as readonly string[]) : parameters.map(wireValue);
  const key = signature === "" ? statement.id : `${statement.id}:${signature}`;
  const kept = statement.isKept ? names?.use(key) : undefined;
  return {
    text: statement.text,
    isScript: false,
    kept,
    name: kept?.name ?? "",
    isParsed: kept?.isReady === true,
    typeIds: signature === "" ? NOTHING : parameters.map(typeIdOf),
    values,
    isDescribed,
    closing: names?.takeClosing() ?? NOTHING,
  };
}

export function scriptQuestion(text: string): Question {
  return {
    text,
    isScript: true,
    kept: undefined,
    name: "",
    isParsed: false,
    typeIds: NOTHING,
    values: NOTHING,
    isDescribed: false,
    closing: NOTHING,
  };
}

/** The same without a name, after the server has refused that. */
export function unnamed(question: Question): Question {
  return { ...question, kept: undefined, name: "", isParsed: false, closing: NOTHING };
}

export function portalQuestion(
  { text }: DriverStatement,
  parameters: readonly unknown[],
): PortalQuestion {
  return {
    ...scriptQuestion(text),
    isScript: false,
    typeIds: parameters.map(typeIdOf),
    values: parameters.map(wireValue),
    portal: `plinth_${++lastPortal}`,
    rowCount: 0,
    step: "open",
  };
}
