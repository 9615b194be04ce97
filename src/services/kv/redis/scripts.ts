import { createHash } from "node:crypto";
import type { Argument, Procedure } from "../store.ts";
import type { CommandPart } from "./client.ts";

export interface Script {
  readonly text: string;
  readonly hash: string;
}

/** Of the server, in whole milliseconds; for those that ask. */
const TIME = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const scripts = new WeakMap<Procedure, Script>();

/** The server refuses a script for want of memory before it runs, not in its middle, as it begins with `#!`. */
function flagsOf({ isReadOnly, frees }: Procedure): string {
  return isReadOnly === true ? " flags=no-writes" : frees === true ? " flags=allow-oom" : "";
}

export function scriptOf(procedure: Procedure): Script {
  let script = scripts.get(procedure);
  if (script === undefined) {
    const time = /\bnow\b/.test(procedure.lua) ? TIME : "";
    const text = `#!lua${flagsOf(procedure)}\n${time}${procedure.lua}`;
    script = { text, hash: createHash("sha1").update(text).digest("hex") };
    scripts.set(procedure, script);
  }
  return script;
}

export function commandPart(argument: Argument): CommandPart {
  if (typeof argument === "string") return argument;
  if (typeof argument === "number") return String(argument);
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
