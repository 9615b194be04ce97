import { index, table, timestamps, uuid, varchar } from "plinth";
import { instant, users } from "./users.ts";

/** The user that a token is of: its tokens go with it. */
const owner = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" });

const created = () => timestamps({ updated: false, precision: 6 });

export const refreshTokens = table(
  "refresh_tokens",
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: owner(),
    tokenHash: varchar({ length: 255 }).notNull(),
    expiresAt: instant().notNull(),
    revokedAt: instant(),
    ...created(),
  },
  (t) => [
    index("idx_refresh_tokens_user_id").on(t.userId),
    index("idx_refresh_tokens_token_hash").on(t.tokenHash),
  ],
);

export const emailVerifications = table(
  "email_verifications",
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: owner(),
    tokenHash: varchar({ length: 255 }).notNull().unique(),
    expiresAt: instant().notNull(),
    verifiedAt: instant(),
    ...created(),
  },
  (t) => [
    index("idx_email_verifications_user_id").on(t.userId),
    index("idx_email_verifications_token_hash").on(t.tokenHash),
  ],
);
