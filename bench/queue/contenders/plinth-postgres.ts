import { urlFromTarget } from "../../run/targets.ts";
import type { QueueContender } from "../contender.ts";
import { databaseQueue } from "../shared.ts";

export default {
  title: "Plinth on PostgreSQL",
  place: "postgres",
  open: ({ postgres }) => databaseQueue(`${urlFromTarget("postgres", postgres)}?max_connections=8`),
} satisfies QueueContender;
