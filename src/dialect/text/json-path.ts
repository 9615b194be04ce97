/** Paths into JSON: a value, so that no key is ever part of a text, and a word of `k` and `i` that tells keys from indexes. */

import type { AnyExpression, CallNode, ParameterNode } from "../../ast/expression.ts";
import type { Encode } from "../values/type-map.ts";

type Step = number | string;

/** `$."key"[0]`: keys are quoted as JSON quotes texts, so that none of their characters means anything. */
function jsonPathText(steps: readonly Step[]): string {
  return `$${steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${JSON.stringify(step)}`)).join("")}`;
}

/** The whole path as a text, or its first steps. */
export function pathEncoder(stepCount?: number): Encode {
  return (steps) => jsonPathText((steps as readonly Step[]).slice(0, stepCount));
}

export interface JsonCall {
  readonly target: AnyExpression;
  /** Whose value is the array of steps. */
  readonly path: ParameterNode;
  /** A letter for each step: `k` for a key, `i` for an index. */
  readonly steps: string;
  /** What is put there. */
  readonly value: AnyExpression | undefined;
}

export function jsonCall({ arguments: parts, option = "" }: CallNode<unknown, string>): JsonCall {
  const [target, path, value] = parts;
  return { target: target!, path: path as ParameterNode, steps: option, value };
}
