/** Spans of OpenTelemetry for the statements that run, made of what `plinth:query` tells. */

import { DbError } from "../../core/error.ts";
import { queryChannel, type QueryEvent } from "./query-events.ts";

/** The few members of a span of `@opentelemetry/api` that are used. */
export interface SpanLike {
  setAttribute(name: string, value: number | string): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** The one member of a tracer of `@opentelemetry/api` that is used. */
export interface TracerLike {
  startSpan(
    name: string,
    options: { kind: number; attributes: Record<string, number | string> },
  ): SpanLike;
}

export interface TraceOptions {
  /** `trace.getTracer("my-app")` of `@opentelemetry/api`. */
  readonly tracer: TracerLike;
  /** Leaves the text of statements out of the spans. It has placeholders where values go. Default false. */
  readonly withoutText?: boolean;
}

// Numbers of `@opentelemetry/api`: SpanKind.CLIENT, SpanStatusCode.ERROR.
const CLIENT = 2;
const FAILED = 2;

/** Names of the semantic conventions for databases. */
const systems: Readonly<Record<string, string>> = {
  postgres: "postgresql",
  pglite: "postgresql",
};

/**
 * Makes a span for each statement, named by its first word, with the attributes of OpenTelemetry's conventions for
 * databases: `db.system.name`, `db.operation.name`, `db.query.text`, `db.response.returned_rows`, `error.type`. Its parent
 * is the span that is active where the query is run.
 *
 * @returns Ends it.
 * @example
 * import { trace } from "@opentelemetry/api";
 *
 * traceQueries({ tracer: trace.getTracer("shop") });
 */
export function traceQueries({ tracer, withoutText = false }: TraceOptions): () => void {
  const spans = new WeakMap<QueryEvent, SpanLike>();
  const listeners = {
    start(event: QueryEvent): void {
      const operation = /^\s*(\w+)/.exec(event.sql)?.[1]?.toUpperCase() ?? "QUERY";
      const attributes: Record<string, number | string> = {
        "db.system.name": systems[event.product] ?? event.product,
        "db.operation.name": operation,
      };
      if (!withoutText) attributes["db.query.text"] = event.sql;
      spans.set(event, tracer.startSpan(operation, { kind: CLIENT, attributes }));
    },
    asyncEnd(event: QueryEvent): void {
      const span = spans.get(event);
      if (span === undefined) return;
      if (event.rowCount !== undefined)
        span.setAttribute("db.response.returned_rows", event.rowCount);
      if (event.error !== undefined) {
        const type = event.error instanceof DbError ? event.error.code : "_OTHER";
        span.setAttribute("error.type", type);
        span.setStatus({ code: FAILED, message: type });
      }
      span.end();
    },
    end(): void {},
    asyncStart(): void {},
    error(): void {},
  };
  queryChannel.subscribe(listeners);
  return () => {
    queryChannel.unsubscribe(listeners);
  };
}
