import { extname, resolve } from "node:path";
import { ConfigError } from "../core/error.ts";
import type { Model } from "../schema/model.ts";
import { diagramOf, type Diagram } from "../tools/diagram/diagram.ts";

/** By the ending of the file. */
const forms: Readonly<Record<string, () => Promise<(diagram: Diagram) => string>>> = {
  ".svg": async () => (await import("../tools/diagram/svg.ts")).svgOf,
  ".mmd": async () => (await import("../tools/diagram/mermaid.ts")).mermaidOf,
  ".md": async () => {
    const { mermaidOf } = await import("../tools/diagram/mermaid.ts");
    return (diagram) => `\`\`\`mermaid\n${mermaidOf(diagram)}\`\`\`\n`;
  },
};

interface DiagramFile {
  /** The whole path. */
  readonly path: string;
  readonly text: string;
}

/** @param paths Files whose endings say what is drawn: `.svg`, `.mmd` or `.md`. */
export function diagramFiles(
  paths: readonly string[],
  model: Model,
  cwd: string,
): Promise<DiagramFile[]> {
  return Promise.all(
    paths.map(async (name) => {
      const form = forms[extname(name)];
      if (form === undefined) {
        throw new ConfigError(`--diagram draws no "${name}".`, {
          hint: `Name a file that ends in ${Object.keys(forms).join(", ")}.`,
        });
      }
      return { path: resolve(cwd, name), text: (await form())(diagramOf(model)) };
    }),
  );
}
