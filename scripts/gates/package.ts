import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pack } from "../pack.ts";
import { readJson, type Report, runTool } from "./gate.ts";

interface Attw {
  readonly analysis?: {
    readonly problems: readonly Record<string, unknown>[];
    readonly types: unknown;
  };
  readonly problems?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
}

const shipped = /^(bin|dist)\/(?!\.)|^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;

/** publint and attw on the packed package: whether a consumer finds what the manifest promises. */
export async function checkPackage(root: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "plinth-pack-"));
  try {
    const { files, tarball } = pack(root, folder);
    const violations = files
      .filter((path) => !shipped.test(path) || /\.test\./.test(path))
      .map((path) => `${path}: is packed and should not be`);

    const bytes = readFileSync(tarball);
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
      strict: true,
    });
    violations.push(
      ...messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`),
    );

    const attw = runTool(root, "@arethetypeswrong/cli/dist/index.js", [
      tarball,
      "--profile",
      "esm-only",
      "--format",
      "json",
    ]);
    const { analysis, problems } = readJson<Attw>(attw);
    if (analysis === undefined || analysis.types === false)
      violations.push("attw: found no types to judge");
    const counted = Object.values(problems ?? {}).flat();
    // Only the resolution that an ES module of Node uses is promised.
    for (const problem of counted) {
      if (problem["resolutionKind"] === undefined || problem["resolutionKind"] === "node16-esm") {
        violations.push(`attw: ${JSON.stringify(problem)}`);
      }
    }
    return {
      read: files.filter((path) => path.startsWith("dist/")).length,
      of: "built files",
      note: `${Math.round(bytes.byteLength / 1024)} KB`,
      violations,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
