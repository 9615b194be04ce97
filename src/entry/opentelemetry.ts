/** Spans of OpenTelemetry for the statements that run. */
export { traceQueries } from "../connect/observe/opentelemetry.ts";
export type { SpanLike, TraceOptions, TracerLike } from "../connect/observe/opentelemetry.ts";
