/** The value of an entry, or that there is none, with the versions of the tags that it stands and falls with. */

import type { Datum } from "../kv/store.ts";
import type { AnyCodec } from "./codec.ts";

const VALUE = "v";
const NOTHING = "n";
const TAGGED = "t";
/** No tag's JSON holds it. */
const TAGS_END = "\n";

/** Tags with their versions, as they were before the value was loaded. */
export type Stamps = readonly (readonly [tag: string, version: string])[];

export interface Body {
  /** None: the entry says that there is nothing. */
  readonly payload: Datum | undefined;
  readonly stamps: Stamps;
}

/** Throws what is no body: then something else stands under the key. */
export function readBody(body: Datum): Body {
  if (typeof body === "string") return bodyOf(body, (end) => body.slice(end));
  const tagsEnd = body[0] === TAGGED.charCodeAt(0) ? body.indexOf(TAGS_END.charCodeAt(0)) + 1 : 0;
  const head = Buffer.from(body.subarray(0, tagsEnd + 1)).toString();
  return bodyOf(head, () => body.subarray(tagsEnd + 1));
}

function bodyOf(head: string, payloadFrom: (end: number) => Datum): Body {
  let at = 0;
  let stamps: Stamps = [];
  if (head.startsWith(TAGGED)) {
    at = head.indexOf(TAGS_END) + 1;
    stamps = JSON.parse(head.slice(1, at)) as Stamps;
  }
  if (head.startsWith(VALUE, at)) return { payload: payloadFrom(at + 1), stamps };
  if (head.startsWith(NOTHING, at)) return { payload: undefined, stamps };
  throw new SyntaxError("That is no entry of a cache.");
}

export function writeBody({ payload, stamps }: Body): Datum {
  const tags = stamps.length === 0 ? "" : `${TAGGED}${JSON.stringify(stamps)}${TAGS_END}`;
  if (payload === undefined) return tags + NOTHING;
  const head = tags + VALUE;
  return typeof payload === "string" ? head + payload : Buffer.concat([Buffer.from(head), payload]);
}

/** `undefined` is nothing, whatever the codec would make of it. */
export function encodeValue(codec: AnyCodec, value: unknown): Datum | undefined {
  return value === undefined ? undefined : codec.encode(value);
}

export function decodeValue(codec: AnyCodec, payload: Datum | undefined): unknown {
  if (payload === undefined) return undefined;
  if (codec.isBinary === true) {
    return codec.decode(typeof payload === "string" ? Buffer.from(payload) : payload);
  }
  return codec.decode(typeof payload === "string" ? payload : Buffer.from(payload).toString());
}
