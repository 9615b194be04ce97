// Plinth's checked SQL: the statements of `bench/checked/<database>/statements.sql`, as `plinth check` typed them.
import { connect } from "../../../dist/entry/main.js";
import type { queries as onMariadb } from "../../checked/mariadb/queries.ts";
import type { queries as onPostgres } from "../../checked/postgres/queries.ts";
import type { queries as onSqlite } from "../../checked/sqlite/queries.ts";
import type { Contender } from "../../work/operations.ts";
import { nestFlatRows } from "../../work/statements.ts";
import { audit, instant, schemaWith, wholeSeconds } from "./plinth-schema.ts";

/** Those of all databases are called alike; PostgreSQL tells the types of values best. */
type Queries = typeof onPostgres;

export async function openPlinthChecked(
  url: string,
  given: Queries | typeof onMariadb | typeof onSqlite,
): Promise<Contender> {
  const schema = url.startsWith("sqlite:") ? schemaWith(wholeSeconds) : schemaWith(instant);
  const queries = given as Queries;
  const db = await connect(url, { schema, queries });

  return {
    operations: {
      byKey: (id) => db.query(queries.byKey, { id }).first(),
      page: (offset) => db.query(queries.page, { offset }),
      search: (term) => db.query(queries.search, { term: `%${term}%` }),
      tree: async (id) => nestFlatRows(await db.query(queries.tree, { id })),
      aggregate: (after, upTo) => db.query(queries.aggregate, { after, upTo }),
      update: (id, balance, version) => db.query(queries.update, { id, balance, version }),
      transaction: (from, to, amount, row) =>
        db.transaction(async (tx) => {
          await tx.query(queries.readBalance, { id: from });
          await tx.query(queries.debit, { id: from, amount });
          await tx.query(queries.credit, { id: to, amount });
          await tx.query(queries.insert, { ...row });
        }),
      insert: async (row) => (await db.query(queries.insert, { ...row }).one()).id,
      // How many rows there are is no part of a text: this is the builder's.
      bulk: (rows) => db.insert(audit).values(rows),
    },
    close: () => db.close(),
  };
}
