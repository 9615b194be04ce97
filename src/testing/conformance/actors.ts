import { table } from "../../schema/table.ts";
import { integer } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const acts = table("acts", { id: integer().primaryKey() });

/** Clients that know for whom they work. */
export function actorCases({ alone, expect, group }: Kit): void {
  group("actors", { acts }, (test) => {
    test("are known to a client, to its transactions and to what is nested in them", async ({
      db,
    }) => {
      const ada = { id: 1, ip: "10.0.0.1", userAgent: "test", team: "engines" };
      const own = db.as(ada);
      expect([db.actor, own.actor, own.as({ id: "x" }).actor]).toEqual([
        undefined,
        ada,
        { id: "x" },
      ]);
      await own.transaction(async (tx) => {
        expect(tx.actor).toEqual(ada);
        await tx.as({ id: 2 }).transaction(async (inner) => {
          await inner.insert(acts).values({ id: 1 });
          expect(inner.actor).toEqual({ id: 2 });
        });
        expect(tx.actor).toEqual(ada);
        expect(await tx.as({ id: 3 }).from(acts)).toEqual([{ id: 1 }]);
      });
      const begun = await own.begin();
      expect([begun.actor, begun.as({}).actor]).toEqual([ada, {}]);
      await begun.rollback();
      await db.transaction(async (tx) => expect(tx.actor).toBe(undefined));
      expect(await own.from(acts)).toEqual([{ id: 1 }]);
    });

    test("are those of the transaction that an ambient database takes part in", async () => {
      await alone(
        async (db) => {
          await db.as({ id: 1 }).transaction(async (tx) => {
            await tx.as({ id: 3 }).transaction(async () => expect(db.actor).toEqual({ id: 3 }));
            await db.transaction(async () => expect(db.actor).toEqual({ id: 1 }));
            await db.as({ id: 2 }).transaction(async () => expect(db.actor).toEqual({ id: 2 }));
            expect([db.actor, db.as({ id: 2 }).actor]).toEqual([{ id: 1 }, { id: 2 }]);
          });
          expect(db.actor).toBe(undefined);
        },
        { ambientTransactions: true },
      );
    });

    test("are objects, with an id that a column can hold", async ({ db }) => {
      for (const actor of [undefined, null, "ada", [], { id: {} }, { id: true }])
        expect(await failureOf(() => db.as(actor as never))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      expect(db.as({ id: null, ip: null }).actor).toEqual({ id: null, ip: null });
    });
  });
}
