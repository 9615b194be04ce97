import { defineSchema } from "plinth";
import { emailVerifications, refreshTokens } from "./tokens.ts";
import { users } from "./users.ts";

export const schema = defineSchema({ users, refreshTokens, emailVerifications }, (r) => ({
  users: {
    refreshTokens: r.many(refreshTokens),
    emailVerifications: r.many(emailVerifications),
  },
  refreshTokens: { user: r.one(users) },
  emailVerifications: { user: r.one(users) },
}));
