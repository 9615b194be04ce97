import { timestamp, uuid, uuidv7 } from "plinth";

/** A UUIDv7, made by the program: keys sort by time, and a row's own is known before it is written. */
export const keyColumn = () => uuid().primaryKey().$default(uuidv7);

/** When the row was made, by the database's clock. */
export const createdAt = () => timestamp().notNull().defaultNow();
