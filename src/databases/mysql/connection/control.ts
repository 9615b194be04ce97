/** The statements that begin and end transactions, which each of them sends: a text is taken apart once. */

import { splitScript } from "../../../dialect/text/split-script.ts";
import { MYSQL_LEXIS } from "../lexis.ts";
import { textPacket } from "./quick-control.ts";

export interface Control {
  readonly text: string;
  /** What is sent. */
  readonly packet: Buffer;
  readonly isBegin: boolean;
  readonly isCommit: boolean;
  /** Of all of the transaction, not to a savepoint. */
  readonly isRollback: boolean;
}

const CONTROL = /^(?:set transaction|start transaction|begin|commit|rollback|savepoint|release)\b/i;

/** More texts than Plinth itself has; those that a program writes by hand may be without number. */
const MAX_KNOWN = 64;
const known = new Map<string, readonly Control[]>();

/** The statements of a script of nothing else; undefined for any other. */
export function controlsOf(script: string): readonly Control[] | undefined {
  const found = known.get(script);
  if (found !== undefined) return found;
  const statements = splitScript(script, MYSQL_LEXIS);
  if (!statements.every(({ text }) => CONTROL.test(text))) return undefined;
  const controls = statements.map(({ text }) => readControl(text));
  if (known.size < MAX_KNOWN) known.set(script, controls);
  return controls;
}

function readControl(text: string): Control {
  const [, word] = /^(\w+)(?! to\b)/i.exec(text.toLowerCase()) ?? [];
  return {
    text,
    packet: textPacket(text),
    isBegin: word === "start" || word === "begin",
    isCommit: word === "commit",
    isRollback: word === "rollback",
  };
}
