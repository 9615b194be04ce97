// Questions to the shop. Each takes an `Executor`, which is a database or a transaction.
import {
  alias,
  and,
  asc,
  avg,
  count,
  countDistinct,
  desc,
  eq,
  exists,
  gt,
  gte,
  ilike,
  inArray,
  isNotNull,
  isNull,
  lt,
  max,
  min,
  multiply,
  notExists,
  sum,
  type Executor,
} from "plinth";
import {
  albums,
  artists,
  customers,
  employees,
  genres,
  invoiceLines,
  invoices,
  mediaTypes,
  playlists,
  playlistTracks,
  tracks,
} from "./schema.ts";

/** An inner join, and text that any case matches. */
export function albumsOf(db: Executor, artist: string) {
  return db
    .select({ albumId: albums.albumId, title: albums.title, artist: artists.name })
    .from(albums)
    .innerJoin(artists, eq(artists.artistId, albums.artistId))
    .where(ilike(artists.name, artist))
    .orderBy(albums.albumId);
}

/** Two left joins, as a track may lack its album and its genre. */
export function tracksLongerThan(db: Executor, milliseconds: number) {
  return db
    .select({
      track: tracks.name,
      album: albums.title,
      genre: genres.name,
      milliseconds: tracks.milliseconds,
    })
    .from(tracks)
    .leftJoin(albums, eq(albums.albumId, tracks.albumId))
    .leftJoin(genres, eq(genres.genreId, tracks.genreId))
    .where(gt(tracks.milliseconds, milliseconds))
    .orderBy(desc(tracks.milliseconds), tracks.trackId);
}

/** A left join for what is missing on the other side. */
export function artistsWithoutAlbum(db: Executor) {
  return db
    .select({ artistId: artists.artistId, name: artists.name, album: albums.title })
    .from(artists)
    .leftJoin(albums, eq(albums.artistId, artists.artistId))
    .where(isNull(albums.albumId))
    .orderBy(artists.artistId);
}

/** A table joined with itself: whom everybody reports to. The head of the shop reports to nobody. */
export function hierarchy(db: Executor) {
  const managers = alias(employees, "manager");
  return db
    .select({
      employeeId: employees.employeeId,
      lastName: employees.lastName,
      title: employees.title,
      manager: { id: managers.employeeId, name: managers.lastName },
    })
    .from(employees)
    .leftJoin(managers, eq(managers.employeeId, employees.reportsTo))
    .orderBy(employees.employeeId);
}

/** Sums of decimals are exact, and come as text. */
export function topCustomers(db: Executor, howMany: number) {
  return db
    .select({
      customerId: customers.customerId,
      firstName: customers.firstName,
      lastName: customers.lastName,
      invoices: count(),
      spent: sum(invoices.total),
    })
    .from(customers)
    .innerJoin(invoices, eq(invoices.customerId, customers.customerId))
    .groupBy(customers.customerId, customers.firstName, customers.lastName)
    .orderBy(desc(sum(invoices.total)), customers.customerId)
    .limit(howMany);
}

/** Instants compare as instants, whatever the database keeps. The end is not part of the range. */
export function invoicesBetween(db: Executor, from: Date, to: Date) {
  return db
    .select({
      invoiceId: invoices.invoiceId,
      invoiceDate: invoices.invoiceDate,
      total: invoices.total,
    })
    .from(invoices)
    .where(and(gte(invoices.invoiceDate, from), lt(invoices.invoiceDate, to)))
    .orderBy(invoices.invoiceId);
}

/** Groups that are kept by what they add up to. */
export function countriesSpendingOver(db: Executor, amount: string) {
  return db
    .select({
      country: invoices.billingCountry,
      invoices: count(),
      customers: countDistinct(invoices.customerId),
      total: sum(invoices.total),
      least: min(invoices.total),
      most: max(invoices.total),
    })
    .from(invoices)
    .groupBy(invoices.billingCountry)
    .having(gt(sum(invoices.total), amount))
    .orderBy(desc(sum(invoices.total)), asc(invoices.billingCountry));
}

/** A sum of what is computed from each row, exactly. */
export function revenueByGenre(db: Executor, howMany: number) {
  const revenue = sum(multiply(invoiceLines.unitPrice, invoiceLines.quantity));
  return db
    .select({ genre: genres.name, sold: sum(invoiceLines.quantity), revenue })
    .from(invoiceLines)
    .innerJoin(tracks, eq(tracks.trackId, invoiceLines.trackId))
    .innerJoin(genres, eq(genres.genreId, tracks.genreId))
    .groupBy(genres.genreId, genres.name)
    .orderBy(desc(sum(invoiceLines.quantity)), genres.genreId)
    .limit(howMany);
}

/** Three tables, of which one has nothing for some. */
export function playlistSizes(db: Executor) {
  return db
    .select({
      playlistId: playlists.playlistId,
      name: playlists.name,
      tracks: count(playlistTracks.trackId),
      longest: max(tracks.milliseconds),
    })
    .from(playlists)
    .leftJoin(playlistTracks, eq(playlistTracks.playlistId, playlists.playlistId))
    .leftJoin(tracks, eq(tracks.trackId, playlistTracks.trackId))
    .groupBy(playlists.playlistId, playlists.name)
    .orderBy(playlists.playlistId);
}

export function mediaTypeLengths(db: Executor) {
  return db
    .select({
      mediaType: mediaTypes.name,
      tracks: count(),
      averageMs: avg(tracks.milliseconds),
      averagePrice: avg(tracks.unitPrice),
    })
    .from(tracks)
    .innerJoin(mediaTypes, eq(mediaTypes.mediaTypeId, tracks.mediaTypeId))
    .groupBy(mediaTypes.mediaTypeId, mediaTypes.name)
    .orderBy(mediaTypes.mediaTypeId);
}

/** NULL in a condition, and a list. */
export function companiesIn(db: Executor, countries: readonly string[]) {
  return db
    .select({ company: customers.company, country: customers.country, state: customers.state })
    .from(customers)
    .where(and(isNotNull(customers.company), inArray(customers.country, countries)))
    .orderBy(customers.customerId);
}

/** Queries inside a query, which read the rows of the one around them. */
export async function soldAndUnsold(db: Executor) {
  const sales = db
    .select({ id: invoiceLines.invoiceLineId })
    .from(invoiceLines)
    .where(eq(invoiceLines.trackId, tracks.trackId));
  const sold = await db.from(tracks).where(exists(sales)).count();
  const unsold = await db.from(tracks).where(notExists(sales)).count();
  return { sold, unsold };
}
