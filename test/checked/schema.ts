/** What the checked statements of the tests are about. */
import {
  bigint,
  boolean,
  bytes,
  customType,
  decimal,
  defineSchema,
  enumType,
  integer,
  json,
  table,
  text,
  timestamp,
  uuid,
} from "plinth";

export interface Settings {
  readonly dark: boolean;
  readonly tags: readonly string[];
}

const role = enumType("checked_role", ["admin", "user"]);

/** A point as `x;y`. */
const point = customType<{ readonly x: number; readonly y: number }>({
  name: "point",
  encode: ({ x, y }) => `${x};${y}`,
  decode: (stored) => {
    const [x, y] = String(stored).split(";").map(Number);
    return { x: x!, y: y! };
  },
  sqlite: { type: "text" },
  postgres: { type: "text" },
  mysql: { type: "varchar(50)" },
});

export const people = table("checked_people", {
  id: integer().primaryKey(),
  key: uuid({ storage: { sqlite: "blob", mysql: "binary" } }).notNull(),
  name: text().notNull(),
  role: role().notNull(),
  credit: decimal({ precision: 10, scale: 2 }),
  visits: bigint(),
  isActive: boolean().notNull(),
  settings: json().$type<Settings>(),
  avatar: bytes(),
  home: point(),
  secret: text().encrypted(),
  createdAt: timestamp().notNull(),
});

export const schema = defineSchema({ people });
