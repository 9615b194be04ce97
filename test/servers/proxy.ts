// For tests: a TCP proxy before a server, that does to connections what networks do.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Which way bytes go: to the server, or back to the program. */
export type Direction = "answers" | "questions";

export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** The URL of the server, led through the proxy. */
  lead(url: string): string;
  /** Connections that are open now. */
  readonly openCount: number;
  /** Connections that were ever made. */
  readonly madeCount: number;
  /** Resets every connection, as a server does that was killed. */
  cut(): void;
  /** Resets a connection as soon as this many more bytes have gone that way over it; each byte counts. */
  cutAfter(byteCount: number, direction: Direction): void;
  /** New connections are reset at once, as by a port on which nobody listens; old ones stay. */
  refuse(): void;
  /** New connections are accepted and never answered; old ones stay. */
  hold(): void;
  /** What goes that way, on connections old and new, is swallowed without a word, as by a firewall that forgot them. */
  swallow(direction?: Direction): void;
  /** What goes either way comes this much later. */
  delay(durationMs: number): void;
  /** Ends the sending side towards the program, which can still send. */
  halfClose(): void;
  /** Leads new connections to another port, as after a failover. */
  retarget(port: number): void;
  /** New connections work again; on the old ones nothing changes. */
  mendNew(): void;
  /** All as at the beginning; connections that were held or lost bytes are reset. */
  mend(): void;
}

interface Pair {
  readonly program: Socket;
  readonly server: Socket | undefined;
  /** What of it is swallowed whatever becomes of the others. */
  swallowed: Direction | undefined;
  hasLostBytes: boolean;
}

interface Cut {
  readonly direction: Direction;
  left: number;
}

class TcpProxy implements Proxy {
  madeCount = 0;
  readonly #pairs = new Set<Pair>();
  readonly #listener = createServer((program) => this.#accept(program));
  #target: number;
  #mode: "hold" | "pass" | "refuse" = "pass";
  #swallowed: Direction | undefined;
  #delayMs = 0;
  #cut: Cut | undefined;

  constructor(target: number) {
    this.#target = target;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#listener.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  lead(url: string): string {
    const led = new URL(url);
    led.hostname = "127.0.0.1";
    led.port = String(this.port);
    return led.href;
  }

  get openCount(): number {
    return this.#pairs.size;
  }

  cut(): void {
    for (const pair of this.#pairs) this.#end(pair);
  }

  cutAfter(byteCount: number, direction: Direction): void {
    this.#cut = { direction, left: byteCount };
  }

  refuse(): void {
    this.#mode = "refuse";
  }

  hold(): void {
    this.#mode = "hold";
  }

  swallow(direction: Direction = "answers"): void {
    this.#swallowed = direction;
  }

  delay(durationMs: number): void {
    this.#delayMs = durationMs;
  }

  halfClose(): void {
    for (const { program } of this.#pairs) program.end();
  }

  retarget(port: number): void {
    this.#target = port;
  }

  mendNew(): void {
    for (const pair of this.#pairs) pair.swallowed ??= this.#swallowed;
    this.#swallowed = undefined;
    this.#mode = "pass";
  }

  mend(): void {
    this.#mode = "pass";
    this.#swallowed = undefined;
    this.#delayMs = 0;
    this.#cut = undefined;
    for (const pair of this.#pairs) {
      pair.swallowed = undefined;
      if (pair.server === undefined || pair.hasLostBytes) this.#end(pair);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #accept(program: Socket): void {
    this.madeCount++;
    if (this.#mode === "refuse") {
      program.on("error", ignore);
      program.resetAndDestroy();
      return;
    }
    const isHeld = this.#mode === "hold";
    const server = isHeld ? undefined : connect({ port: this.#target, host: "127.0.0.1" });
    const pair: Pair = { program, server, swallowed: undefined, hasLostBytes: false };
    this.#pairs.add(pair);
    for (const socket of [program, server]) {
      socket?.setNoDelay(true);
      socket?.on("error", ignore);
      socket?.on("close", () => this.#end(pair));
    }
    if (server === undefined) {
      program.resume();
      return;
    }
    program.on("data", (bytes) => this.#carry(pair, "questions", server, bytes));
    server.on("data", (bytes) => this.#carry(pair, "answers", program, bytes));
  }

  #carry(pair: Pair, direction: Direction, to: Socket, bytes: Buffer): void {
    if (this.#swallowed === direction || pair.swallowed === direction) {
      pair.hasLostBytes = true;
      return;
    }
    const cut = this.#cut?.direction === direction ? this.#cut : undefined;
    if (cut !== undefined && bytes.length >= cut.left) {
      this.#cut = undefined;
      // What came before the cut arrives.
      to.write(bytes.subarray(0, cut.left), () => this.#end(pair));
      return;
    }
    if (cut !== undefined) cut.left -= bytes.length;
    if (this.#delayMs === 0) to.write(bytes);
    else setTimeout(() => to.write(bytes), this.#delayMs);
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    for (const socket of [pair.program, pair.server]) {
      if (socket !== undefined && !socket.destroyed) socket.resetAndDestroy();
    }
  }
}

function ignore(): void {}

/** Until those whose connection was cut know of it: a timer alone comes before what sockets have to tell. */
export async function noticed(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** @param target The URL of the server that stands behind it, on this machine. */
export async function startProxy(target: string): Promise<Proxy> {
  const proxy = new TcpProxy(Number(new URL(target).port));
  await proxy.listen();
  return proxy;
}
