import { DatabaseSync } from "node:sqlite";

import { answer } from "./answer.mjs";

const db = new DatabaseSync(process.argv[2]);
db.exec("pragma journal_mode = wal");
answer(db.prepare("select * from customers where id = ?").get(77));
