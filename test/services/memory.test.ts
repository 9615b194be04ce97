import { openStore } from "plinth/services";
import { storeSuite } from "./suite/suite.ts";

storeSuite({
  name: "memory",
  isShared: false,
  open: (_place, options) => openStore("memory:", options),
});
