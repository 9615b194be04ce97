import {
  and,
  coalesce,
  contains,
  eq,
  lower,
  or,
  type Executor,
  type NewRowOf,
  type Page,
  type RowOf,
} from "plinth";
import { record, type Actor } from "./audit.ts";
import { requireSystem } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import { alters } from "./schema/systems.ts";
import type { PageRequest } from "./page.ts";

export type Alter = RowOf<typeof alters>;
export type AlterFields = Pick<NewRowOf<typeof alters>, "avatarUrl" | "description" | "name">;

/** Makes any number of alters at once: all, or none. */
export async function createAlters(
  db: Executor,
  actor: Actor,
  systemId: number,
  all: readonly AlterFields[],
): Promise<Alter[]> {
  return db.transaction(async (tx) => {
    await requireSystem(tx, actor, systemId);
    const made = await tx
      .insert(alters)
      .values(all.map((fields) => ({ ...fields, systemId })))
      .returning();
    await record(tx, actor, {
      action: "alter.created",
      entityType: "system",
      entityId: systemId,
      details: { count: made.length },
    });
    return made;
  });
}

export async function updateAlter(
  db: Executor,
  actor: Actor,
  alterId: number,
  changes: Partial<AlterFields>,
): Promise<Alter> {
  return db.transaction(async (tx) => {
    await requireAlter(tx, actor, alterId);
    await record(tx, actor, { action: "alter.updated", entityType: "alter", entityId: alterId });
    return tx.update(alters).set(changes).where(eq(alters.id, alterId)).returning().one();
  });
}

export async function removeAlter(db: Executor, actor: Actor, alterId: number): Promise<void> {
  await db.transaction(async (tx) => {
    const { name } = await requireAlter(tx, actor, alterId);
    await tx.delete(alters).where(eq(alters.id, alterId));
    await record(tx, actor, {
      action: "alter.removed",
      entityType: "alter",
      entityId: alterId,
      details: { name },
    });
  });
}

async function requireAlter(db: Executor, actor: Actor, alterId: number): Promise<Alter> {
  const alter = await db.from(alters).find(alterId);
  if (alter === undefined) throw new Refusal("not found", "There is no such alter.");
  await requireSystem(db, actor, alter.systemId);
  return alter;
}

/** Those whose name or description holds the words that are searched for, in whatever case. */
export async function pageOfAlters(
  db: Executor,
  systemId: number,
  { search, page, size }: PageRequest & { readonly search?: string },
): Promise<Page<Alter>> {
  return db
    .from(alters)
    .where(
      and(
        eq(alters.systemId, systemId),
        search === undefined ? undefined : mentions(search.toLowerCase()),
      ),
    )
    .orderBy(alters.name)
    .page(page, { size });
}

function mentions(words: string) {
  return or(
    contains(lower(alters.name), words),
    contains(lower(coalesce(alters.description, "")), words),
  );
}
