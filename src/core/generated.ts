let serial = 0;

/**
 * A function from code over places only: names and functions are handed in as data, so that no name ever becomes code. The
 * serial number keeps the engine from sharing one function's type feedback among all of the same text, which costs a tenth.
 *
 * @param data By the names that the code has for it.
 * @param body Returns the function.
 * @returns undefined where the process forbids code from text (`--disallow-code-generation-from-strings`).
 */
export function generated<Made>(
  data: Readonly<Record<string, unknown>>,
  body: string,
): Made | undefined {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- see above: the text holds places, no names.
    return new Function(...Object.keys(data), `/* ${++serial} */ ${body}`)(
      ...Object.values(data),
    ) as Made;
  } catch {
    return undefined;
  }
}

/** After so many values generated code reads or checks them: making it takes 12 µs and more, and saves 10 to 30 ns of each. */
export const VALUES_BEFORE_GENERATING = 1_000;
