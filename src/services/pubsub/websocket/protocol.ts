/** What the two ends of a WebSocket say: one JSON object in each message of text. */

import type { LossReason } from "../../../core/error.ts";

/** What a client says. Whatever comes counts as a sign of life. */
export type ClientMessage =
  | {
      readonly type: "subscribe";
      readonly channel: readonly string[];
      /** The id that came last, when the client comes back. */
      readonly after: string | undefined;
    }
  | { readonly type: "unsubscribe"; readonly channel: readonly string[] }
  | { readonly type: "pong" };

export type RefusalReason = "failed" | "forbidden" | "invalid" | "too many";

/** What the server says. */
export type ServerMessage =
  | {
      readonly type: "subscribed" | "unsubscribed";
      readonly channel: readonly string[];
      /** Behind which everything comes: what to come back with as long as no event has. */
      readonly id?: string;
    }
  | {
      readonly type: "event";
      readonly channel: readonly string[];
      readonly id: string;
      readonly data: unknown;
      readonly key?: string | undefined;
    }
  | {
      readonly type: "lost";
      readonly channel: readonly string[];
      readonly id: string;
      readonly reason: LossReason;
    }
  | {
      readonly type: "refused";
      readonly channel: readonly string[] | null;
      readonly reason: RefusalReason;
    }
  | { readonly type: "ping" };

const MAX_PARTS = 8;
const MAX_PART_LENGTH = 200;

/** A channel is a list of texts; one text is a list of one. */
function parseChannel(given: unknown): readonly string[] | undefined {
  const parts: unknown = typeof given === "string" ? [given] : given;
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > MAX_PARTS) return undefined;
  const isText = (part: unknown): part is string =>
    typeof part === "string" && part.length <= MAX_PART_LENGTH && part.isWellFormed();
  return parts.every(isText) ? parts : undefined;
}

/** Undefined for what is none. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof given !== "object" || given === null) return undefined;
  const { after, channel: name, type } = given as Readonly<Record<string, unknown>>;
  if (type === "pong") return { type };
  if (type !== "subscribe" && type !== "unsubscribe") return undefined;
  const channel = parseChannel(name);
  if (channel === undefined) return undefined;
  if (type === "unsubscribe") return { type, channel };
  if (after !== undefined && after !== null && typeof after !== "string") return undefined;
  return { type, channel, after: after ?? undefined };
}

/** What JSON has no word for: bigints are their decimal text, sets and maps lists, bytes Base64. */
function jsonForm(this: unknown, _name: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Set || value instanceof Map) return [...value];
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  return value;
}

export function writeServerMessage(message: ServerMessage): string {
  return JSON.stringify(message, jsonForm);
}
