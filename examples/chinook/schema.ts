// The Chinook music shop: eleven tables, declared once for every database.
//
// The shop's scripts name things in their own way: `InvoiceLine` and `UnitPrice` on SQLite and MySQL, `invoice_line` and
// `unit_price` on PostgreSQL. The declaration leaves that open, and `namingOf` tells `connect` which it is.
import {
  decimal,
  defineSchema,
  index,
  integer,
  table,
  timestamp,
  varchar,
  type Naming,
} from "plinth";

/** SQLite's script keeps prices as floating-point numbers, where Plinth itself would keep them exact. */
const money = () => decimal({ precision: 10, scale: 2, storage: { sqlite: "real" } });

/** SQLite's script keeps instants as text, `2025-12-22 00:00:00`. */
const instant = () => timestamp({ precision: 0, storage: { sqlite: "sql" } });

export const artists = table("artist", {
  artistId: integer().primaryKey(),
  name: varchar({ length: 120 }),
});

export const albums = table(
  "album",
  {
    albumId: integer().primaryKey(),
    title: varchar({ length: 160 }).notNull(),
    artistId: integer()
      .notNull()
      .references(() => artists.artistId),
  },
  (t) => [index().on(t.artistId)],
);

export const genres = table("genre", {
  genreId: integer().primaryKey(),
  name: varchar({ length: 120 }),
});

export const mediaTypes = table("media_type", {
  mediaTypeId: integer().primaryKey(),
  name: varchar({ length: 120 }),
});

export const tracks = table(
  "track",
  {
    trackId: integer().primaryKey(),
    name: varchar({ length: 200 }).notNull(),
    albumId: integer().references(() => albums.albumId),
    mediaTypeId: integer()
      .notNull()
      .references(() => mediaTypes.mediaTypeId),
    genreId: integer().references(() => genres.genreId),
    composer: varchar({ length: 220 }),
    milliseconds: integer().notNull(),
    bytes: integer(),
    unitPrice: money().notNull(),
  },
  (t) => [index().on(t.albumId), index().on(t.genreId), index().on(t.mediaTypeId)],
);

export const playlists = table("playlist", {
  playlistId: integer().primaryKey(),
  name: varchar({ length: 120 }),
});

export const playlistTracks = table(
  "playlist_track",
  {
    playlistId: integer()
      .primaryKey()
      .references(() => playlists.playlistId),
    trackId: integer()
      .primaryKey()
      .references(() => tracks.trackId),
  },
  (t) => [index().on(t.playlistId), index().on(t.trackId)],
);

export const employees = table(
  "employee",
  {
    employeeId: integer().primaryKey(),
    lastName: varchar({ length: 20 }).notNull(),
    firstName: varchar({ length: 20 }).notNull(),
    title: varchar({ length: 30 }),
    reportsTo: integer().references(() => employees.employeeId),
    birthDate: instant(),
    hireDate: instant(),
    address: varchar({ length: 70 }),
    city: varchar({ length: 40 }),
    state: varchar({ length: 40 }),
    country: varchar({ length: 40 }),
    postalCode: varchar({ length: 10 }),
    phone: varchar({ length: 24 }),
    fax: varchar({ length: 24 }),
    email: varchar({ length: 60 }),
  },
  (t) => [index().on(t.reportsTo)],
);

export const customers = table(
  "customer",
  {
    customerId: integer().primaryKey(),
    firstName: varchar({ length: 40 }).notNull(),
    lastName: varchar({ length: 20 }).notNull(),
    company: varchar({ length: 80 }),
    address: varchar({ length: 70 }),
    city: varchar({ length: 40 }),
    state: varchar({ length: 40 }),
    country: varchar({ length: 40 }),
    postalCode: varchar({ length: 10 }),
    phone: varchar({ length: 24 }),
    fax: varchar({ length: 24 }),
    email: varchar({ length: 60 }).notNull(),
    supportRepId: integer().references(() => employees.employeeId),
  },
  (t) => [index().on(t.supportRepId)],
);

export const invoices = table(
  "invoice",
  {
    invoiceId: integer().primaryKey(),
    customerId: integer()
      .notNull()
      .references(() => customers.customerId),
    invoiceDate: instant().notNull(),
    billingAddress: varchar({ length: 70 }),
    billingCity: varchar({ length: 40 }),
    billingState: varchar({ length: 40 }),
    billingCountry: varchar({ length: 40 }),
    billingPostalCode: varchar({ length: 10 }),
    total: money().notNull(),
  },
  (t) => [index().on(t.customerId)],
);

export const invoiceLines = table(
  "invoice_line",
  {
    invoiceLineId: integer().primaryKey(),
    invoiceId: integer()
      .notNull()
      .references(() => invoices.invoiceId),
    trackId: integer()
      .notNull()
      .references(() => tracks.trackId),
    unitPrice: money().notNull(),
    quantity: integer().notNull(),
  },
  (t) => [index().on(t.invoiceId), index().on(t.trackId)],
);

const tables = {
  artists,
  albums,
  genres,
  mediaTypes,
  tracks,
  playlists,
  playlistTracks,
  employees,
  customers,
  invoices,
  invoiceLines,
};

export const schema = defineSchema(tables, (r) => ({
  artists: { albums: r.many(albums), tracks: r.many(tracks, { through: albums }) },
  albums: { artist: r.one(artists), tracks: r.many(tracks) },
  genres: { tracks: r.many(tracks) },
  tracks: {
    album: r.one(albums, { on: tracks.albumId }),
    genre: r.one(genres, { on: tracks.genreId }),
    mediaType: r.one(mediaTypes),
    playlists: r.many(playlists, { through: playlistTracks }),
    sales: r.many(invoiceLines),
  },
  playlists: { tracks: r.many(tracks, { through: playlistTracks }) },
  employees: {
    manager: r.one(employees, { on: employees.reportsTo }),
    reports: r.many(employees, { on: employees.reportsTo }),
    customers: r.many(customers),
  },
  customers: {
    supportRep: r.one(employees, { on: customers.supportRepId }),
    invoices: r.many(invoices),
    /** What the customer bought, each track once. */
    tracks: r.many(tracks, { through: [invoices, invoiceLines] }),
  },
  invoices: { customer: r.one(customers), lines: r.many(invoiceLines) },
  invoiceLines: { invoice: r.one(invoices), track: r.one(tracks) },
}));

/** How the shop's script for the database of this URL spells its names. */
export function namingOf(url: string): Naming {
  return /^postgres(?:ql)?:/i.test(url)
    ? { columns: "snake_case" }
    : { tables: "PascalCase", columns: "PascalCase" };
}
