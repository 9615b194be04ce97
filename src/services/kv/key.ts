/** Names in the store: parts that can't be mistaken for one another, whoever chose them. */

import { InvalidValueError } from "../../core/error.ts";

/** A key that shares its place, and so its procedures, with another: both are in one slot of a cluster. */
export class CompanionKey {
  readonly of: Parts;
  readonly name: string;

  constructor(of: Parts, name: string) {
    this.of = of;
    this.name = name;
  }
}

/** `["session", userId]`; a text is a key of one part, whatever it holds. */
export type Parts = string | readonly string[];

export type Key = Parts | CompanionKey;

/** Bytes of a whole key, as it is stored. */
const MAX_KEY_BYTES = 1_024;

/**
 * What separates, what has a meaning in a pattern of SCAN or for a cluster's slots, what would end a line or can't be
 * written as UTF-8, and what begins an encoding. All else stays readable.
 */
const UNSAFE_CHARACTERS = String.raw`[\u0000-\u0020%*:?[\\\]{}\u007f]`;
const HALF_PAIR = String.raw`[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]`;
const UNSAFE = new RegExp(`${UNSAFE_CHARACTERS}|${HALF_PAIR}`);
const EVERY_UNSAFE = new RegExp(UNSAFE, "g");

function encodeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  const hex = code.toString(16).toUpperCase();
  return code > 0xff ? `%u${hex.padStart(4, "0")}` : `%${hex.padStart(2, "0")}`;
}

function encodePart(part: string): string {
  if (typeof part !== "string") {
    throw new InvalidValueError("A part of a key is no text.", {
      hint: "Pass texts: String(id) where it is a number.",
    });
  }
  return UNSAFE.test(part) ? part.replace(EVERY_UNSAFE, encodeCharacter) : part;
}

function encodeParts(parts: Parts): string {
  if (typeof parts === "string") return encodePart(parts);
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new InvalidValueError("A key has no parts.", { hint: 'Write ["session", userId].' });
  }
  let text = encodePart(parts[0]!);
  for (let index = 1; index < parts.length; index++) text += `:${encodePart(parts[index]!)}`;
  return text;
}

/** What a store is told its keys begin with: `"app"` becomes `app:`, nothing becomes nothing. */
export function encodePrefix(prefix: string | undefined): string {
  return prefix === undefined || prefix === "" ? "" : `${encodeParts(prefix.split(":"))}:`;
}

/**
 * @param prefix As `encodePrefix` gives it.
 * @throws {InvalidValueError} E_VALUE_TOO_LONG above 1,024 bytes.
 */
export function encodeKey(prefix: string, key: Key): string {
  // A cluster takes the slot of what is between the first braces, and of the whole key where there are none: so both
  // are in one. No other key has braces.
  return checkLength(
    key instanceof CompanionKey
      ? `{${prefix}${encodeParts(key.of)}}:${encodePart(key.name)}`
      : prefix + encodeParts(key),
  );
}

function checkLength(text: string): string {
  if (text.length > MAX_KEY_BYTES / 3 && Buffer.byteLength(text) > MAX_KEY_BYTES) {
    throw new InvalidValueError(`A key is longer than ${MAX_KEY_BYTES} bytes.`, {
      code: "E_VALUE_TOO_LONG",
      hint: "Use a hash of what is long.",
    });
  }
  return text;
}

/** What the stored keys below a namespace begin with. */
export function encodeStart(prefix: string, namespace: Parts): string {
  return `${prefix}${encodeParts(namespace)}:`;
}

/** The one key of a procedure, as it is stored. */
export type StoredKey = readonly [key: string];

/** How many stored keys are remembered, and how long what they are of may be. */
const MAX_REMEMBERED = 4_096;
const MAX_REMEMBERED_LENGTH = 200;

/**
 * What gives the stored keys of subjects below a namespace. To find one again costs half of encoding it anew.
 *
 * @param start As `encodeStart` gives it.
 * @param partOf The last part of a subject's key.
 */
export function keysBelow(
  start: string,
  partOf: (subject: string) => string,
): (subject: string) => StoredKey {
  const remembered = new Map<string, StoredKey>();
  return (subject) => {
    const known = remembered.get(subject);
    if (known !== undefined) return known;
    const key: StoredKey = [checkLength(start + encodePart(partOf(subject)))];
    if (remembered.size === MAX_REMEMBERED) remembered.clear();
    if (subject.length <= MAX_REMEMBERED_LENGTH) remembered.set(subject, key);
    return key;
  };
}

/** The parts of a stored key, without the prefix. */
export function decodeKey(prefix: string, text: string): string[] {
  return text
    .slice(prefix.length)
    .split(":")
    .map((part) =>
      part.replace(/%(?:u([0-9A-F]{4})|([0-9A-F]{2}))/g, (_, wide?: string, narrow?: string) =>
        String.fromCharCode(parseInt(wide ?? narrow ?? "", 16)),
      ),
    );
}

/** A further key for what belongs to the first; procedures may use both at once on every store. */
export function companionKey(of: Parts, name: string): CompanionKey {
  return new CompanionKey(of, name);
}

/** The parts of a namespace as a program's author writes it: `"oidc:state"` is two. */
export function partsOfNamespace(namespace: string): readonly string[] {
  return namespace.split(":");
}
