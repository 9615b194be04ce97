import { DatabaseSync } from "node:sqlite";
import { readFileSync } from "node:fs";
import { connect, type Database } from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createTestDatabase,
  testServers,
  type TestDatabase,
} from "../../test/servers/databases.ts";
import { loadChinook, splitStatements } from "./load.ts";
import {
  albumsOf,
  artistsWithoutAlbum,
  companiesIn,
  countriesSpendingOver,
  hierarchy,
  invoicesBetween,
  mediaTypeLengths,
  playlistSizes,
  revenueByGenre,
  soldAndUnsold,
  topCustomers,
  tracksLongerThan,
} from "./queries.ts";
import { namingOf, playlistTracks, schema, tracks } from "./schema.ts";

const rowCounts = {
  artists: 275,
  albums: 347,
  genres: 25,
  mediaTypes: 5,
  tracks: 3503,
  playlists: 18,
  playlistTracks: 8715,
  employees: 8,
  customers: 59,
  invoices: 412,
  invoiceLines: 2240,
} satisfies Record<keyof (typeof schema)["tables"], number>;

/** Prices there are floating-point numbers, so every sum of them is rounded to cents once, at its end. */
const money = (expression: string) => `printf('%.2f', ${expression})`;

/** The same questions by hand. They are asked of the shop's SQLite script without Plinth. */
const byHand = {
  albumsOf: `
    select a.AlbumId as albumId, a.Title as title, r.Name as artist
    from Album a join Artist r on r.ArtistId = a.ArtistId
    where r.Name = 'Iron Maiden' order by a.AlbumId`,
  tracksLongerThan: `
    select t.Name as track, a.Title as album, g.Name as genre, t.Milliseconds as milliseconds
    from Track t left join Album a using (AlbumId) left join Genre g using (GenreId)
    where t.Milliseconds > 2700000 order by t.Milliseconds desc, t.TrackId`,
  artistsWithoutAlbum: `
    select ArtistId as artistId, Name as name, null as album from Artist
    where ArtistId not in (select ArtistId from Album) order by ArtistId`,
  hierarchy: `
    select e.EmployeeId as employeeId, e.LastName as lastName, e.Title as title,
      m.EmployeeId as managerId, m.LastName as managerName
    from Employee e left join Employee m on m.EmployeeId = e.ReportsTo order by e.EmployeeId`,
  topCustomers: `
    select c.CustomerId as customerId, c.FirstName as firstName, c.LastName as lastName,
      count(*) as invoices, ${money("sum(i.Total)")} as spent
    from Customer c join Invoice i using (CustomerId) group by c.CustomerId
    order by round(sum(i.Total), 2) desc, c.CustomerId limit 10`,
  invoicesBetween: `
    select InvoiceId as invoiceId, InvoiceDate as invoiceDate, ${money("Total")} as total
    from Invoice where InvoiceDate between '2022-02-26' and '2022-04-10 23:59:59' order by InvoiceId`,
  countriesSpendingOver: `
    select BillingCountry as country, count(*) as invoices, count(distinct CustomerId) as customers,
      ${money("sum(Total)")} as total, ${money("min(Total)")} as least, ${money("max(Total)")} as most
    from Invoice group by BillingCountry having round(sum(Total), 2) > 90
    order by round(sum(Total), 2) desc, BillingCountry`,
  revenueByGenre: `
    select g.Name as genre, sum(l.Quantity) as sold, ${money("sum(l.UnitPrice * l.Quantity)")} as revenue
    from InvoiceLine l join Track t using (TrackId) join Genre g using (GenreId)
    group by g.GenreId order by sold desc, g.GenreId limit 8`,
  playlistSizes: `
    select p.PlaylistId as playlistId, p.Name as name,
      (select count(*) from PlaylistTrack x where x.PlaylistId = p.PlaylistId) as tracks,
      (select max(t.Milliseconds) from PlaylistTrack x join Track t using (TrackId)
        where x.PlaylistId = p.PlaylistId) as longest
    from Playlist p order by p.PlaylistId`,
  mediaTypeLengths: `
    select m.Name as mediaType, count(*) as tracks, avg(t.Milliseconds) as averageMs,
      avg(t.UnitPrice) as averagePrice
    from Track t join MediaType m using (MediaTypeId) group by m.MediaTypeId order by m.MediaTypeId`,
  companiesIn: `
    select Company as company, Country as country, State as state from Customer
    where Company is not null and Country in ('Brazil', 'Canada', 'Norway', 'USA') order by CustomerId`,
  trackNames: `select TrackId as trackId, Name as name from Track order by TrackId`,
};

