/** What an editor waits for in a program: `node bench/types/editor.ts FOLDER` prints milliseconds as JSON. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

import { median } from "../run/statistics.ts";

const TURNS = 5;
const folder = process.argv[2]!;
const main = join(folder, "main.ts");
const { options, fileNames } = ts.parseJsonConfigFileContent(
  JSON.parse(readFileSync(join(folder, "tsconfig.json"), "utf8")),
  ts.sys,
  folder,
);
let source = readFileSync(main, "utf8");
let version = 0;

const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getCurrentDirectory: () => folder,
  getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
  getScriptFileNames: () => fileNames,
  getScriptVersion: (file) => (file === main ? String(version) : "0"),
  getScriptSnapshot: (file) => {
    const text = file === main ? source : ts.sys.readFile(file);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
  ...(ts.sys.realpath === undefined ? {} : { realpath: ts.sys.realpath }),
});

function timed(work: () => unknown): number {
  const begun = performance.now();
  if (work() === undefined) throw new Error(`Nothing is known of what stands in ${main}.`);
  return performance.now() - begun;
}

const hoverAt = source.indexOf("probed =");
const completeAt = source.indexOf("probed?.") + "probed?.".length;
const hover = () => service.getQuickInfoAtPosition(main, hoverAt);
const complete = () => service.getCompletionsAtPosition(main, completeAt, undefined);

/** As somebody who types: the file is another one each time. */
function afterEdits(work: () => unknown): number {
  const times = Array.from({ length: TURNS }, () => {
    version += 1;
    source += `// ${version}\n`;
    return timed(work);
  });
  return median(times);
}

const openMs = timed(hover);
const hoverMs = afterEdits(hover);
const completeMs = afterEdits(complete);
process.stdout.write(JSON.stringify({ openMs, hoverMs, completeMs }));
