// The code in the pages. A fence says what is done with it:
//
//   ```ts           compiled and run, behind the page's setup
//   ```ts setup     is put before every later block of its page
//   ```ts no-run    compiled only: it needs a server, or never ends
//   ```ts alone     without the setup
//   ```ts sqlite    run on SQLite only, because it shows its SQL; others are run on every server
//   ```text         right behind a block that is run: what that prints
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Block {
  /** Such as `docs/guide/querying.md:42`: where its fence is. */
  readonly place: string;
  /** For a file that holds it. */
  readonly name: string;
  readonly code: string;
  /** How many lines of `code` come from the setup. */
  readonly setupLineCount: number;
  readonly isRun: boolean;
  /** Whether it gives the same on every server. */
  readonly isPortable: boolean;
  /** What it prints, where the page says so. */
  readonly prints: string | undefined;
}

/** A fence in a page, with everything between. */
interface Fence {
  readonly line: number;
  readonly info: readonly string[];
  readonly text: string;
  /** Whether nothing but empty lines stands between it and the fence before. */
  readonly followsFence: boolean;
}

const words = new Set(["alone", "no-run", "setup", "sqlite"]);

/** What a page connects to, and what the tests of servers put their own URL for. */
export const pageUrl = '"sqlite::memory:"';

/** README.md and the guide. */
export function listPages(root: string): string[] {
  const guide = readdirSync(join(root, "docs", "guide")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...guide.sort().map((name) => `docs/guide/${name}`)];
}

function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = [];
  const lines = markdown.split("\n");
  let followsFence = false;
  for (let line = 0; line < lines.length; line++) {
    const opening = /^(```+)(.*)$/.exec(lines[line] ?? "");
    if (opening === null) {
      if (lines[line]?.trim() !== "") followsFence = false;
      continue;
    }
    const [, ticks = "```", info = ""] = opening;
    const end = lines.indexOf(ticks, line + 1);
    if (end === -1) throw new Error(`The fence of line ${line + 1} has no end.`);
    fences.push({
      line: line + 1,
      info: info.trim().split(/\s+/),
      text: `${lines.slice(line + 1, end).join("\n")}\n`,
      followsFence,
    });
    followsFence = true;
    line = end;
  }
  return fences;
}

/** The blocks of TypeScript in a page, in their order. */
export function blocksOf(page: string, markdown: string): Block[] {
  const fences = fencesOf(markdown);
  const blocks: Block[] = [];
  let setup = "";
  fences.forEach(({ info, line, text }, index) => {
    const [language, ...marks] = info;
    if (language !== "ts" && language !== "typescript") return;
    const place = `${page}:${line}`;
    const unknown = marks.filter((mark) => !words.has(mark));
    if (unknown.length > 0) throw new Error(`${place}: what is "${unknown.join(" ")}"?`);
    if (marks.includes("setup")) setup = text;
    const prefix = marks.includes("setup") || marks.includes("alone") ? "" : setup;
    const code = prefix + text;
    const next = fences[index + 1];
    const isRun = !marks.includes("no-run");
    blocks.push({
      place,
      name: place.replaceAll(/[^a-z0-9]+/gi, "-"),
      code,
      setupLineCount: prefix === "" ? 0 : prefix.split("\n").length - 1,
      isRun,
      isPortable: isRun && !marks.includes("sqlite") && code.includes(`connect(${pageUrl}`),
      prints: isRun && next?.info[0] === "text" && next.followsFence ? next.text : undefined,
    });
  });
  return blocks;
}

export function readBlocks(root: string, page: string): Block[] {
  return blocksOf(page, readFileSync(join(root, page), "utf8"));
}
