import { urlFromTarget } from "../../run/targets.ts";
import type { QueueContender } from "../contender.ts";
import { databaseQueue } from "../shared.ts";

export default {
  title: "Plinth on MariaDB",
  place: "mariadb",
  open: ({ mariadb }) => databaseQueue(`${urlFromTarget("mariadb", mariadb)}?max_connections=8`),
} satisfies QueueContender;
