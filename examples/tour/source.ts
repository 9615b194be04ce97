// Parts of the tour's own source, for it to print.
import { readFileSync } from "node:fs";

/** A part of a source file, as it stands. */
export function shown(file: string, part: RegExp): string {
  const found = part.exec(readFileSync(new URL(file, import.meta.url), "utf8"));
  if (found === null) throw new Error(`${file} has no part ${String(part)}.`);
  return found[0];
}

/** Gives what stands in a file between `#region` and `#endregion`, moved to the margin. */
export function regionOf(file: string): (name: string) => string {
  return (name) => {
    const part = new RegExp(`^ *// #region ${name}\n.*?(?=\n *// #endregion)`, "ms");
    const [margin = "", ...lines] = shown(`./${file}`, part).split("\n");
    const width = margin.search(/\S/);
    return lines.map((line) => line.slice(width)).join("\n");
  };
}
