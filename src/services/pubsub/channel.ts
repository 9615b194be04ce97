/** The names of channels, and the types of what they carry. */

import { InvalidValueError } from "../../core/error.ts";
import { jsonCodec, type TextCodec } from "../cache/codec.ts";
import { encodeKey, type Parts } from "../kv/key.ts";

type Segment<Text extends string> = Text extends `{${string}}` ? string : Text;

type Segments<Name extends string> = Name extends `${infer Head}:${infer Tail}`
  ? [Segment<Head>, ...Segments<Tail>]
  : [Segment<Name>];

/** `"global"` is a channel; `"channel:{id}"` are all of `["channel", id]`. */
type ChannelNamed<Name extends string> = Name extends `${string}:${string}`
  ? Readonly<Segments<Name>>
  : Segment<Name> | readonly [Segment<Name>];

/** The channels of a map from names to events. */
export type ChannelOf<Channels> = string extends keyof Channels
  ? Parts
  : { [Name in keyof Channels & string]: ChannelNamed<Name> }[keyof Channels & string];

/** What a channel of such a map carries. */
export type EventOf<Channels, Channel> = string extends keyof Channels
  ? Channels[keyof Channels]
  : {
      [Name in keyof Channels & string]: Channel extends ChannelNamed<Name>
        ? Channels[Name]
        : never;
    }[keyof Channels & string];

export type ChannelCodecs<Channels> = {
  readonly [Name in keyof Channels & string]?: TextCodec<Channels[Name]>;
};

interface Template {
  /** Undefined where any text stands. */
  readonly segments: readonly (string | undefined)[];
  readonly codec: TextCodec;
}

function parseTemplate([name, codec]: [string, unknown]): Template {
  const segments = name
    .split(":")
    .map((segment) => (/^\{.*\}$/.test(segment) ? undefined : segment));
  // A map's codecs are those of its events.
  return { segments, codec: codec as TextCodec };
}

/** Which codec a channel has. */
export function codecFinder(codecs: object): (channel: Parts) => TextCodec {
  const templates = Object.entries(codecs).map(parseTemplate);
  return (channel) => {
    const parts = typeof channel === "string" ? [channel] : channel;
    const found = templates.find(
      ({ segments }) =>
        segments.length === parts.length &&
        segments.every((segment, index) => segment === undefined || segment === parts[index]),
    );
    return found?.codec ?? jsonCodec;
  };
}

/** Of what a store takes as a key; the rest is for what stands before the name, and for the log's own keys. */
const MAX_NAME_BYTES = 800;

/** A channel's name, as a text. */
export function nameOf(channel: Parts): string {
  const name = encodeKey("", channel);
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  throw new InvalidValueError(`The name of a channel is longer than ${MAX_NAME_BYTES} bytes.`, {
    hint: "Use a hash of what is long.",
  });
}

const KEY = /^[\u0021-\u007e]{1,200}$/;

/** What a publisher gives so that the same isn't told twice. */
export function checkEventKey(key: string): string {
  if (typeof key === "string" && KEY.test(key)) return key;
  throw new InvalidValueError(
    "An event's key is a text of 1 to 200 printable characters of ASCII, without a space.",
    { hint: "Pass an id, such as a UUID." },
  );
}
