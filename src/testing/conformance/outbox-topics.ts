import { createOutbox } from "../../outbox/outbox.ts";
import { outboxTables } from "../../outbox/tables.ts";
import { isNotNull } from "../../query/expression.ts";
import { defineSchema } from "../../schema/schema.ts";
import { failureOf, type Kit } from "./kit.ts";

const { plinthOutbox } = outboxTables;
const schema = defineSchema({ ...outboxTables });

export function outboxTopicCases({ expect, schemaGroup }: Kit): void {
  schemaGroup("topics of an outbox", schema, (test) => {
    test("tells which topics wait, and once of those that nobody takes", async ({ db }) => {
      const told: unknown[] = [];
      const onError = (error: unknown): void => void told.push(error);
      const outbox = createOutbox<Record<string, null>>(db, {
        handlers: { here: () => {} },
        onError,
      });
      try {
        await db.transaction(async (tx) => {
          for (const topic of ["here", "nowhere", "nowhere"]) outbox.add(tx, topic, null);
        });
        const { oldest, topics, ...counts } = await outbox.counts();
        expect(counts).toEqual({ waiting: 3, dead: 0 });
        expect(topics.map(({ topic, waiting, isHandled }) => [topic, waiting, isHandled])).toEqual([
          ["nowhere", 2, false],
          ["here", 1, true],
        ]);
        expect(topics.every((topic) => topic.oldest.getTime() >= oldest!.getTime())).toBe(true);
        await outbox["~core"].tellNeglected();
        expect(told).toEqual([]);
        const dueAt = new Date(Date.now() - 7_200_000);
        await db.update(plinthOutbox).set({ dueAt }).where(isNotNull(plinthOutbox.dueAt));
        await outbox["~core"].tellNeglected();
        await outbox["~core"].tellNeglected();
        expect(told.length).toBe(1);
        const { message } = told[0] as Error;
        const expected = 'Nobody has taken entries of the topic "nowhere" for ten minutes; 2 wait.';
        expect(message.startsWith(expected)).toBe(true);
      } finally {
        await outbox.close();
      }
    });

    test("refuses topics that no database keeps, and times that are none, where they are given", async ({
      db,
    }) => {
      const outbox = createOutbox(db);
      try {
        await db.transaction(async (tx) => {
          for (const topic of ["", "a\0b", "\ud800", "x".repeat(201)]) {
            const error = await failureOf(async () => outbox.add(tx, topic, null));
            expect(error).toMatchObject({ code: "E_INVALID_VALUE" });
          }
        });
        for (const timeoutMs of [-1, Number.NaN]) {
          expect(await failureOf(outbox.stop({ timeoutMs }))).toMatchObject({
            code: "E_INVALID_VALUE",
          });
        }
        expect(
          await failureOf(async () => createOutbox(db, { handlers: { "a\0b": () => {} } })),
        ).toMatchObject({ code: "E_CONFIG" });
      } finally {
        await outbox.close();
      }
    });
  });
}
