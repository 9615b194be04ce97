import knex from "knex";

import { answer } from "./answer.mjs";

const connection = { filename: process.argv[2] };
const db = knex({ client: "better-sqlite3", connection, useNullAsDefault: true });
answer(await db("customers").where("id", 77).first());
