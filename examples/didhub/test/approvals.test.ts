import { expect } from "vitest";
import { register } from "../src/accounts.ts";
import { askAgain, decideRequest, requestsWith } from "../src/approvals.ts";
import { historyOf } from "../src/audit.ts";
import { users } from "../src/schema/users.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

const ada = { username: "ada", password: "engine" };

everywhere("an approved account is in, as a system", async ({ db }) => {
  const { admin } = await people(db);
  const { id } = await register(db, ada);
  const [request, ...others] = await requestsWith(db, "pending");
  expect(others).toEqual([]);
  expect(request).toMatchObject({ username: "ada", status: "pending", adminNotes: null });

  await decideRequest(db, admin, request!.id, { status: "approved", adminNotes: "Welcome" });
  expect(await db.from(users).find(id)).toMatchObject({ isApproved: true, isSystem: true });
  expect(await requestsWith(db, "pending")).toEqual([]);
  expect(await requestsWith(db, "approved")).toMatchObject([{ adminNotes: "Welcome" }]);
  expect(await historyOf(db, "user", id)).toMatchObject([
    { action: "request.approved", userId: admin.userId, details: { notes: "Welcome" } },
  ]);
});

everywhere("a rejected account may ask again, once at a time", async ({ db }) => {
  const { admin } = await people(db);
  const { id } = await register(db, ada);
  await expect(askAgain(db, id)).rejects.toMatchObject({ reason: "taken" });
  const [request] = await requestsWith(db, "pending");
  await decideRequest(db, admin, request!.id, { status: "rejected" });
  expect(await db.from(users).find(id)).toMatchObject({ isApproved: false });

  const second = await askAgain(db, id);
  expect(second).toMatchObject({ userId: id, status: "pending" });
  expect((await requestsWith(db, "rejected")).length).toBe(1);
});

everywhere("of several administrators at once, one decides", async ({ db }) => {
  const { admin } = await people(db);
  await register(db, ada);
  const [request] = await requestsWith(db, "pending");
  const statuses = ["approved", "rejected", "approved", "rejected"] as const;
  const outcomes = await Promise.allSettled(
    statuses.map((status) => decideRequest(db, admin, request!.id, { status })),
  );

  const late = outcomes.filter(({ status }) => status === "rejected");
  expect(late).toHaveLength(3);
  for (const outcome of late) expect(outcome).toMatchObject({ reason: { reason: "too late" } });
  const decided = [
    ...(await requestsWith(db, "approved")),
    ...(await requestsWith(db, "rejected")),
  ];
  expect(decided).toHaveLength(1);
});

everywhere("only administrators decide, and nothing stays of what was refused", async ({ db }) => {
  const { owner } = await people(db);
  await register(db, ada);
  const [request] = await requestsWith(db, "pending");
  await expect(decideRequest(db, owner, request!.id, { status: "approved" })).rejects.toMatchObject(
    { reason: "forbidden" },
  );
  expect(await requestsWith(db, "pending")).toHaveLength(1);
});
