// The shop as trees: rows with what belongs to them. Each takes an `Executor` that knows the shop's relations.
import {
  and,
  asc,
  countOf,
  desc,
  eq,
  every,
  gt,
  isNull,
  like,
  none,
  related,
  some,
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
  schema,
  tracks,
} from "./schema.ts";

type Shop = Executor<typeof schema>;
const of = schema.relations;

/** Artists with their albums, those with their tracks, each with its genre: four levels, three queries. */
export function artistsBy(shop: Shop, name: string) {
  return shop
    .from(artists)
    .where(like(artists.name, name))
    .orderBy(artists.artistId)
    .with({
      albums: {
        orderBy: albums.albumId,
        select: ["title"],
        with: {
          tracks: {
            orderBy: tracks.trackId,
            select: ["name", "unitPrice"],
            with: { genre: { select: ["name"] } },
          },
        },
      },
    });
}

/** Customers of a country, each with its last invoices and who looks after it. The limit is each customer's own. */
export function customersWithInvoices(shop: Shop, country: string, howMany: number) {
  return shop
    .from(customers)
    .where(eq(customers.country, country))
    .orderBy(customers.customerId)
    .with({
      supportRep: { select: ["lastName"] },
      invoices: {
        orderBy: [desc(invoices.invoiceDate), desc(invoices.invoiceId)],
        limit: howMany,
        select: {
          invoiceId: invoices.invoiceId,
          total: invoices.total,
          lines: countOf(of.invoices.lines),
        },
      },
    });
}

/** The whole shop from its head down. */
export function staffTree(shop: Shop) {
  return shop
    .from(employees)
    .where(isNull(employees.reportsTo))
    .with({
      reports: {
        orderBy: employees.employeeId,
        with: {
          reports: { orderBy: employees.employeeId, select: ["lastName"] },
          customers: { select: ["customerId"] },
        },
      },
    })
    .one();
}

/** Albums all of whose tracks were sold, those with the most tracks first. */
export function soldOut(shop: Shop, atLeast: number) {
  return shop
    .select({
      title: albums.title,
      artist: related(of.albums.artist, (artist) => artist.name),
      tracks: countOf(of.albums.tracks),
    })
    .from(albums)
    .where(
      and(every(of.albums.tracks, some(of.tracks.sales)), gt(countOf(of.albums.tracks), atLeast)),
    )
    .orderBy(desc(countOf(of.albums.tracks)), asc(albums.albumId));
}

/** Genres of which a customer never bought anything, and what all others spent on them. */
export function neverBought(shop: Shop, customerId: number) {
  return shop
    .select({
      genre: genres.name,
      tracks: countOf(of.genres.tracks),
      sold: countOf(of.genres.tracks, some(of.tracks.sales)),
    })
    .from(genres)
    .where(
      none(
        of.genres.tracks,
        some(of.tracks.sales, some(of.invoiceLines.invoice, eq(invoices.customerId, customerId))),
      ),
    )
    .orderBy(genres.genreId);
}

/** How many different tracks each customer bought, and what the lines of its invoices add up to. */
export function shoppingBaskets(shop: Shop, howMany: number) {
  return shop
    .select({
      lastName: customers.lastName,
      tracks: countOf(of.customers.tracks),
      spent: related(of.customers.invoices, (invoice) => sum(invoice.total)),
    })
    .from(customers)
    .orderBy(desc(countOf(of.customers.tracks)), customers.customerId)
    .limit(howMany);
}

/** Tracks in hand, with the lines on which they were sold. */
export async function salesOf(shop: Shop, name: string) {
  const found = await shop
    .select({ trackId: tracks.trackId, name: tracks.name })
    .from(tracks)
    .where(like(tracks.name, name))
    .orderBy(tracks.trackId);
  return shop.load(found, of.tracks.sales, {
    select: ["invoiceLineId", "quantity"],
    orderBy: invoiceLines.invoiceLineId,
  });
}
