/** The server's end of a WebSocket: as the package `ws` has it, and whatever else has the events of a browser's. */
export interface ServerSocket {
  /** Bytes that are sent and haven't left yet. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Ends it without a farewell; where there is none, `close` has to do. */
  terminate?(): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
}

/** Of RFC 6455, and of the registry that it made. */
export const CloseCode = {
  goingAway: 1001,
  unsupportedData: 1003,
  policyViolation: 1008,
  internalError: 1011,
} as const;
