// Waits in a process of its own for the end of the process that started it, however that end
// comes, and then ends and removes what it was told of. Its input is a pipe whose other end only
// the starter holds, so the kernel closes it even after `kill -9`.
import { createInterface } from "node:readline";
import { cleanUp, type Belonging } from "./cleanup.ts";

export type Message = { readonly add: Belonging } | { readonly forgetProcess: number };

// A terminal that closes or a script that ends its group must not end the one who tidies up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

let belongings: Belonging[] = [];

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as Message;
  if ("add" in message) {
    belongings.push(message.add);
  } else {
    const { forgetProcess } = message;
    belongings = belongings.filter((each) => each.kind !== "process" || each.pid !== forgetProcess);
  }
}

await cleanUp(belongings);
