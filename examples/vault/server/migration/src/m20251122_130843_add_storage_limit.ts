import { bigint, table } from "plinth";
import { defineMigration } from "plinth/migrate";
import { columnsOfUsers } from "./m20220101_000001_create_users.ts";

const before = table("users", columnsOfUsers());
const after = table("users", {
  ...columnsOfUsers(),
  storageLimit: bigint({ mode: "number" }).notNull().default(1_073_741_824),
});

export default defineMigration({
  rebuild: true,
  up: (_tx, schema) => schema.alterTable(before, after),
  down: (_tx, schema) => schema.alterTable(after, before, { drops: ["storageLimit"] }),
});
