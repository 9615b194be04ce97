import { defineSchema } from "plinth";
import { requireBaseColumns } from "./every-table.ts";
import { roles, userRoles } from "./role.schema.ts";
import { transactions } from "./transaction.schema.ts";
import { userProfiles, users } from "./user.schema.ts";

const tables = { users, userProfiles, roles, userRoles, transactions };
requireBaseColumns(tables);

export const schema = defineSchema(tables, (r) => ({
  users: {
    profiles: r.many(userProfiles),
    roles: r.many(roles, { through: userRoles }),
    sent: r.many(transactions, { on: transactions.fromUserId }),
    received: r.many(transactions, { on: transactions.toUserId }),
  },
  userProfiles: { user: r.one(users) },
  roles: { users: r.many(users, { through: userRoles }) },
  transactions: {
    from: r.one(users, { on: transactions.fromUserId }),
    to: r.one(users, { on: transactions.toUserId }),
  },
}));
