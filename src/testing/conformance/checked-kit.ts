/** Modules of checked SQL by hand, for cases that run on any database. */

import type {
  CheckedFacts,
  CheckedType,
  FactsByDatabase,
  NamedStatement,
} from "../../query/checked/format.ts";
import { checkedQueries, type CheckedQueries } from "../../query/checked/module.ts";
import type { CheckedQuery } from "../../query/checked/query.ts";
import type { CheckedSql } from "../../query/checked/types.ts";
import type { Executor } from "../../query/client.ts";

/** The same facts for whichever database asks: the suite is run by those whose name it doesn't know, too. */
function anywhere(facts: CheckedFacts): FactsByDatabase {
  return new Proxy<FactsByDatabase>(
    {},
    {
      get: () => facts,
      getOwnPropertyDescriptor: () => ({ value: facts, configurable: true, enumerable: true }),
    },
  );
}

interface Statements {
  readonly types: Readonly<Record<string, CheckedType>>;
  readonly texts?: Readonly<Record<string, CheckedFacts>>;
  readonly named?: Readonly<Record<string, CheckedFacts & { readonly text: string }>>;
  readonly files?: Readonly<Record<string, CheckedFacts & { readonly text: string }>>;
  /** Texts that were checked for other databases only. */
  readonly elsewhere?: readonly string[];
}

function named(statements: Statements["named"] = {}): Record<string, NamedStatement> {
  return Object.fromEntries(
    Object.entries(statements).map(([name, { text, ...facts }]) => [
      name,
      { text, databases: anywhere(facts) },
    ]),
  );
}

/** What `plinth check` would have written. */
export function moduleOf<Files>(given: Statements): CheckedQueries<Files> {
  const texts = Object.entries(given.texts ?? {}).map(([text, facts]) => [text, anywhere(facts)]);
  const others = (given.elsewhere ?? []).map((text) => [text, { another: {} }]);
  return checkedQueries<Files>({
    format: 1,
    databases: [],
    types: given.types,
    texts: Object.fromEntries([...texts, ...others]) as Record<string, FactsByDatabase>,
    named: named(given.named),
    files: named(given.files),
  });
}

/** `db.query` of a text that the compiler doesn't know: what this package brings must add nothing to a program's own. */
export function ask<Row = unknown>(
  db: Executor,
  query: CheckedSql,
  params?: unknown,
): CheckedQuery<Row> {
  const run = db.query.bind(db) as unknown as (
    query: CheckedSql,
    ...params: unknown[]
  ) => CheckedQuery<Row>;
  return params === undefined ? run(query) : run(query, params);
}
