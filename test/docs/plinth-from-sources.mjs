// For a child process: `node --import` this file, and `plinth` is what the sources say now, without a build.
import { registerHooks } from "node:module";

const entry = new URL("../../src/entry/", import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const [, name] = /^plinth(?:\/([a-z]+))?$/.exec(specifier) ?? [undefined, undefined];
    if (specifier !== "plinth" && name === undefined) return next(specifier, context);
    return { url: new URL(`${name ?? "main"}.ts`, entry).href, shortCircuit: true };
  },
});
