/** From a program's values to what a driver binds, in place. */

import { generated, VALUES_BEFORE_GENERATING } from "../core/generated.ts";
import type { Binding } from "../dialect/sql/writer.ts";
import { encodeFor, naming } from "../dialect/values/type-map.ts";

/** Checks and stores each value, of which there are as many as bindings. */
export type EncodeValues = (values: unknown[]) => void;

/** Code for more columns than these would be long, and what takes part in it no longer put in place by the engine. */
const MAX_GENERATED = 64;

/** A loop for the first values, generated code for many: there the engine puts the check of each column in its place. */
export function createEncoder(bindings: readonly Binding[]): EncodeValues {
  const loop = looping(bindings);
  if (bindings.length === 0) return loop;
  let current = loop;
  let count = 0;
  current = (values) => {
    count += values.length;
    if (count > VALUES_BEFORE_GENERATING) current = generate(bindings) ?? loop;
    loop(values);
  };
  return (values) => current(values);
}

function looping(bindings: readonly Binding[]): EncodeValues {
  return (values) => {
    for (let place = 0; place < bindings.length; place++) {
      const { column, encode } = bindings[place]!;
      const value = values[place];
      if (value !== null) values[place] = encodeFor(column, encode, value);
    }
  };
}

function generate(bindings: readonly Binding[]): EncodeValues | undefined {
  const width = widthOf(bindings);
  if (width > MAX_GENERATED) return undefined;
  const row = bindings.slice(0, width);
  const data: Record<string, unknown> = {
    refuse: (place: number, error: unknown): never => {
      throw naming(row[place]!.column, error);
    },
  };
  const lines = row.map(({ encode }, place) => {
    data[`e${place}`] = encode;
    const cell = `values[at + ${place}]`;
    return `place = ${place}; value = ${cell}; if (value !== null) ${cell} = e${place}(value);`;
  });
  return generated(
    data,
    "return (values) => { let place, value; try { " +
      `for (let at = 0; at < values.length; at += ${width}) { ${lines.join(" ")} } ` +
      "} catch (error) { refuse(place, error); } }",
  );
}

/** After how many values they are for the same columns again, as in rows of an insert. */
function widthOf(bindings: readonly Binding[]): number {
  const isSame = (one: Binding, { column, encode }: Binding): boolean =>
    one.column === column && one.encode === encode;
  const second = bindings.findIndex((binding, at) => at > 0 && isSame(binding, bindings[0]!));
  const isRepeated =
    second > 0 &&
    bindings.length % second === 0 &&
    bindings.every((binding, at) => isSame(binding, bindings[at % second]!));
  return isRepeated ? second : bindings.length;
}
