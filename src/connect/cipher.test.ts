import { expect, test } from "vitest";
import type { SealedType } from "../ast/sealed.ts";
import type { EncryptionError } from "../core/error.ts";
import { infoOf, table } from "../schema/table.ts";
import { integer, text } from "../schema/types.ts";
import { createCipher } from "./cipher.ts";

const people = table("people", {
  id: integer().primaryKey(),
  name: text().encrypted({ deterministic: true }),
  nick: text().encrypted({ deterministic: true }),
  note: text().encrypted(),
});

function typeOf(key: "name" | "nick" | "note"): SealedType {
  return infoOf(people).column(key)!.type as SealedType;
}

const KEYS = { current: "2026", keys: { "2026": new Uint8Array(32).fill(7) } };

test("a value is bound to its column, and as long as it is and 62 bytes at most", () => {
  const cipher = createCipher(KEYS);
  const sealed = cipher.seal(typeOf("name"))("Ada");
  // Two bytes, the key's name, the nonce, the length of the text and the text, the tag.
  expect(sealed.length).toBe(2 + 4 + 12 + 4 + 16);
  expect(cipher.open(typeOf("name"))(sealed)).toBe("Ada");
  expect(() => cipher.open(typeOf("nick"))(sealed)).toThrow(/changed, moved/);
  expect(() => cipher.open(typeOf("note"))(sealed)).toThrow(/changed, moved/);
});

test("equal values are equal bytes in one column by one key, and nowhere else", () => {
  const cipher = createCipher(KEYS);
  const hex = (key: "name" | "nick" | "note", value: string): string =>
    Buffer.from(cipher.seal(typeOf(key))(value)).toString("hex");
  expect(hex("name", "Ada")).toBe(hex("name", "Ada"));
  expect(hex("name", "Ada")).toBe(
    Buffer.from(createCipher(KEYS).seal(typeOf("name"))("Ada")).toString("hex"),
  );
  expect(hex("name", "Ada")).not.toBe(hex("name", "Bob"));
  expect(hex("name", "Ada")).not.toBe(hex("nick", "Ada"));
  expect(hex("note", "Ada")).not.toBe(hex("note", "Ada"));
});

test("what is stored today is read for ever", () => {
  const cipher = createCipher(KEYS);
  const deterministic = Buffer.from(cipher.seal(typeOf("name"))("Ada")).toString("hex");
  expect(deterministic).toBe(PINNED);
  expect(cipher.open(typeOf("name"))(Buffer.from(PINNED, "hex"))).toBe("Ada");
});

test("every changed bit is noticed, and no error holds the value", () => {
  const cipher = createCipher(KEYS);
  const open = cipher.open(typeOf("note"));
  const sealed = cipher.seal(typeOf("note"))("a canary");
  for (let at = 0; at < sealed.length; at++) {
    for (const bit of [1, 128]) {
      const changed = sealed.map((byte, place) => (place === at ? byte ^ bit : byte));
      let error: EncryptionError | undefined;
      try {
        open(changed);
      } catch (thrown) {
        error = thrown as EncryptionError;
      }
      expect(error?.code, `byte ${at}`).toBe("E_ENCRYPTION");
      expect(String(error?.stack)).not.toContain("canary");
    }
    expect(() => open(sealed.subarray(0, at))).toThrow(/ncrypted/);
  }
});

const PINNED = "020432303236b113227d15a4837c1f014b17a4f805f08a23a4292995712d18765f9d118822db";
