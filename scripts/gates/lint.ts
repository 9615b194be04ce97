import { codeFolders, listFiles, readJson, type Report, runTool } from "./gate.ts";

interface LintOutput {
  readonly number_of_files: number;
  readonly diagnostics: readonly {
    readonly code: string;
    readonly message: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

/** oxlint with `.oxlintrc.json`, its rules about types included. */
export function checkLint(root: string): Report {
  const files = listFiles(root, codeFolders, /\.[cm]?[jt]s$/);
  const folders = codeFolders.filter((folder) =>
    files.some((file) => file.startsWith(`${folder}/`)),
  );
  if (folders.length === 0) return { read: 0, of: "files", violations: [] };
  const printed = runTool(root, "oxlint/bin/oxlint", [
    "--type-aware",
    "--format",
    "json",
    ...folders,
  ]);
  if (printed.stdout.startsWith("No files found")) return { read: 0, of: "files", violations: [] };
  const output = readJson<LintOutput>(printed);
  const violations = output.diagnostics.map(
    ({ code, filename, labels, message }) =>
      `${filename}:${labels[0]?.span.line ?? 1}: ${message} [${code}]`,
  );
  if (output.number_of_files < files.length) {
    violations.push(`${output.number_of_files} files were read and there are ${files.length}`);
  }
  return { read: output.number_of_files, of: "files", violations };
}
