import type { Diagram, DiagramColumn, DiagramLink } from "./diagram.ts";

/**
 * What stands in quotes. Mermaid has no escape for a quote and reads `#…;` and `%%` as marks of its own, so that these
 * few characters are replaced by ones that look alike.
 */
function quoted(text: string): string {
  const shown = text
    .replaceAll('"', "”")
    .replaceAll("#", "＃")
    .replaceAll("%%", "％％")
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    // oxlint-disable-next-line no-control-regex -- a name may hold any.
    .replaceAll(/[\u0000-\u001F\u007F\u2028\u2029]+/gu, " ");
  return `"${shown}"`;
}

/** Attributes have words for names and types: letters, digits, `_` and `-`, and a letter first. */
function word(text: string): string {
  const plain = text.replaceAll(/[^\p{L}0-9_()[\]-]+/gu, "_").replaceAll(/_+$|(?<=_)_+/g, "");
  return /^\p{L}/u.test(plain) ? plain : `_${plain}`;
}

function attribute(column: DiagramColumn): string {
  const marks = [
    ...(column.isKey ? ["PK"] : []),
    ...(column.isReference ? ["FK"] : []),
    ...(column.isUnique && !column.isKey ? ["UK"] : []),
  ];
  const name = word(column.name);
  const notes = [
    ...(name === column.name ? [] : [column.name]),
    ...(column.nullable ? ["null"] : []),
    ...(column.comment === undefined ? [] : [column.comment]),
  ];
  const parts = [word(column.type.replaceAll(", ", "-")), name];
  if (marks.length > 0) parts.push(marks.join(", "));
  if (notes.length > 0) parts.push(quoted(notes.join(": ")));
  return `    ${parts.join(" ")}`;
}

function relationship({ tables }: Diagram, link: DiagramLink): string {
  const parent = link.isOptional ? "|o" : "||";
  const child = link.isOne ? "o|" : "o{";
  const column = tables[link.child]!.columns[link.childColumn]!.name;
  return `  t${link.parent} ${parent}--${child} t${link.child} : ${quoted(column)}`;
}

/**
 * The diagram as Mermaid's `erDiagram`, which GitHub and GitLab show inside Markdown. Names that aren't words are shown in
 * quotes; those of columns are made words, with the name beside them.
 */
export function mermaidOf(diagram: Diagram): string {
  const tables = diagram.tables.flatMap(({ name, columns }, at) => [
    `  t${at}[${quoted(name)}] {`,
    ...columns.map(attribute),
    "  }",
  ]);
  const links = diagram.links.map((link) => relationship(diagram, link));
  return `${["erDiagram", ...tables, ...links].join("\n")}\n`;
}
