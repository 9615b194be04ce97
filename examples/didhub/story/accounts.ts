// Accounts, and how they are let in.
import type { Executor } from "plinth";
import { ensureAdmin, pageOfAccounts, register, signIn, type Account } from "../src/accounts.ts";
import { decideRequest, requestsWith } from "../src/approvals.ts";
import * as cast from "./cast.ts";
import * as print from "./print.ts";
import { tellRefusal } from "./refused.ts";

export interface People {
  readonly admin: Account;
  readonly owner: Account;
  /** Of another account, with nothing of its own. */
  readonly neighbour: Account;
}

export async function letIn(db: Executor): Promise<People> {
  print.chapter("Somebody asks to be let in", "src/accounts.ts");
  await ensureAdmin(db, cast.admin);
  const admin = await signIn(db, cast.admin);
  const owner = await register(db, cast.lighthouse);
  const neighbour = await register(db, cast.harbour);
  await register(db, cast.visitor);
  const { items } = await pageOfAccounts(db, {}, { page: 1, size: 10 });
  print.rows(
    items.map(({ id, username, isAdmin, isSystem, isApproved }) => ({
      id,
      username,
      isAdmin,
      isSystem,
      isApproved,
    })),
  );
  print.say("Passwords are kept as what scrypt makes of them. Nobody gets in unapproved:");
  await tellRefusal(cast.lighthouse.username, signIn(db, cast.lighthouse));
  print.say("and a name is taken only once, which the database sees to:");
  await tellRefusal("another lighthouse", register(db, cast.lighthouse));
  return { admin, owner, neighbour };
}

export async function approve(db: Executor, admin: Account): Promise<void> {
  print.chapter("An administrator decides", "src/approvals.ts");
  const actor = { userId: admin.id, ipAddress: "203.0.113.7" };
  const pending = await requestsWith(db, "pending");
  for (const { id, username } of pending) {
    const isWelcome = username !== cast.visitor.username;
    await decideRequest(
      db,
      actor,
      id,
      isWelcome
        ? { status: "approved" }
        : { status: "rejected", adminNotes: "Please write to us." },
    );
  }
  const decided = [
    ...(await requestsWith(db, "approved")),
    ...(await requestsWith(db, "rejected")),
  ];
  print.rows(decided.map(({ username, status, adminNotes }) => ({ username, status, adminNotes })));
  print.say(
    "The request, the account and the audit log are written in one transaction. Of two " +
      "administrators at once, one comes too late:",
  );
  const [first] = decided;
  if (first !== undefined) {
    await tellRefusal("the other one", decideRequest(db, actor, first.id, { status: "rejected" }));
  }
}
