// Who the story tells of. Nobody here is real.
import type { NewUser } from "../src/queries/users.ts";

export const cast = [
  { username: "ada", email: "Ada@example.com", displayName: "Ada L.", status: "online" },
  { username: "bob", email: "bob@example.com" },
  { username: "cleo", email: "cleo@example.com", status: "away" },
  { username: "dora" },
  { username: "emil", displayName: "Emil, who reads along" },
] satisfies readonly NewUser[];

export type Name = "ada" | "bob" | "cleo" | "dora" | "emil";

/** Their keys. */
export type Cast = Readonly<Record<Name, string>>;
