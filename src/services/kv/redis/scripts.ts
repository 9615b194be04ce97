import { createHash } from "node:crypto";
import type { Argument, Procedure } from "../store.ts";
import type { CommandPart } from "./client.ts";

export interface Script {
  readonly text: string;
  readonly hash: string;
}

const scripts = new WeakMap<Procedure, Script>();

/** The server refuses a script for want of memory before it runs, not in its middle, as it begins with `#!`. */
function flagsOf({ isReadOnly, frees }: Procedure): string {
  return isReadOnly === true ? " flags=no-writes" : frees === true ? " flags=allow-oom" : "";
}

export function scriptOf(procedure: Procedure): Script {
  let script = scripts.get(procedure);
  if (script === undefined) {
    const text = `#!lua${flagsOf(procedure)}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
${procedure.lua}`;
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
