/** Spans of OpenTelemetry for the statements that run. */
export { traceQueries } from "../connect/opentelemetry.ts";
export type { SpanLike, TraceOptions, TracerLike } from "../connect/opentelemetry.ts";
