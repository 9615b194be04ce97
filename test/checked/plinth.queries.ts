// Written by `plinth check`. Commit it, and don't edit it.
import { checkedQueries, type CheckedQueries, type RowOf } from "plinth";
import type { schema } from "./schema.ts";

type people = RowOf<typeof schema.tables.people>;

declare global {
  namespace Plinth {
    interface Queries {
      'select id, name, role, credit, visits, is_active as "isActive", settings, created_at as "createdAt" from checked_people where id = :id': {
        params: { id: number };
        row: {
          id: number;
          name: string;
          role: "admin" | "user";
          credit: string | null;
          visits: bigint | null;
          isActive: boolean;
          settings: people["settings"];
          createdAt: Date;
        };
      };
      "select id from checked_people where id in (:ids) order by id": {
        params: { ids: readonly number[] };
        row: { id: number };
      };
      "select id from checked_people where id > $1 and name <> $2 order by id": {
        params: readonly [number, string];
        row: { id: number };
      };
      'select count(*) as "total: number" from checked_people': {
        row: { total: number };
      };
      "select id from checked_people\nwhere 1 = 1\n  /*if name*/ and name = :name /*end*/\n  /*if active*/ and is_active /*end*/\norder by id": {
        params: { name?: string | undefined; active?: boolean | undefined };
        row: { id: number };
      };
      "update checked_people set credit = :credit where id = :id": {
        params: { credit: string | null; id: number };
        row: never;
      };
    }
    interface NamedQueries {
      personById: { params: readonly [number]; row: { id: number; name: string } };
    }
  }
}

export interface FileQueries {
  findPerson: {
    params: { id: number };
    row: {
      id: number;
      key: string;
      home: people["home"];
      secret: people["secret"];
      avatar: Uint8Array | null;
    };
  };
  renamePerson: { params: { id: number; name: string }; row: never };
}

