import { randomBytes } from "node:crypto";
import { defineSeed } from "plinth/seed";
import { ensureAdmin } from "../src/accounts.ts";

/** The first administrator. Without `DIDHUB_ADMIN_PASSWORD` its password is made up, and told once. */
export default defineSeed(async (tx) => {
  const given = process.env["DIDHUB_ADMIN_PASSWORD"];
  const password = given ?? randomBytes(12).toString("base64url");
  const isMade = await ensureAdmin(tx, { username: "admin", password });
  if (isMade && given === undefined) console.error(`The password of admin is ${password}`);
});
