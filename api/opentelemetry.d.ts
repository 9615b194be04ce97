// The public face of plinth/opentelemetry: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// connect/observe/opentelemetry

export interface SpanLike {
    setAttribute(name: string, value: number | string): unknown;
    setStatus(status: {
        code: number;
        message?: string;
    }): unknown;
    end(): void;
}

export interface TraceOptions {
    readonly tracer: TracerLike;
    readonly withoutText?: boolean;
}

export interface TracerLike {
    startSpan(name: string, options: {
        kind: number;
        attributes: Record<string, number | string>;
    }): SpanLike;
}

export function traceQueries({ tracer, withoutText }: TraceOptions): () => void;
