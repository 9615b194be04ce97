import { integer, sql, table, text, type Database, type PlanNode } from "plinth";
import { expectType, type Equal } from "./equal.ts";

declare const db: Database;
declare const signal: AbortSignal;

const users = table("users", { id: integer().primaryKey(), name: text() });

// Limits keep what a query is.
const limited = db.from(users).timeout(100).signal(signal);
expectType<Equal<Awaited<typeof limited>, { id: number; name: string | null }[]>>();
void limited.find(1);
const write = db.insert(users).values({ id: 1 }).timeout(100);
void write.onConflict(users.id).ignore().signal(signal);
void db.delete(users).all().signal(signal).returning();
void db.execute(sql`select 1`, { signal, timeoutMs: 100 });
// @ts-expect-error A time is a number of milliseconds.
void db.from(users).timeout("100");
// @ts-expect-error The controller has the signal.
void db.from(users).signal(new AbortController());
// @ts-expect-error A write is complete before it is limited.
void db.update(users).timeout(100);

const planned = db.from(users).plan("custom");
expectType<Equal<Awaited<typeof planned>, Awaited<typeof limited>>>();
// @ts-expect-error There is no such choice.
void db.from(users).plan("generic");

// A plan is of reads and writes.
const plan = await db.from(users).explain({ analyze: true });
expectType<Equal<typeof plan, PlanNode>>();
expectType<Equal<typeof plan.children, readonly PlanNode[]>>();
void db.delete(users).all().explain();
// @ts-expect-error A write is complete before it is explained.
db.delete(users).explain();

// A stream has the query's rows.
const stream = db.select({ n: users.name }).from(users).stream({ batch: 10 });
expectType<Equal<typeof stream, AsyncIterable<{ n: string | null }>>>();
const raw = db.stream(sql<{ id: number }>`select id from users`, { batch: 10, timeoutMs: 100 });
expectType<Equal<typeof raw, AsyncIterable<{ id: number }>>>();
// @ts-expect-error SQL by hand is a fragment, so that its values are bound.
db.stream("select 1");
// @ts-expect-error There is no such option.
db.from(users).stream({ size: 10 });
