/** What a program should change, told once to whoever runs it: Node prints it, `process.on("warning")` gets it. */
export type WarningCode =
  | "PLINTH_LEAKED_TRANSACTION"
  | "PLINTH_LOG_FAILED"
  | "PLINTH_OUTBOX_FAILED"
  | "PLINTH_OUTBOX_NEGLECTED"
  | "PLINTH_OUTSIDE_TRANSACTION"
  | "PLINTH_QUEUE_FAILED"
  | "PLINTH_REPEATED_QUERY"
  | "PLINTH_SOCKET_BRIDGE_FAILED";

/** Of what was thrown, as the detail of a warning. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : "What was thrown is no Error.";
}

/** @param detail Further lines, such as a stack. */
export function warn(code: WarningCode, message: string, detail: string): void {
  process.emitWarning(message, { type: "PlinthWarning", code, detail });
}
