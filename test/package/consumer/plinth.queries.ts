// Written by `plinth check`. Commit it, and don't edit it.
import { checkedQueries, type CheckedQueries } from "plinth";

declare global {
  namespace Plinth {
    interface Queries {
      "select name from users where id = :id": { params: { id: number }; row: { name: string } };
    }
  }
}

export interface FileQueries {
  findMotto: { params: { id: number }; row: { motto: string | null } };
}

export const queries: CheckedQueries<FileQueries> = checkedQueries<FileQueries>({
  format: 1,
  databases: ["sqlite"],
  types: { integer: { kind: "integer", bits: 32 }, text: { kind: "text" } },
  texts: {
    "select name from users where id = :id": {
      sqlite: { parameters: [["id", "integer"]], columns: [["name", "text"]], writes: [] },
    },
  },
  named: {},
  files: {
    findMotto: {
      text: "select motto from users where id = :id",
      databases: {
        sqlite: { parameters: [["id", "integer"]], columns: [["motto", "text"]], writes: [] },
      },
    },
  },
});
