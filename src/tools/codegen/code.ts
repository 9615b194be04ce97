/** Pieces of TypeScript that declarations are made of, as data. */

import { memberKey, quoteText } from "../quote.ts";

export interface Call {
  /** With type arguments, as in `customType<string>`. */
  readonly name: string;
  readonly arguments: readonly Code[];
}

export type Code =
  /** What is written as it stands: a literal, a name, a template. */
  | { readonly kind: "text"; readonly text: string; readonly isTemplate: boolean }
  | {
      readonly kind: "object";
      readonly members: readonly Member[];
      /** Each member on a line of its own, whatever the width. */
      readonly isExpanded: boolean;
    }
  | { readonly kind: "array"; readonly items: readonly Code[] }
  | { readonly kind: "arrow"; readonly parameters: string; readonly body: Code }
  /** `root.first().second()`, or without a root `first().second()`. */
  | { readonly kind: "chain"; readonly root: string | undefined; readonly calls: readonly Call[] };

export interface Member {
  /** Undefined for one that is spread. */
  readonly key: string | undefined;
  readonly value: Code;
  /** Lines above it. */
  readonly comments?: readonly string[];
}

export function code(text: string): Code {
  return { kind: "text", text, isTemplate: false };
}

export function template(text: string): Code {
  return { kind: "text", text, isTemplate: true };
}

export function quoted(text: string): Code {
  return code(quoteText(text));
}

export function call(name: string, ...given: readonly (Code | undefined)[]): Code {
  return { kind: "chain", root: undefined, calls: [callOf(name, ...given)] };
}

/** Arguments that are undefined are left out. */
export function callOf(name: string, ...given: readonly (Code | undefined)[]): Call {
  return { name, arguments: given.filter((one) => one !== undefined) };
}

/** The calls behind those that there are. */
export function chained(first: Code, calls: readonly Call[]): Code {
  if (first.kind === "chain") return { ...first, calls: [...first.calls, ...calls] };
  throw new TypeError("Only a call is followed by calls.");
}

export function list(items: readonly Code[]): Code {
  return { kind: "array", items };
}

export function arrow(parameters: string, body: Code): Code {
  return { kind: "arrow", parameters: `(${parameters})`, body };
}

/** Members that are undefined are left out; undefined where there are none. */
export function options(members: Readonly<Record<string, Code | undefined>>): Code | undefined {
  const given = Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key: memberKey(key), value }],
  );
  return given.length === 0 ? undefined : { kind: "object", members: given, isExpanded: false };
}

/** Members whose keys are code already. */
export function object(members: readonly Member[], isExpanded: boolean): Code {
  return { kind: "object", members, isExpanded };
}
