import { defineSchema } from "plinth";
import { emailVerifications, refreshTokens } from "./tokens.ts";
import { users } from "./users.ts";

export const schema = defineSchema({ users, refreshTokens, emailVerifications });
