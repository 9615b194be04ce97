// The chapter on databases that were there before: the shop's own file, read and written down.
import { join } from "node:path";
import { createProject } from "./project.ts";
import * as print from "./print.ts";

/** @param folder Holds the shop, and is removed at the tour's end. */
export function adopting(folder: string): void {
  const { read, run, write } = createProject(join(folder, "adopted"));
  print.chapter("A database that was there before");
  print.say(
    "The shop was not made by Plinth. `plinth entities` reads it, and writes its tables and relations as a person would, " +
      "and a drawing of them beside it:",
  );
  write("plinth.config.ts", 'export default { url: "sqlite:../shop.db" };\n');
  run("entities", "--diagram", "shop.svg", "--diagram", "shop.mmd");
  const schema = read("schema.ts");
  print.code(part(schema, /^export const playlistTrack = .*?^\);$/ms));
  const relations = [/^ {4}employee: \{.*?\},$/ms, /^ {4}playlist: \{.*?\},$/ms];
  print.code(relations.map((one) => part(schema, one)).join("\n"));
  print.say("The drawing is a picture, or Mermaid, which GitHub shows. What hangs on what in it:");
  print.code(lines(read("shop.mmd")));
  print.say("Nothing has to change, in the database or in what was written:");
  run("migrate", "drift");
}

function part(text: string, pattern: RegExp): string {
  const [found] = pattern.exec(text) ?? [];
  if (found === undefined) throw new Error(`${pattern} isn't in what was written.`);
  return found;
}

/** The lines of a drawing in Mermaid, with the names of their tables. */
function lines(mermaid: string): string {
  const names = new Map(
    [...mermaid.matchAll(/^ {2}(t\d+)\["(.*)"\]/gm)].map(([, id, name]) => [id, name]),
  );
  const found = [...mermaid.matchAll(/^ {2}(t\d+) (\S+) (t\d+) : "(.*)"$/gm)];
  return found
    .map(([, one, line, other, column]) => [names.get(one)!, line!, names.get(other)!, column!])
    .map(([one, line, other, column]) => `${one!.padEnd(9)} ${line} ${other!.padEnd(13)} ${column}`)
    .join("\n");
}
