// What an analyst asks the shop. Each question is one query, and has one answer on every database. The shop's script for
// MySQL leaves the order of texts to the server, which disregards case: where that shows, a query orders by `lower(…)`.
import {
  add,
  alias,
  and,
  asc,
  concat,
  count,
  countDistinct,
  dateDiff,
  datePart,
  dateTrunc,
  desc,
  divide,
  eq,
  filter,
  gt,
  integer,
  isDistinctFrom,
  isNull,
  lag,
  lower,
  lt,
  lte,
  max,
  min,
  multiply,
  notExists,
  over,
  rank,
  round,
  rowNumber,
  scalar,
  sql,
  stringAgg,
  subtract,
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

/** A group's largest: ranks over a query that has summed them up. Equal ones share the first place. */
export function bestGenresByCountry(db: Executor) {
  const sold = db
    .select({
      country: invoices.billingCountry,
      genre: genres.name,
      sold: sum(invoiceLines.quantity),
      place: over(rank(), {
        partitionBy: invoices.billingCountry,
        orderBy: desc(sum(invoiceLines.quantity)),
      }),
    })
    .from(invoiceLines)
    .innerJoin(invoices, eq(invoices.invoiceId, invoiceLines.invoiceId))
    .innerJoin(tracks, eq(tracks.trackId, invoiceLines.trackId))
    .innerJoin(genres, eq(genres.genreId, tracks.genreId))
    .groupBy(invoices.billingCountry, genres.genreId, genres.name)
    .as("sold");
  return db
    .select({ country: sold.country, genre: sold.genre, sold: sold.sold })
    .from(sold)
    .where(eq(sold.place, 1))
    .orderBy(lower(sold.country), sold.genre);
}

/** The customer of each country who spent the most. */
export function bestCustomersByCountry(db: Executor) {
  const spent = db
    .select({
      country: customers.country,
      name: concat(customers.firstName, " ", customers.lastName),
      spent: sum(invoices.total),
      place: over(rowNumber(), {
        partitionBy: customers.country,
        orderBy: [desc(round(sum(invoices.total), 2)), customers.customerId],
      }),
    })
    .from(customers)
    .innerJoin(invoices, eq(invoices.customerId, customers.customerId))
    .groupBy(customers.customerId)
    .as("spent");
  return db
    .select({ country: spent.country, name: spent.name, spent: spent.spent })
    .from(spent)
    .where(eq(spent.place, 1))
    .orderBy(lower(spent.country));
}

function monthly(db: Executor) {
  const month = dateTrunc("month", invoices.invoiceDate);
  return db
    .select({ month, invoices: count(), revenue: sum(invoices.total) })
    .from(invoices)
    .groupBy(month)
    .as("monthly");
}

/** What came in month by month. */
export function monthlyRevenue(db: Executor) {
  const months = monthly(db);
  return db.from(months).orderBy(months.month);
}

/** And all that had come in by then. */
export function runningRevenue(db: Executor) {
  const months = monthly(db);
  return db
    .select({
      month: months.month,
      revenue: months.revenue,
      soFar: over(sum(months.revenue), { orderBy: months.month }),
      quarter: over(sum(months.revenue), {
        orderBy: months.month,
        frame: { rows: ["2 preceding", "current row"] },
      }),
    })
    .from(months)
    .orderBy(months.month);
}

/** Each year beside the one before it. */
export function yearOverYear(db: Executor) {
  const year = datePart("year", invoices.invoiceDate);
  const years = db
    .select({ year, revenue: sum(invoices.total) })
    .from(invoices)
    .groupBy(year)
    .as("years");
  const before = over(lag(years.revenue), { orderBy: years.year });
  return db
    .select({
      year: years.year,
      revenue: years.revenue,
      growth: subtract(years.revenue, before),
    })
    .from(years)
    .orderBy(years.year);
}

/** Who sold the most in each year. */
export function salesRepsByYear(db: Executor) {
  const year = datePart("year", invoices.invoiceDate);
  return db
    .select({
      year,
      name: employees.lastName,
      revenue: sum(invoices.total),
      place: over(rank(), { partitionBy: year, orderBy: desc(round(sum(invoices.total), 2)) }),
    })
    .from(invoices)
    .innerJoin(customers, eq(customers.customerId, invoices.customerId))
    .innerJoin(employees, eq(employees.employeeId, customers.supportRepId))
    .groupBy(year, employees.employeeId, employees.lastName)
    .orderBy(year, desc(round(sum(invoices.total), 2)), employees.lastName);
}

/** Whom everybody reports to, down from the head: a query that reads what it has found. */
export function reportingLines(db: Executor) {
  const head = db
    .select({
      employeeId: employees.employeeId,
      name: employees.lastName,
      depth: sql`0`.as(integer().notNull()),
    })
    .from(employees)
    .where(isNull(employees.reportsTo));
  const line = db.withRecursive("line", head, (found) =>
    db
      .select({
        employeeId: employees.employeeId,
        name: employees.lastName,
        depth: add(found.depth, 1),
      })
      .from(employees)
      .innerJoin(found, eq(found.employeeId, employees.reportsTo)),
  );
  return db.from(line).orderBy(line.depth, line.employeeId);
}

/** The lower median: the row in the middle of its group. */
export function medianLengths(db: Executor) {
  const numbered = db
    .select({
      genre: genres.name,
      milliseconds: tracks.milliseconds,
      place: over(rowNumber(), {
        partitionBy: genres.genreId,
        orderBy: [tracks.milliseconds, tracks.trackId],
      }),
      tracks: over(count(), { partitionBy: genres.genreId }),
    })
    .from(tracks)
    .innerJoin(genres, eq(genres.genreId, tracks.genreId))
    .as("numbered");
  return db
    .select({
      genre: numbered.genre,
      tracks: numbered.tracks,
      median: numbered.milliseconds,
    })
    .from(numbered)
    .where(eq(numbered.place, divide(add(numbered.tracks, 1), 2)))
    .orderBy(numbered.genre);
}

/** Customers who never bought anything of a genre. */
export function customersWithout(db: Executor, genre: string) {
  const bought = db
    .select({ id: invoiceLines.invoiceLineId })
    .from(invoiceLines)
    .innerJoin(invoices, eq(invoices.invoiceId, invoiceLines.invoiceId))
    .innerJoin(tracks, eq(tracks.trackId, invoiceLines.trackId))
    .innerJoin(genres, eq(genres.genreId, tracks.genreId))
    .where(and(eq(invoices.customerId, customers.customerId), eq(genres.name, genre)));
  return db
    .select({ customerId: customers.customerId, name: customers.lastName })
    .from(customers)
    .where(notExists(bought))
    .orderBy(customers.customerId);
}

/** How long customers wait until they buy again. */
export function daysBetweenPurchases(db: Executor) {
  const gaps = db
    .select({
      customerId: invoices.customerId,
      days: dateDiff(
        "day",
        invoices.invoiceDate,
        scalar(
          db
            .select({ at: max(earlier.invoiceDate) })
            .from(earlier)
            .where(
              and(
                eq(earlier.customerId, invoices.customerId),
                lt(earlier.invoiceDate, invoices.invoiceDate),
              ),
            ),
        ),
      ),
    })
    .from(invoices)
    .as("gaps");
  return db
    .select({
      customerId: gaps.customerId,
      purchases: count(),
      shortest: min(gaps.days),
      longest: max(gaps.days),
    })
    .from(gaps)
    .groupBy(gaps.customerId)
    .orderBy(desc(max(gaps.days)), gaps.customerId)
    .limit(10);
}

const earlier = alias(invoices, "earlier");

/** The playlists that last the longest, of those that have a track. */
export function longestPlaylists(db: Executor, howMany: number) {
  const length = sum(tracks.milliseconds);
  return db
    .select({ name: playlists.name, tracks: count(), minutes: divide(length, 60_000) })
    .from(playlists)
    .innerJoin(playlistTracks, eq(playlistTracks.playlistId, playlists.playlistId))
    .innerJoin(tracks, eq(tracks.trackId, playlistTracks.trackId))
    .groupBy(playlists.playlistId, playlists.name)
    .orderBy(desc(length), playlists.playlistId)
    .limit(howMany);
}

/** Which part of the revenue each media type brings, in percent, cut to two digits. */
export function revenueShares(db: Executor) {
  const revenue = sum(multiply(invoiceLines.unitPrice, invoiceLines.quantity));
  const all = db.select({ revenue }).from(invoiceLines);
  return db
    .select({
      mediaType: mediaTypes.name,
      revenue,
      percent: divide(multiply(revenue, 100), scalar(all)),
    })
    .from(invoiceLines)
    .innerJoin(tracks, eq(tracks.trackId, invoiceLines.trackId))
    .innerJoin(mediaTypes, eq(mediaTypes.mediaTypeId, tracks.mediaTypeId))
    .groupBy(mediaTypes.mediaTypeId, mediaTypes.name)
    .orderBy(mediaTypes.mediaTypeId);
}

/** How many tracks of each genre nobody has bought. */
export function unsoldByGenre(db: Executor) {
  return db
    .select({
      genre: genres.name,
      tracks: countDistinct(tracks.trackId),
      unsold: filter(count(), isNull(invoiceLines.invoiceLineId)),
    })
    .from(tracks)
    .innerJoin(genres, eq(genres.genreId, tracks.genreId))
    .leftJoin(invoiceLines, eq(invoiceLines.trackId, tracks.trackId))
    .groupBy(genres.genreId, genres.name)
    .orderBy(genres.genreId);
}

/** Genres that are bought together: pairs of lines of one invoice. */
export function genresBoughtTogether(db: Executor, howMany: number) {
  const otherLines = alias(invoiceLines, "other_line");
  const otherTracks = alias(tracks, "other_track");
  const otherGenres = alias(genres, "other_genre");
  const times = countDistinct(invoiceLines.invoiceId);
  return db
    .select({ one: genres.name, other: otherGenres.name, times })
    .from(invoiceLines)
    .innerJoin(otherLines, eq(otherLines.invoiceId, invoiceLines.invoiceId))
    .innerJoin(tracks, eq(tracks.trackId, invoiceLines.trackId))
    .innerJoin(otherTracks, eq(otherTracks.trackId, otherLines.trackId))
    .innerJoin(genres, eq(genres.genreId, tracks.genreId))
    .innerJoin(otherGenres, eq(otherGenres.genreId, otherTracks.genreId))
    .where(lt(genres.genreId, otherGenres.genreId))
    .groupBy(genres.genreId, genres.name, otherGenres.genreId, otherGenres.name)
    .orderBy(desc(times), genres.name, otherGenres.name)
    .limit(howMany);
}

/** When customers came: by the quarter of their first purchase. */
export function cohorts(db: Executor) {
  const firsts = db
    .select({ customerId: invoices.customerId, first: min(invoices.invoiceDate) })
    .from(invoices)
    .groupBy(invoices.customerId)
    .as("firsts");
  const quarter = dateTrunc("quarter", firsts.first);
  return db.select({ quarter, customers: count() }).from(firsts).groupBy(quarter).orderBy(quarter);
}

/** Albums of which every track was sold. */
export function albumsSoldWhole(db: Executor) {
  return db
    .select({ title: albums.title, tracks: countDistinct(tracks.trackId) })
    .from(albums)
    .innerJoin(tracks, eq(tracks.albumId, albums.albumId))
    .leftJoin(invoiceLines, eq(invoiceLines.trackId, tracks.trackId))
    .groupBy(albums.albumId, albums.title)
    .having(
      and(
        eq(countDistinct(tracks.trackId), countDistinct(invoiceLines.trackId)),
        gt(countDistinct(tracks.trackId), 5),
      ),
    )
    .orderBy(albums.title);
}

/** Artists whose tracks are of several genres, with all of them. */
export function versatileArtists(db: Executor) {
  const pairs = db
    .select({ artistId: artists.artistId, artist: artists.name, genre: genres.name })
    .from(tracks)
    .innerJoin(albums, eq(albums.albumId, tracks.albumId))
    .innerJoin(artists, eq(artists.artistId, albums.artistId))
    .innerJoin(genres, eq(genres.genreId, tracks.genreId))
    .distinct()
    .as("pairs");
  return db
    .select({
      artist: pairs.artist,
      genres: stringAgg(pairs.genre, ", ", { orderBy: pairs.genre }),
    })
    .from(pairs)
    .groupBy(pairs.artistId, pairs.artist)
    .having(gt(count(), 2))
    .orderBy(pairs.artist);
}

/** Sales by the day of the week, from Monday on. */
export function salesByWeekday(db: Executor) {
  const weekday = datePart("dayOfWeek", invoices.invoiceDate);
  return db
    .select({ weekday, invoices: count(), revenue: sum(invoices.total) })
    .from(invoices)
    .groupBy(weekday)
    .orderBy(weekday);
}

/** Cities with customers and without an employee. */
export function citiesWithoutStaff(db: Executor) {
  const ofCustomers = db.select({ city: customers.city }).from(customers);
  const cities = ofCustomers.except(db.select({ city: employees.city }).from(employees));
  return cities.orderBy(asc(cities.columns.city).nullsLast()).limit(10);
}

/** Customers whose representative sits in another state, where the one or the other may have none. */
export function servedFromElsewhere(db: Executor) {
  return db
    .select({ customer: customers.lastName, state: customers.state, repState: employees.state })
    .from(customers)
    .innerJoin(employees, eq(employees.employeeId, customers.supportRepId))
    .where(and(isDistinctFrom(customers.state, employees.state), lte(customers.customerId, 20)))
    .orderBy(asc(customers.state).nullsLast(), customers.customerId);
}

/** Each customer's largest invoice, the first of equal ones. */
export function largestInvoices(db: Executor, howMany: number) {
  const numbered = db
    .select({
      customerId: invoices.customerId,
      invoiceId: invoices.invoiceId,
      total: invoices.total,
      place: over(rowNumber(), {
        partitionBy: invoices.customerId,
        orderBy: [desc(invoices.total), invoices.invoiceId],
      }),
    })
    .from(invoices)
    .as("numbered");
  return db
    .select({
      customerId: numbered.customerId,
      invoiceId: numbered.invoiceId,
      total: numbered.total,
    })
    .from(numbered)
    .where(eq(numbered.place, 1))
    .orderBy(desc(numbered.total), numbered.customerId)
    .limit(howMany);
}
