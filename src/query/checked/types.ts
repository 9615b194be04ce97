/** What the compiler says of a checked query. */

import type { KnownQuery, NamedQueries, Queries } from "./known.ts";
import type { FileStatement } from "./module.ts";
import type { NamedQuery } from "./named-query.ts";

/** What `db.query` takes: a text, ``named("…")`…` ``, or a statement of a `.sql` file. */
export type CheckedSql = FileStatement | NamedQuery | string;

type Unchecked = "This SQL is not checked yet. Run: npx plinth check";
type MadeAtRunTime =
  "query() takes SQL that is written in the call, as one literal text. For SQL made at run time: execute(sql`…`)";

/** A text of the program's, or what the compiler prints in its place. */
export type Checked<Input> = Input extends string
  ? Input extends keyof Queries
    ? Input
    : Advice<Input>
  : Input;

/** Texts that aren't known, with values in them too, would be keys of no end. */
type Advice<Text extends string> =
  Record<never, 1> extends Record<Text, 1> ? MadeAtRunTime : Unchecked;

/** A name of `named()`, or what the compiler prints in its place. */
export type CheckedName<Name> = Name extends keyof NamedQueries
  ? Name
  : string extends Name
    ? "named() takes a name that is written in the call"
    : "No SQL of this name is checked yet. Run: npx plinth check";

/** What is known of it; texts come first, as there are most of them. */
type KnownOf<Input> = Input extends keyof Queries
  ? Queries[Input]
  : Input extends FileStatement<infer Known>
    ? Known
    : Input extends NamedQuery<infer Row>
      ? { readonly row: Row }
      : never;

type Arguments<Params> = object extends Params ? [params?: Params] : [params: Params];

/** What stands behind the text: nothing, or its parameters. */
export type ParamsOf<Input> =
  KnownOf<Input> extends { readonly params: infer Params } ? Arguments<Params> : [];

export type CheckedRow<Input> = KnownOf<Input> extends { readonly row: infer Row } ? Row : never;

/** The values of ``named("…")`…` ``, in their order. */
export type NamedValues<Name> = Name extends keyof NamedQueries
  ? NamedQueries[Name] extends { readonly params: infer Values extends readonly unknown[] }
    ? Values
    : []
  : never;

export type NamedRow<Name> = Name extends keyof NamedQueries
  ? NamedQueries[Name] extends KnownQuery
    ? NamedQueries[Name]["row"]
    : never
  : never;
