import { MissingPackageError } from "./error.ts";

/**
 * What is done where an optional package can't be loaded: `import("pg").catch(refuseMissing("pg", "PostgreSQL"))`. The
 * `catch` stands at the literal `import()`, as esbuild refuses to bundle a package that isn't there without one.
 *
 * @throws {MissingPackageError} with the command that installs it; what else went wrong, as it is.
 */
export function refuseMissing(packageName: string, purpose: string): (cause: unknown) => never {
  return (cause) => {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
      throw new MissingPackageError(packageName, purpose, cause);
    }
    throw cause;
  };
}
