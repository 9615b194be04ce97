/** The frames of a stack above a function: who called it, and who awaits that. */
export function framesAbove(called: (...parameters: never[]) => unknown): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, called);
  const frames = holder.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  return frames.join("\n");
}
