import {
  clearBits,
  fromBits,
  hasAll,
  hasAny,
  hasNone,
  includesBits,
  setBits,
  toBits,
} from "../../query/functions/bits.ts";
import { and, eq, inArray, isNull, not } from "../../query/expression.ts";
import { bitField } from "../../schema/bit-field.ts";
import { table } from "../../schema/table.ts";
import { integer } from "../../schema/types.ts";
import { sql } from "../../query/sql.ts";
import { failureOf, type Kit } from "./kit.ts";

const roles = table("bit_roles", {
  id: integer().primaryKey(),
  can: bitField("permissions", { flags: { read: 0, write: 1, ban: 31, kick: 32, own: 62 } })
    .notNull()
    .default(1n),
  extra: bitField({ flags: { a: 0, b: 1 } }),
});

const ALL = 2n ** 63n - 1n;

/** Flags with names in one whole number. */
export function bitFieldCases({ expect, group }: Kit): void {
  group("bit fields", { roles }, (test) => {
    test("keep every bit from 0 to 62", async ({ db }) => {
      const values = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 62n, ALL];
      await db.insert(roles).values(values.map((can, id) => ({ id, can })));
      expect(await db.select({ can: roles.can }).from(roles).orderBy(roles.id).list()).toEqual(
        values,
      );
      expect(
        await db.select({ id: roles.id }).from(roles).where(eq(roles.can, ALL)).list(),
      ).toEqual([6]);
      expect(
        await db
          .select({ id: roles.id })
          .from(roles)
          .where(inArray(roles.can, [0n, ALL]))
          .orderBy(roles.id)
          .list(),
      ).toEqual([0, 6]);
      for (const can of [-1n, 2n ** 63n])
        expect(await failureOf(db.insert(roles).values({ id: 9, can }))).toMatchObject({
          code: "E_OUT_OF_RANGE",
        });
      expect(await failureOf(db.insert(roles).values({ id: 9, can: 1 as never }))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
      const below = await failureOf(
        db.execute(sql`insert into ${roles} (id, permissions) values (9, ${-1})`),
      );
      expect(
        ["E_CHECK_VIOLATION", "E_OUT_OF_RANGE"].includes((below as { code: string }).code),
      ).toBe(true);
      expect(await db.insert(roles).values({ id: 10 }).returning()).toEqual([
        { id: 10, can: 1n, extra: null },
      ]);
    });

    test("are asked for flags by their names", async ({ db }) => {
      await db.insert(roles).values([
        { id: 1, can: 0n },
        { id: 2, can: toBits(roles.can, ["read"]) },
        { id: 3, can: toBits(roles.can, ["read", "own"]) },
        { id: 4, can: ALL },
      ]);
      const ids = (condition: ReturnType<typeof hasAll>): Promise<number[]> =>
        db.select({ id: roles.id }).from(roles).where(condition).orderBy(roles.id).list();
      expect(await ids(hasAll(roles.can, ["read", "own"]))).toEqual([3, 4]);
      expect(await ids(hasAny(roles.can, ["ban", "own"]))).toEqual([3, 4]);
      expect(await ids(hasAny(roles.can, ["read"]))).toEqual([2, 3, 4]);
      expect(await ids(hasNone(roles.can, ["ban", "own"]))).toEqual([1, 2]);
      expect(await ids(not(hasAll(roles.can, ["kick"])))).toEqual([1, 2, 3]);
      expect(await ids(hasAll(roles.can, []))).toEqual([1, 2, 3, 4]);
      expect(await ids(hasAny(roles.can, []))).toEqual([]);
      expect(await ids(hasNone(roles.can, []))).toEqual([1, 2, 3, 4]);
      expect(await ids(hasNone(roles.extra, ["a"]))).toEqual([]);
    });

    test("are changed flag by flag", async ({ db }) => {
      await db.insert(roles).values([
        { id: 1, can: ALL },
        { id: 2, can: 0n, extra: 0n },
      ]);
      await db
        .update(roles)
        .set({ can: clearBits(roles.can, ["read", "own"]) })
        .all();
      expect((await db.from(roles).find(1))?.can).toBe(ALL - 1n - 2n ** 62n);
      const set = { can: setBits(roles.can, ["own", "kick"]), extra: setBits(roles.extra, ["b"]) };
      const [second] = await db.update(roles).set(set).where(eq(roles.id, 2)).returning();
      expect(second).toEqual({ id: 2, can: 2n ** 62n + 2n ** 32n, extra: 2n });
      await db.update(roles).set(set).where(eq(roles.id, 1));
      const still = db.from(roles).where(and(isNull(roles.extra), hasAll(roles.can, ["own"])));
      expect(await still.count()).toBe(1);
    });

    test("are taken apart in the program", async () => {
      expect(toBits(roles.can, ["own", "read", "read"])).toBe(2n ** 62n + 1n);
      expect(fromBits(roles.can, ALL)).toEqual(["read", "write", "ban", "kick", "own"]);
      expect(fromBits(roles.can, 4n)).toEqual([]);
      expect(includesBits(roles.can, 3n, ["read", "write"])).toBe(true);
      expect(includesBits(roles.can, 2n, ["read", "write"])).toBe(false);
      for (const name of ["none", "constructor", "__proto__"] as never[])
        expect(await failureOf(() => hasAll(roles.can, [name]))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      expect(await failureOf(() => hasAny(roles.id as never, []))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });
  });
}
