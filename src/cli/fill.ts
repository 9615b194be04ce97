import { relative, resolve } from "node:path";
import type { MigrationSettings } from "../connect/config.ts";
import { ConfigError } from "../core/error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { fillMigrations, type Filled } from "../migrate/fill.ts";
import { filesOf, writeFiles } from "../migrate/generate.ts";
import { readChain } from "../migrate/snapshot/heads.ts";
import { snapshotFolder, type Project } from "./context.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

export interface FillWork {
  readonly options: {
    readonly json?: boolean | undefined;
    readonly "dry-run"?: boolean | undefined;
  };
  readonly terminal: Terminal;
  readonly project: Project;
  readonly settings: MigrationSettings;
  readonly dialects: readonly Dialect[];
}

/** A database with a folder of its own begins from the snapshots of another one's. */
function sourceOf(folder: string, { project, settings }: FillWork): string {
  const { folder: given } = settings;
  const others = typeof given === "object" ? Object.values(given) : [];
  const paths = [folder, ...others.map((other) => resolve(project.folder, String(other)))];
  const lengths = new Map(paths.map((path) => [path, readChain(path).length]));
  const longest = Math.max(...lengths.values());
  return paths.find((path) => lengths.get(path) === longest) ?? folder;
}

/** `plinth migrate generate --fill --database NAME` */
export function fillCommand(work: FillWork): void {
  const { options, project, settings, terminal } = work;
  const told: object[] = [];
  for (const dialect of work.dialects) {
    const folder = snapshotFolder(
      project,
      dialect.migrations.families,
      "plinth migrate generate --fill",
    );
    const source = sourceOf(folder, work);
    const layout = settings.layout ?? "folders";
    if (layout === "files" && typeof settings.folder !== "object") {
      throw new ConfigError("Plain files are for one database in a folder.", {
        hint: "Give each database its folder: `migrations` of the configuration takes folders by database.",
      });
    }
    const rendering = settings.ifExists === true ? { isTolerant: true } : {};
    for (const filled of fillMigrations(folder, source, dialect, rendering)) {
      const hasDown = settings.down !== false;
      const snapshot = source === folder ? undefined : filled.snapshot;
      const files = filesOf(filled.name, [filled.side], snapshot, { layout, hasDown });
      if (options["dry-run"] === true) {
        for (const [path, text] of files)
          if (path.endsWith(".sql")) terminal.stdout.write(`-- ${path}\n${text}\n`);
        continue;
      }
      const paths = writeFiles(folder, files).map((path) => relative(project.folder, path));
      told.push({ migration: filled.name, files: paths, isByHand: filled.isByHand });
      if (options.json !== true) tell(filled, paths, terminal);
    }
  }
  if (options["dry-run"] === true) return;
  if (options.json === true) printJson(terminal, { filled: told });
  else if (told.length === 0) terminal.stdout.write("nothing is missing\n");
}

function tell({ isByHand }: Filled, paths: readonly string[], terminal: Terminal): void {
  const paint = painter(terminal);
  for (const path of paths) {
    const note =
      isByHand && path.endsWith(".sql") ? `  ${paint("yellow", "write it by hand")}` : "";
    terminal.stdout.write(`${paint("green", "wrote")}  ${path}${note}\n`);
  }
}
