import { expect, test } from "vitest";
import { bindExecuteSync } from "./wire.ts";

/** The messages of a buffer: type and body. */
function messagesOf(bytes: Buffer): [string, Buffer][] {
  const messages: [string, Buffer][] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readInt32BE(at + 1);
    messages.push([String.fromCharCode(bytes[at]!), bytes.subarray(at + 5, at + 1 + length)]);
    at += 1 + length;
  }
  return messages;
}

test("a query is three messages, one behind the other", () => {
  const messages = messagesOf(bindExecuteSync("plinth_1", ["é", null, ""]));
  expect(messages.map(([type]) => type)).toEqual(["B", "E", "S"]);
  const [[, bind], [, execute], [, sync]] = messages as [
    [string, Buffer],
    [string, Buffer],
    [string, Buffer],
  ];
  expect([...bind]).toEqual([
    0,
    ...Buffer.from("plinth_1"),
    0,
    0,
    0,
    0,
    3,
    0,
    0,
    0,
    2,
    195,
    169,
    255,
    255,
    255,
    255,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
  expect([...execute]).toEqual([0, 0, 0, 0, 0]);
  expect([...sync]).toEqual([]);
});

test("bytes among the values are told by their format", () => {
  const [[, bind]] = messagesOf(bindExecuteSync("", ["a", Buffer.of(0, 255), null])) as [
    [string, Buffer],
  ];
  expect([...bind]).toEqual([
    0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 1, 97, 0, 0, 0, 2, 0, 255, 255, 255, 255, 255, 0,
    0,
  ]);
});

test("as many values as the protocol can count", () => {
  const values = Array.from({ length: 65_535 }, () => "x");
  const [[type, bind]] = messagesOf(bindExecuteSync("", values)) as [[string, Buffer]];
  expect(type).toBe("B");
  expect(bind.readUInt16BE(4)).toBe(65_535);
});

test.each(["", "plain", "é", "a".repeat(48), "a".repeat(49), `${"a".repeat(47)}é`, "😀", "\ud800"])(
  "a text goes as UTF-8: %j",
  (text) => {
    const [[, bind]] = messagesOf(bindExecuteSync("", [text])) as [[string, Buffer]];
    const bytes = Buffer.from(text);
    expect(bind.readInt32BE(6)).toBe(bytes.length);
    expect(bind.subarray(10, -2)).toEqual(bytes);
  },
);
