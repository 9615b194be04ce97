import { DatabaseSync } from "node:sqlite";
import { readFileSync } from "node:fs";
import { connect, type Database } from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createTestDatabase,
  testServers,
  type TestDatabase,
} from "../../test/servers/databases.ts";
import { loadChinook } from "./load.ts";
import { namingOf, schema } from "./schema.ts";
import {
  artistsBy,
  customersWithInvoices,
  neverBought,
  salesOf,
  shoppingBaskets,
  soldOut,
  staffTree,
} from "./trees.ts";

/** The same questions by hand, one line for each leaf of a tree, asked of the shop's SQLite script without Plinth. */
const byHand = {
  artistsBy: `
    select r.Name as artist, a.Title as album, t.Name as track, printf('%.2f', t.UnitPrice) as price, g.Name as genre
    from Artist r left join Album a using (ArtistId) left join Track t using (AlbumId) left join Genre g using (GenreId)
    where r.Name like 'A%' order by r.ArtistId, a.AlbumId, t.TrackId`,
  customersWithInvoices: `
    select c.CustomerId as customerId, e.LastName as rep, i.InvoiceId as invoiceId, printf('%.2f', i.Total) as total,
      (select count(*) from InvoiceLine l where l.InvoiceId = i.InvoiceId) as lines
    from Customer c left join Employee e on e.EmployeeId = c.SupportRepId join (
      select *, row_number() over (partition by CustomerId order by InvoiceDate desc, InvoiceId desc) as place from Invoice
    ) i on i.CustomerId = c.CustomerId and i.place <= 2
    where c.Country = 'Brazil' order by c.CustomerId, i.InvoiceDate desc, i.InvoiceId desc`,
  soldOut: `
    select a.Title as title, r.Name as artist, count(*) as tracks
    from Album a join Artist r using (ArtistId) join Track t using (AlbumId) group by a.AlbumId
    having count(*) > 3 and sum(t.TrackId in (select TrackId from InvoiceLine)) = count(*)
    order by tracks desc, a.AlbumId`,
  neverBought: `
    select g.Name as genre, count(t.TrackId) as tracks, sum(t.TrackId in (select TrackId from InvoiceLine)) as sold
    from Genre g join Track t using (GenreId) group by g.GenreId having sum(t.TrackId in (
      select TrackId from InvoiceLine join Invoice using (InvoiceId) where CustomerId = 5
    )) = 0 order by g.GenreId`,
  shoppingBaskets: `
    select c.LastName as lastName, count(distinct l.TrackId) as tracks,
      (select printf('%.2f', sum(Total)) from Invoice x where x.CustomerId = c.CustomerId) as spent
    from Customer c join Invoice i using (CustomerId) join InvoiceLine l using (InvoiceId)
    group by c.CustomerId order by tracks desc, c.CustomerId limit 7`,
  salesOf: `
    select t.TrackId as trackId, t.Name as name, l.InvoiceLineId as invoiceLineId, l.Quantity as quantity
    from Track t left join InvoiceLine l using (TrackId) where t.Name like 'Angel%' order by t.TrackId, l.InvoiceLineId`,
};

let shop: DatabaseSync;

beforeAll(() => {
  shop = new DatabaseSync(":memory:");
  shop.exec(readFileSync(new URL("./data/sqlite.sql", import.meta.url), "utf8"));
});
afterAll(() => shop.close());

function ask(question: keyof typeof byHand): Record<string, unknown>[] {
  const rows = shop.prepare(byHand[question]).all();
  expect(rows.length).toBeGreaterThan(2);
  return rows.map((row) => ({ ...row }));
}

/** A line for each item, and one without where there is none. */
function lines<Item, Line>(items: readonly Item[], make: (item: Item | null) => Line[]): Line[] {
  return items.length === 0 ? make(null) : items.flatMap((item) => make(item));
}

describe.each(testServers())("trees of Chinook on $name", (server) => {
  let place: TestDatabase;
  let db: Database<typeof schema>;

  beforeAll(async () => {
    place = await createTestDatabase(server);
    db = await connect(place.url, { schema, naming: namingOf(place.url) });
    await loadChinook(db);
  });
  afterAll(async () => {
    await db?.close();
    await place?.drop();
  });

  test("read artists with albums, tracks and genres", async () => {
    const found = await artistsBy(db, "A%");

    expect(
      found.flatMap((artist) =>
        lines(artist.albums, (album) =>
          lines(album?.tracks ?? [], (track) => [
            {
              artist: artist.name,
              album: album?.title ?? null,
              track: track?.name ?? null,
              price: track?.unitPrice ?? "0.00",
              genre: track?.genre?.name ?? null,
            },
          ]),
        ),
      ),
    ).toEqual(ask("artistsBy"));
  });

  test("read customers with their last invoices", async () => {
    const found = await customersWithInvoices(db, "Brazil", 2);

    expect(
      found.flatMap((customer) =>
        customer.invoices.map((invoice) => ({
          customerId: customer.customerId,
          rep: customer.supportRep?.lastName,
          ...invoice,
        })),
      ),
    ).toEqual(ask("customersWithInvoices"));
  });

  test("read the employees as a tree", async () => {
    const { lastName, reports } = await staffTree(db);

    expect(lastName).toBe("Adams");
    expect(
      reports.map((report) => [
        report.lastName,
        report.reports.map((one) => one.lastName),
        report.customers.length,
      ]),
    ).toEqual([
      ["Edwards", ["Peacock", "Park", "Johnson"], 0],
      ["Mitchell", ["King", "Callahan"], 0],
    ]);
  });

  test("ask for related rows, and count them", async () => {
    expect(await soldOut(db, 3)).toEqual(ask("soldOut"));
    expect(await neverBought(db, 5)).toEqual(ask("neverBought"));
    expect(await shoppingBaskets(db, 7)).toEqual(ask("shoppingBaskets"));
  });

  test("load to rows in hand", async () => {
    const found = await salesOf(db, "Angel%");

    expect(
      found.flatMap(({ name, sales, trackId }) =>
        lines(sales, (sale) => [
          {
            trackId,
            name,
            invoiceLineId: sale?.invoiceLineId ?? null,
            quantity: sale?.quantity ?? null,
          },
        ]),
      ),
    ).toEqual(ask("salesOf"));
  });
});
