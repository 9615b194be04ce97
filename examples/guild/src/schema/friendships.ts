import { check, enumType, index, ne, table, timestamps, uuid, varchar } from "plinth";
import { users } from "./users.ts";

const friendshipStatus = enumType("friendship_status", ["pending", "accepted", "blocked"]);

/**
 * One row for two people, whoever began: `userId` has asked, or has blocked, `friendId`. `pair` is the same from either
 * side, so that there is no second row the other way round.
 */
export const friendships = table(
  "friendships",
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    friendId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    status: friendshipStatus().notNull().default("pending"),
    pair: varchar({ length: 73 }).notNull().unique(),
    ...timestamps(),
  },
  (t) => [index().on(t.friendId), check("friendships_two_check", ne(t.userId, t.friendId))],
);

/** Both keys, the smaller one first. */
export function pairOf(userId: string, friendId: string): string {
  return [userId.toLowerCase(), friendId.toLowerCase()].toSorted().join(":");
}
