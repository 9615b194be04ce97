/** SQL that `plinth check` has typed. Types only: nothing here runs. */

/** One entry for each text that was checked; a generated file adds them. */
export interface CheckedQueries {}

/** One entry for each name that was checked; a generated file adds them. */
export interface NamedQueries {}

type Unchecked = "This SQL is not checked yet. Run: npx plinth check";
type Dynamic =
  "query() takes SQL that is written in the call. For SQL made at run time: execute(sql`…`)";

/** The text itself where it was checked, else a sentence that the compiler prints. */
type Checked<Query> = Query extends NamedQuery<unknown> | keyof CheckedQueries
  ? Query
  : string extends Query
    ? Dynamic
    : Unchecked;

type ParametersOf<Query> = Query extends keyof CheckedQueries
  ? CheckedQueries[Query] extends { readonly parameters: infer Parameters }
    ? {} extends Parameters
      ? []
      : [parameters: Parameters]
    : []
  : [];

type ResultOf<Query> =
  Query extends NamedQuery<infer Row>
    ? Row
    : Query extends keyof CheckedQueries
      ? CheckedQueries[Query] extends { readonly row: infer Row }
        ? Row
        : never
      : never;

/** Lazy, as every query is. */
export interface CheckedQuery<Row> extends PromiseLike<Row[]> {
  first(): Promise<Row | undefined>;
  one(): Promise<Row>;
  stream(options?: { readonly batch?: number }): AsyncIterable<Row>;
}

/** What `named` gives: a text with its values, whose types were checked under its name. */
export interface NamedQuery<Row> {
  readonly text: string;
  readonly "~row": Row;
}

export interface QueryRunner {
  query<const Query extends NamedQuery<unknown> | string>(
    query: Checked<Query>,
    ...parameters: ParametersOf<Query>
  ): CheckedQuery<ResultOf<Query>>;
}

/** A checked query whose values stand in its text: ``named("userById")`select … where id = ${id}` ``. */
export declare function named<const Name extends keyof NamedQueries>(
  name: Name,
): (
  strings: TemplateStringsArray,
  ...values: NamedQueries[Name] extends { readonly values: infer Values extends readonly unknown[] }
    ? Values
    : never
) => NamedQuery<NamedQueries[Name] extends { readonly row: infer Row } ? Row : never>;