type Question = keyof typeof byHand;

let shop: DatabaseSync;

beforeAll(() => {
  shop = new DatabaseSync(":memory:");
  shop.exec(readFileSync(new URL("./data/sqlite.sql", import.meta.url), "utf8"));
});
afterAll(() => shop.close());

function ask(question: Question): Record<string, unknown>[] {
  const rows = shop.prepare(byHand[question]).all();
  expect(rows.length).toBeGreaterThan(0);
  return rows.map((row) => ({ ...row }));
}

describe.each(testServers())("Chinook on $name", (server) => {
  let place: TestDatabase;
  let db: Database;

  beforeAll(async () => {
    place = await createTestDatabase(server);
    db = await connect(place.url, { schema, naming: namingOf(place.url) });
    await loadChinook(db);
  });
  afterAll(async () => {
    await db?.close();
    await place?.drop();
  });

  test("holds every row of the script", async () => {
    const counts: Record<string, number> = {};
    for (const [name, table] of Object.entries(schema.tables))
      counts[name] = await db.from(table).count();

    expect(counts).toEqual(rowCounts);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(15_607);
  });

  test("reads every text as the script has it", async () => {
    const rows = await db
      .select({ trackId: tracks.trackId, name: tracks.name })
      .from(tracks)
      .orderBy(tracks.trackId);

    expect(rows).toEqual(ask("trackNames"));
    expect(rows[3434]?.name).toBe("Cavalleria Rusticana \\ Act \\ Intermezzo Sinfonico");
  });

  test("finds rows by their keys", async () => {
    expect(await db.from(tracks).find(1)).toEqual({
      trackId: 1,
      name: "For Those About To Rock (We Salute You)",
      albumId: 1,
      mediaTypeId: 1,
      genreId: 1,
      composer: "Angus Young, Malcolm Young, Brian Johnson",
      milliseconds: 343_719,
      bytes: 11_170_334,
      unitPrice: "0.99",
    });
    expect(await db.from(playlistTracks).find({ playlistId: 17, trackId: 1 })).toEqual({
      playlistId: 17,
      trackId: 1,
    });
    expect(await db.from(playlistTracks).find({ playlistId: 17, trackId: 6 })).toBeUndefined();
  });

  test("joins albums and artists, whatever the case of the name", async () => {
    expect(await albumsOf(db, "IRON maiden")).toEqual(ask("albumsOf"));
  });

  test("keeps tracks whose album or genre is missing", async () => {
    expect(await tracksLongerThan(db, 2_700_000)).toEqual(ask("tracksLongerThan"));
  });

  test("finds artists without an album", async () => {
    const rows = await artistsWithoutAlbum(db);

    expect(rows).toEqual(ask("artistsWithoutAlbum"));
    expect(rows).toHaveLength(71);
  });

  test("joins employees with those they report to", async () => {
    const rows = await hierarchy(db);

    expect(rows).toEqual(
      ask("hierarchy").map(({ managerId, managerName, ...employee }) => ({
        ...employee,
        manager: { id: managerId, name: managerName },
      })),
    );
    expect(rows[0]?.manager).toEqual({ id: null, name: null });
  });

  test("adds up what customers spent, to the cent", async () => {
    const rows = await topCustomers(db, 10);

    expect(rows).toEqual(ask("topCustomers"));
    expect(rows[0]).toMatchObject({ lastName: "Holý", spent: "49.62" });
  });

  test("finds invoices of a range of dates", async () => {
    const rows = await invoicesBetween(
      db,
      new Date("2022-02-26T00:00:00Z"),
      new Date("2022-04-11T00:00:00Z"),
    );

    expect(rows).toEqual(
      ask("invoicesBetween").map((row) => ({
        ...row,
        invoiceDate: new Date(`${String(row["invoiceDate"]).replace(" ", "T")}Z`),
      })),
    );
    // The first day belongs to the range and the last does not, though both have invoices.
    expect(rows.map((row) => row.invoiceId)).toEqual([97, 98, 99, 100, 101, 102, 103, 104]);
  });

  test("groups by country and keeps the larger sums", async () => {
    expect(await countriesSpendingOver(db, "90.00")).toEqual(ask("countriesSpendingOver"));
  });

  test("adds up what it computes from each row", async () => {
    expect(await revenueByGenre(db, 8)).toEqual(ask("revenueByGenre"));
  });

  test("counts the tracks of playlists that have none", async () => {
    const rows = await playlistSizes(db);

    expect(rows).toEqual(ask("playlistSizes"));
    expect(rows.filter((row) => row.tracks === 0).map((row) => row.longest)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test("averages whole numbers and decimals", async () => {
    const expected = ask("mediaTypeLengths");
    const rows = await mediaTypeLengths(db);

    expect(rows.map(({ mediaType, tracks: tracksOf }) => [mediaType, tracksOf])).toEqual(
      expected.map((row) => [row["mediaType"], row["tracks"]]),
    );
    rows.forEach((row, place) => {
      expect(row.averageMs).toBeCloseTo(Number(expected[place]?.["averageMs"]), 3);
      expect(row.averagePrice).toBeCloseTo(Number(expected[place]?.["averagePrice"]), 5);
    });
  });

  test("tells NULL from text, and looks in lists", async () => {
    expect(await companiesIn(db, ["Brazil", "Canada", "Norway", "USA"])).toEqual(
      ask("companiesIn"),
    );
    expect(await companiesIn(db, [])).toEqual([]);
  });

  test("asks a query inside a query", async () => {
    expect(await soldAndUnsold(db)).toEqual({ sold: 1984, unsold: 1519 });
  });

  test("gives a transaction the same answers, with its own writes in them", async () => {
    const stopped = new Error("stop here");
    const inside = db.transaction(async (tx) => {
      await tx.delete(playlistTracks).all();
      expect((await playlistSizes(tx)).every((row) => row.tracks === 0)).toBe(true);
      throw stopped;
    });

    await expect(inside).rejects.toBe(stopped);
    expect(await playlistSizes(db)).toEqual(ask("playlistSizes"));
  });
});

describe("the script's statements", () => {
  test("end at a semicolon, unless it stands in quotes or in a comment", () => {
    const script = `
      -- first; of all
      insert into a values ('x; y', 'it''s; -- no comment', "q;q", [b;b], \`c;c\`);
      /* one; two */ select 1;;
      select/**/2`;

    expect(splitStatements(script)).toEqual([
      `insert into a values ('x; y', 'it''s; -- no comment', "q;q", [b;b], \`c;c\`)`,
      "select 1",
      "select 2",
    ]);
  });

  test("are as many as the script has", () => {
    const script = readFileSync(new URL("./data/sqlite.sql", import.meta.url), "utf8");

    expect(splitStatements(script).map((statement) => statement.split(" ")[0])).toEqual([
      ...Array<string>(11).fill("DROP"),
      ...Array<string>(11).fill("CREATE"),
      ...Array<string>(11).fill("CREATE"),
      ...Array<string>(24).fill("INSERT"),
    ]);
  });
});
