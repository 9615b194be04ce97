/** Statements that make, drop and rename tables, known by their first words. */

const NAME = String.raw`("(?:[^"]|"")+"|\[[^\]]+\]|\x60[^\x60]+\x60|\w+)`;
type Kind = "create" | "drop" | "rename" | "renameColumn";

const TABLE: Readonly<Record<Kind, RegExp>> = {
  create: new RegExp(String.raw`^create\s+table\s+(?:if\s+not\s+exists\s+)?${NAME}`, "i"),
  drop: new RegExp(String.raw`^drop\s+table\s+(?:if\s+exists\s+)?${NAME}`, "i"),
  rename: new RegExp(String.raw`^alter\s+table\s+${NAME}\s+rename\s+to\s+${NAME}\s*$`, "i"),
  renameColumn: new RegExp(
    String.raw`^alter\s+table\s+${NAME}\s+rename\s+(?:column\s+)?${NAME}\s+to\s+${NAME}\s*$`,
    "i",
  ),
};

/** What a statement does to a table, with names in small letters. */
export interface TableStatement {
  readonly kind: Kind;
  readonly names: readonly string[];
}

function nameOf(name: string): string {
  const [first] = name;
  if (first === '"') return name.slice(1, -1).replaceAll('""', '"');
  return first === "[" || first === "`" ? name.slice(1, -1) : name;
}

export function tableStatement(text: string): TableStatement | undefined {
  for (const [kind, pattern] of Object.entries(TABLE)) {
    const [, ...names] = pattern.exec(text) ?? [];
    if (names.length === 0) continue;
    return {
      kind: kind as Kind,
      names: names.map((name) => nameOf(name).toLowerCase()),
    };
  }
  return undefined;
}

/** Settings stand between the statements of one change. */
export function isPragma(text: string): boolean {
  return /^pragma\b/i.test(text);
}
