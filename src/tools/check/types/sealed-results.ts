import type { DeclaredColumn, DeclaredColumns } from "./declared.ts";

function isWordOf(text: string, word: string): boolean {
  const at = text.toLowerCase().indexOf(word.toLowerCase());
  if (at === -1) return false;
  const around = `${text[at - 1] ?? " "}${text[at + word.length] ?? " "}`;
  return !/\w/.test(around) || isWordOf(text.slice(at + 1), word);
}

/** The encrypted columns that a statement names: of them bytes may be that no column is told of. */
export function sealedColumnsIn(
  text: string,
  declared: DeclaredColumns,
): readonly DeclaredColumn[] {
  return [...declared.values()].filter(
    ({ origin, type }) =>
      type.kind === "bytes" &&
      type.sealed !== undefined &&
      isWordOf(text, origin.column) &&
      isWordOf(text, origin.table),
  );
}
