import { eq } from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
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

    test.needing(
      ({ localSettings }) => localSettings,
      "bring settings along, which nobody else has, in transactions and out of them",
      async ({ db }) => {
        const setting = sql<string | null>`nullif(current_setting('app.tenant', true), '')`;
        const read = async (by: Pick<typeof db, "execute">): Promise<unknown> =>
          (await by.execute<{ tenant: string | null }>(sql`select ${setting} as tenant`)).rows[0]!
            .tenant;
        const own = db.as({ id: 1 }, { settings: { "app.tenant": 7 } });
        const other = db.as({ id: 2 }, { settings: { "app.tenant": "it's" } });
        await own.insert(acts).values([{ id: 1 }, { id: 2 }]);
        const seen = [];
        for (let round = 0; round < 4; round++)
          seen.push(await Promise.all([read(own), read(db), read(other), read(db)]));
        expect(seen).toEqual(Array.from({ length: 4 }, () => ["7", null, "it's", null]));
        await own.transaction(async (tx) => {
          expect(await read(tx)).toBe("7");
          await tx.transaction(async (inner) => expect(await read(inner)).toBe("7"));
          expect(await read(tx.as({ id: 3 }, { settings: { "app.tenant": 7 } }))).toBe("7");
          expect(
            await failureOf(() => tx.as({ id: 3 }, { settings: { "app.tenant": 8 } })),
          ).toMatchObject({ code: "E_INVALID_VALUE" });
        });
        await db.transaction(async (tx) => {
          expect(
            await failureOf(() => tx.as({ id: 3 }, { settings: { "app.tenant": 7 } })),
          ).toMatchObject({ code: "E_INVALID_VALUE" });
        });
        const begun = await own.begin();
        expect(await read(begun)).toBe("7");
        await begun.commit();
        const streamed: unknown[] = [];
        const tenants = own.select({ tenant: setting }).from(acts).orderBy(asc(acts.id));
        for await (const row of tenants.stream({ batch: 1 })) streamed.push(row.tenant);
        expect(streamed).toEqual(["7", "7"]);
        for await (const row of tenants.stream({ batch: 1 })) {
          expect(row.tenant).toBe("7");
          break;
        }
        expect(await tenants.timeout(5_000)).toEqual([{ tenant: "7" }, { tenant: "7" }]);
        const written = own.update(acts).set({ id: 3 }).where(eq(acts.id, 1));
        expect(await written.returning({ tenant: setting })).toEqual([{ tenant: "7" }]);
        const taken = await failureOf(own.insert(acts).values({ id: 3 }));
        expect(taken).toMatchObject({ code: "E_UNIQUE_VIOLATION", columns: ["id"] });
        expect([await read(own), await read(db)]).toEqual(["7", null]);
        expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
        for (const settings of [{ tenant: 1 }, { "app.tenant": null }, { "app.'x": 1 }])
          expect(await failureOf(() => db.as({}, { settings: settings as never }))).toMatchObject({
            code: "E_INVALID_VALUE",
          });
      },
    );

    test("are objects, with an id that a column can hold", async ({ db }) => {
      for (const actor of [undefined, null, "ada", [], { id: {} }, { id: true }])
        expect(await failureOf(() => db.as(actor as never))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      expect(db.as({ id: null, ip: null }).actor).toEqual({ id: null, ip: null });
    });
  });
}
