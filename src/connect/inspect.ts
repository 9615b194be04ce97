import type { InspectOptions, Inspection } from "../dialect/server/introspector.ts";
import type { Session } from "./session.ts";

/**
 * Reads what the database holds into the model that declarations resolve to, with what no declaration can say beside it.
 * Plinth's own table of migrations is left out.
 */
export function inspect(session: Session, options: InspectOptions = {}): Promise<Inspection> {
  const { introspect, server, spelling, types } = session.dialect;
  return introspect({
    ask: (text) => session.askRaw(text),
    server,
    types,
    literal: spelling.queryLiteral ?? spelling.textLiteral,
    options,
  });
}
