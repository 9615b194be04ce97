import { InvalidValueError } from "../../core/error.ts";
import { renderChange } from "../../dialect/dialect.ts";
import { infoOf, type AnyMaterializedView } from "../../schema/table.ts";
import type { Scope } from "../run.ts";

/** Reads the rows of a materialized view anew. */
export async function refreshView(
  { plans, runner }: Scope,
  view: AnyMaterializedView,
  options: { readonly concurrently?: boolean },
): Promise<void> {
  const { schema, table, view: spec } = infoOf(view);
  if (spec?.isMaterialized !== true)
    throw new InvalidValueError(`refresh() takes a materialized view, and "${table}" is none.`);
  const { dialect, names } = plans.engine;
  const isConcurrent = options.concurrently === true;
  const name = names.table(table);
  const [text] = renderChange(dialect, { kind: "refreshView", schema, name, isConcurrent });
  try {
    await runner.script(text!);
  } catch (error) {
    throw dialect.toDbError(error);
  }
}
