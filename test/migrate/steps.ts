import { sql, type Transaction } from "plinth";
import type { RegisteredMigration } from "../../src/migrate/migration.ts";

/** Migrations of DDL, of rows and of code, none of which may be done twice or by half. */
export const steps: readonly RegisteredMigration<Transaction>[] = [
  {
    name: "001_accounts",
    up: `create table accounts (id integer primary key, credits integer not null);
      insert into accounts values (1, 100);
      create table audits (id integer primary key, account_id integer not null);
      create index audits_account_idx on audits (account_id);`,
    down: "drop table audits; drop table accounts",
  },
  {
    name: "002_more",
    up: `update accounts set credits = credits + 1;
      alter table accounts add column note varchar(20);
      insert into audits values (1, 1);
      update accounts set credits = credits * 2;`,
    down: "delete from audits; alter table accounts drop column note",
  },
  {
    name: "003_code",
    up: async (tx) => {
      await tx.execute(sql`update accounts set credits = credits + 1000`);
      await tx.execute(sql`insert into audits (id, account_id) values (${2}, ${1})`);
    },
  },
];
