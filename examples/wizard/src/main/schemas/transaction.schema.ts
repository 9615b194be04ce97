import { check, enumType, gt, index, integer, table, type RowOf } from "plinth";
import { baseColumns, idColumn, keyColumn } from "./every-table.ts";
import { users } from "./user.schema.ts";

const transactionType = enumType("transaction_type", ["transfer"]);

const party = () =>
  idColumn()
    .notNull()
    .references(() => users.id);

export const transactions = table(
  "transactions",
  {
    id: keyColumn(),
    fromUserId: party(),
    toUserId: party(),
    amount: integer().notNull(),
    type: transactionType().notNull(),
    ...baseColumns(),
  },
  (t) => [
    index().on(t.fromUserId),
    index().on(t.toUserId),
    check("transactions_amount_check", gt(t.amount, 0)),
  ],
);

export type Transaction = RowOf<typeof transactions>;
