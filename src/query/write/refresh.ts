import { InvalidValueError } from "../../core/error.ts";
import { renderChange } from "../../dialect/dialect.ts";
import { infoOf, type AnyMaterializedView } from "../../schema/table.ts";
import { storedName } from "../follow/tables.ts";
import { followersOf, type Scope } from "../run.ts";

/** Reads the rows of a materialized view anew. */
export async function refreshView(
  scope: Scope,
  view: AnyMaterializedView,
  options: { readonly concurrently?: boolean },
): Promise<void> {
  const { schema, table, view: spec } = infoOf(view);
  if (spec?.isMaterialized !== true)
    throw new InvalidValueError(`refresh() takes a materialized view, and "${table}" is none.`);
  const { engine } = scope.plans;
  const followers = followersOf(scope.plans);
  const { dialect, names } = engine;
  const isConcurrent = options.concurrently === true;
  const name = names.table(table);
  const change = { kind: "refreshView", schema, name, isConcurrent } as const;
  const [text] = renderChange(await dialect.withChanges(), change);
  const refresh = async ({ runner }: Scope): Promise<void> => {
    try {
      await runner.script(text!);
    } catch (error) {
      throw dialect.toDbError(error);
    }
  };
  if (followers === undefined) return refresh(scope);
  const stored = storedName(names, infoOf(view));
  // What is read while it is refreshed concurrently needs no transaction, which it must not be in.
  await (isConcurrent
    ? refresh(scope).then(() => followers.followTables(scope, [stored], async () => {}))
    : followers.followTables(scope, [stored], refresh));
}
