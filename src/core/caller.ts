/** The frames of a stack above a function: who called it, and who awaits that. */
export function framesAbove(called: (...parameters: never[]) => unknown): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, called);
  const frames = holder.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  return frames.join("\n");
}

/** A bundle of CommonJS, as esbuild makes it, has none. */
const ownUrl: string | undefined = import.meta.url;

/**
 * Where Plinth's own modules are, without the scheme: sources in `src/`, what is shipped in `dist/`. In a bundle every line
 * is of one file, so none is told from another.
 */
const ownFolder = (ownUrl ?? "")
  .replace(/^file:\/\//, "")
  .replace(/^(.*\/(?:dist|src)\/).*$/s, "$1");

/** The lines of a stack that are the program's, from the innermost on: without Plinth's own, and without Node's. */
export function programLines(stack: string | undefined): string[] {
  return (stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes(ownFolder) && !/[( ]node:/.test(line))
    .map((line) => line.trim().replaceAll("file://", ""));
}

/** The place of the innermost line that is the program's, such as `"/app/users.ts:12:5"`. */
export function programPlace(stack: string | undefined): string | undefined {
  const [line] = programLines(stack);
  return line?.replace(/^at (?:.*\((.*)\)|(?:async )?(.*))$/, "$1$2");
}
