import type { RegisteredMigration } from "plinth/migrate";
import type { Transaction } from "plinth";
import m20220101_000001_create_users from "./m20220101_000001_create_users.ts";
import m20220101_000002_create_files from "./m20220101_000002_create_files.ts";
import m20220101_000003_create_file_shares from "./m20220101_000003_create_file_shares.ts";
import m20251122_130843_add_storage_limit from "./m20251122_130843_add_storage_limit.ts";
import m20261121_100000_create_outbox from "./m20261121_100000_create_outbox.ts";

const registered = {
  m20220101_000001_create_users,
  m20220101_000002_create_files,
  m20220101_000003_create_file_shares,
  m20251122_130843_add_storage_limit,
  m20261121_100000_create_outbox,
};

/** All that there are: one that isn't here isn't run. They run in the order of their names. */
export const migrations: readonly RegisteredMigration<Transaction>[] = Object.entries(
  registered,
).map(([name, migration]) => ({ name, ...migration }));
