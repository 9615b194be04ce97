/** Encrypts the values of columns: AES-256-GCM, each column with keys of its own that are made from those given. */

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { SealedType } from "../ast/sealed.ts";
import { ConfigError, EncryptionError } from "../core/error.ts";
import { bytesOfValue, valueOfBytes } from "../dialect/values/value-bytes.ts";
import type { Cipher } from "../dialect/values/type-map.ts";

/** The keys of encrypted columns. */
export interface EncryptionSettings {
  /** The name of the key that values are written by. */
  readonly current: string;
  /**
   * Keys of 32 bytes, as bytes or in base64, by their names, which stand beside each value: letters, digits, `-`, `_` and
   * `.`, 32 at most. Those beside the current one are for what was written before.
   */
  readonly keys: Readonly<Record<string, Uint8Array | string>>;
}

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const RANDOM = 1;
const DETERMINISTIC = 2;
const NAME = /^[\w.-]{1,32}$/;

interface NamedKey {
  readonly name: string;
  readonly secret: Uint8Array;
}

/** The keys of one column. */
interface ColumnKeys {
  readonly encryption: Uint8Array;
  /** Makes the nonce of a value that is to be encrypted alike each time. */
  readonly nonce: Uint8Array;
}

function secretOf(name: string, key: Uint8Array | string): Uint8Array {
  const bytes = typeof key === "string" ? Buffer.from(key, "base64") : key;
  if (bytes instanceof Uint8Array && bytes.length === KEY_BYTES) return bytes;
  throw new ConfigError(`The encryption key "${name}" isn't of ${KEY_BYTES} bytes.`, {
    hint: "Make one: node -p \"crypto.randomBytes(32).toString('base64')\"",
  });
}

function keysOf({ current, keys }: EncryptionSettings): NamedKey[] {
  const names = Object.keys(keys);
  for (const name of names) {
    if (NAME.test(name)) continue;
    throw new ConfigError(
      "The name of an encryption key has letters, digits, `-`, `_` and `.`, 32 at most.",
    );
  }
  if (!names.includes(current)) {
    throw new ConfigError("The current encryption key is none of the keys.", {
      hint: 'Write { current: "2026", keys: { "2026": … } }.',
    });
  }
  const ordered = [current, ...names.filter((name) => name !== current)];
  return ordered.map((name) => ({ name, secret: secretOf(name, keys[name]!) }));
}

/** What stands before the nonce, and is authenticated with the value. */
function headOf(form: number, name: string): Buffer {
  return Buffer.concat([Uint8Array.of(form, name.length), Buffer.from(name, "latin1")]);
}

/**
 * @throws {ConfigError} for keys that are none.
 */
export function createCipher(settings: EncryptionSettings): Cipher {
  const keys = keysOf(settings);
  const byName = new Map(keys.map((key) => [key.name, key]));
  const made = new Map<string, ColumnKeys>();

  const columnKeys = ({ name, secret }: NamedKey, form: number, context: string): ColumnKeys => {
    const place = `${form} ${name} ${context}`;
    let own = made.get(place);
    if (own === undefined) {
      const derive = (use: string): Uint8Array =>
        new Uint8Array(
          hkdfSync("sha256", secret, "", `plinth 1 ${use} ${form} ${context}`, KEY_BYTES),
        );
      own = { encryption: derive("encryption"), nonce: derive("nonce") };
      made.set(place, own);
    }
    return own;
  };

  return {
    keyCount: keys.length,

    seal({ sealed: { context, isDeterministic, key = 0, of } }: SealedType) {
      const named = keys[key]!;
      const form = isDeterministic ? DETERMINISTIC : RANDOM;
      const own = columnKeys(named, form, context);
      const head = headOf(form, named.name);
      const aad = Buffer.concat([head, Buffer.from(context)]);
      return (value) => {
        const plain = bytesOfValue(of, value);
        const nonce = isDeterministic
          ? createHmac("sha256", own.nonce).update(plain).digest().subarray(0, NONCE_BYTES)
          : randomBytes(NONCE_BYTES);
        const cipher = createCipheriv(ALGORITHM, own.encryption, nonce).setAAD(aad);
        const text = [cipher.update(plain), cipher.final()];
        return Buffer.concat([head, nonce, ...text, cipher.getAuthTag()]);
      };
    },

    isCurrent(stored) {
      return readHead(stored).name === keys[0]!.name;
    },

    open({ sealed: { context, of } }: SealedType) {
      return (bytes) => {
        const { form, name, start } = readHead(bytes);
        const named = byName.get(name);
        if (named === undefined) throw new EncryptionError("unknown key");
        const end = bytes.length - TAG_BYTES;
        if (end < start + NONCE_BYTES) throw new EncryptionError("tampered");
        const own = columnKeys(named, form, context);
        const aad = Buffer.concat([headOf(form, name), Buffer.from(context)]);
        try {
          const decipher = createDecipheriv(
            ALGORITHM,
            own.encryption,
            bytes.subarray(start, start + NONCE_BYTES),
            {
              authTagLength: TAG_BYTES,
            },
          );
          decipher.setAAD(aad).setAuthTag(bytes.subarray(end));
          const text = [
            decipher.update(bytes.subarray(start + NONCE_BYTES, end)),
            decipher.final(),
          ];
          return valueOfBytes(of, Buffer.concat(text));
        } catch {
          // What was wrong with it might hold the value.
          throw new EncryptionError("tampered");
        }
      };
    },
  };
}

/** The form and the key's name that stand before a value. */
function readHead(bytes: Uint8Array): { form: number; name: string; start: number } {
  const [form, length = 0] = bytes;
  const start = 2 + length;
  const isKnown = form === RANDOM || form === DETERMINISTIC;
  const name = Buffer.from(bytes.subarray(2, start)).toString("latin1");
  if (!isKnown || name.length !== length || !NAME.test(name))
    throw new EncryptionError("not encrypted");
  return { form, name, start };
}