export const queries: CheckedQueries<FileQueries> = checkedQueries<FileQueries>({
  format: 1,
  databases: ["sqlite", "postgres", "mysql"],
  types: {
    boolean: { kind: "boolean" },
    integer: { kind: "integer", bits: 32 },
    bigint: { kind: "bigint", mode: "bigint" },
    "bigint(number)": { kind: "bigint", mode: "number" },
    bytes: { kind: "bytes" },
    "decimal(10,2)": { kind: "decimal", precision: 10, scale: 2 },
    text: { kind: "text" },
    json: { kind: "json" },
    timestamp: { kind: "timestamp", mode: "date", precision: 3 },
    checked_role: { kind: "enum", name: "checked_role", values: ["admin", "user"] },
    "checked_people.key": { kind: "uuid", storage: { sqlite: "blob", mysql: "binary" } },
    "checked_people.home": { kind: "column", table: "checked_people", column: "home" },
    "checked_people.secret": { kind: "column", table: "checked_people", column: "secret" },
  },
  texts: {
    'select id, name, role, credit, visits, is_active as "isActive", settings, created_at as "createdAt" from checked_people where id = :id':
      {
        sqlite: {
          parameters: [["id", "integer"]],
          columns: [
            ["id", "integer"],
            ["name", "text"],
            ["role", "checked_role"],
            ["credit", "decimal(10,2)"],
            ["visits", "bigint"],
            ["isActive", "boolean"],
            ["settings", "json"],
            ["createdAt", "timestamp"],
          ],
          writes: [],
        },
        postgres: {
          parameters: [["id", "integer"]],
          columns: [
            ["id", "integer"],
            ["name", "text"],
            ["role", "checked_role"],
            ["credit", "decimal(10,2)"],
            ["visits", "bigint"],
            ["isActive", "boolean"],
            ["settings", "json"],
            ["createdAt", "timestamp"],
          ],
          writes: [],
        },
        mysql: {
          parameters: [["id", "integer"]],
          columns: [
            ["id", "integer"],
            ["name", "text"],
            ["role", "checked_role"],
            ["credit", "decimal(10,2)"],
            ["visits", "bigint"],
            ["isActive", "boolean"],
            ["settings", "json"],
            ["createdAt", "timestamp"],
          ],
          writes: [],
        },
      },
    "select id from checked_people where id in (:ids) order by id": {
      sqlite: { parameters: [["ids", "integer"]], columns: [["id", "integer"]], writes: [] },
      postgres: { parameters: [["ids", "integer"]], columns: [["id", "integer"]], writes: [] },
      mysql: { parameters: [["ids", "integer"]], columns: [["id", "integer"]], writes: [] },
    },
    "select id from checked_people where id > $1 and name <> $2 order by id": {
      sqlite: {
        parameters: [
          ["1", "integer"],
          ["2", "text"],
        ],
        columns: [["id", "integer"]],
        writes: [],
      },
      postgres: {
        parameters: [
          ["1", "integer"],
          ["2", "text"],
        ],
        columns: [["id", "integer"]],
        writes: [],
      },
      mysql: {
        parameters: [
          ["1", "integer"],
          ["2", "text"],
        ],
        columns: [["id", "integer"]],
        writes: [],
      },
    },
    'select count(*) as "total: number" from checked_people': {
      sqlite: { columns: [["total", "bigint(number)"]], writes: [] },
      postgres: { columns: [["total", "bigint(number)"]], writes: [] },
      mysql: { columns: [["total", "bigint(number)"]], writes: [] },
    },
    "select id from checked_people\nwhere 1 = 1\n  /*if name*/ and name = :name /*end*/\n  /*if active*/ and is_active /*end*/\norder by id":
      {
        sqlite: {
          parameters: [
            ["name", "text"],
            ["active", "boolean"],
          ],
          columns: [["id", "integer"]],
          writes: [],
        },
        postgres: {
          parameters: [
            ["name", "text"],
            ["active", "boolean"],
          ],
          columns: [["id", "integer"]],
          writes: [],
        },
        mysql: {
          parameters: [
            ["name", "text"],
            ["active", "boolean"],
          ],
          columns: [["id", "integer"]],
          writes: [],
        },
      },
    "update checked_people set credit = :credit where id = :id": {
      sqlite: {
        parameters: [
          ["credit", "decimal(10,2)", "nullable"],
          ["id", "integer"],
        ],
        writes: ["checked_people"],
      },
      postgres: {
        parameters: [
          ["credit", "decimal(10,2)", "nullable"],
          ["id", "integer"],
        ],
        writes: ["checked_people"],
      },
      mysql: {
        parameters: [
          ["credit", "decimal(10,2)", "nullable"],
          ["id", "integer"],
        ],
        writes: ["checked_people"],
      },
    },
  },
  named: {
    personById: {
      text: "select id, name from checked_people where id = $1",
      databases: {
        sqlite: {
          parameters: [["1", "integer"]],
          columns: [
            ["id", "integer"],
            ["name", "text"],
          ],
          writes: [],
        },
        postgres: {
          parameters: [["1", "integer"]],
          columns: [
            ["id", "integer"],
            ["name", "text"],
          ],
          writes: [],
        },
        mysql: {
          parameters: [["1", "integer"]],
          columns: [
            ["id", "integer"],
            ["name", "text"],
          ],
          writes: [],
        },
      },
    },
  },
  files: {
    findPerson: {
      text: "select id, key, home, secret, avatar from checked_people where id = :id",
      databases: {
        sqlite: {
          parameters: [["id", "integer"]],
          columns: [
            ["id", "integer"],
            ["key", "checked_people.key"],
            ["home", "checked_people.home"],
            ["secret", "checked_people.secret"],
            ["avatar", "bytes"],
          ],
          writes: [],
        },
        postgres: {
          parameters: [["id", "integer"]],
          columns: [
            ["id", "integer"],
            ["key", "checked_people.key"],
            ["home", "checked_people.home"],
            ["secret", "checked_people.secret"],
            ["avatar", "bytes"],
          ],
          writes: [],
        },
        mysql: {
          parameters: [["id", "integer"]],
          columns: [
            ["id", "integer"],
            ["key", "checked_people.key"],
            ["home", "checked_people.home"],
            ["secret", "checked_people.secret"],
            ["avatar", "bytes"],
          ],
          writes: [],
        },
      },
    },
    renamePerson: {
      text: "update checked_people set name = :name where id = :id",
      databases: {
        sqlite: {
          parameters: [
            ["name", "text"],
            ["id", "integer"],
          ],
          writes: ["checked_people"],
        },
        postgres: {
          parameters: [
            ["name", "text"],
            ["id", "integer"],
          ],
          writes: ["checked_people"],
        },
        mysql: {
          parameters: [
            ["name", "text"],
            ["id", "integer"],
          ],
          writes: ["checked_people"],
        },
      },
    },
  },
});
