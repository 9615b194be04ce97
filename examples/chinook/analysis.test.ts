import { DatabaseSync } from "node:sqlite";
import { readFileSync } from "node:fs";
import { connect, type Database } from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createTestDatabase,
  testServers,
  type TestDatabase,
} from "../../test/servers/databases.ts";
import * as analysis from "./analysis.ts";
import { loadChinook } from "./load.ts";
import { namingOf, schema } from "./schema.ts";

type Question = keyof typeof analysis;

/** Prices there are floating-point numbers, so every sum of them is rounded to cents once, at its end. */
const money = (expression: string) => `printf('%.2f', ${expression})`;
/** An instant as JSON has it. */
const instant = (expression: string) => `strftime('%Y-%m-%dT%H:%M:%S.000Z', ${expression})`;

const monthly = `select ${instant("InvoiceDate, 'start of month'")} as month, count(*) as invoices,
  round(sum(Total), 2) as revenue from Invoice group by 1`;

/** The same questions by hand, of the shop's SQLite script without Plinth. */
const byHand: Readonly<Record<Question, string>> = {
  bestGenresByCountry: `
    with sold as (
      select BillingCountry as country, g.Name as genre, sum(Quantity) as sold
      from InvoiceLine join Invoice using (InvoiceId) join Track using (TrackId)
        join Genre g using (GenreId)
      group by BillingCountry, GenreId)
    select * from sold s where sold = (select max(sold) from sold where country = s.country)
    order by lower(country), genre`,
  bestCustomersByCountry: `
    select country, name, spent from (
      select Country as country, FirstName || ' ' || LastName as name, ${money("sum(Total)")} as spent,
        row_number() over (partition by Country order by round(sum(Total), 2) desc, CustomerId) as n
      from Customer join Invoice using (CustomerId) group by CustomerId)
    where n = 1 order by lower(country)`,
  monthlyRevenue: `
    select month, invoices, ${money("revenue")} as revenue from (${monthly}) order by month`,
  runningRevenue: `
    with m as (${monthly})
    select month, ${money("revenue")} as revenue,
      (select ${money("sum(revenue)")} from m other where other.month <= m.month) as soFar,
      (select ${money("sum(revenue)")} from m other where other.month <= m.month
        and other.month >= strftime('%Y-%m-%dT%H:%M:%S.000Z', m.month, '-2 months')) as quarter
    from m order by month`,
  yearOverYear: `
    with y as (select cast(strftime('%Y', InvoiceDate) as integer) as year,
      round(sum(Total), 2) as revenue from Invoice group by 1)
    select y.year, ${money("y.revenue")} as revenue,
      case when b.year is not null then ${money("y.revenue - b.revenue")} end as growth
    from y left join y b on b.year = y.year - 1 order by y.year`,
  salesRepsByYear: `
    with s as (select cast(strftime('%Y', InvoiceDate) as integer) as year, e.LastName as name,
        round(sum(Total), 2) as revenue
      from Invoice join Customer c using (CustomerId) join Employee e on e.EmployeeId = c.SupportRepId
      group by 1, e.EmployeeId)
    select year, name, ${money("revenue")} as revenue,
      1 + (select count(*) from s o where o.year = s.year and o.revenue > s.revenue) as place
    from s order by year, s.revenue desc, name`,
  reportingLines: `
    with recursive line (employeeId, name, depth) as (
      select EmployeeId, LastName, 0 from Employee where ReportsTo is null
      union all
      select e.EmployeeId, e.LastName, depth + 1 from Employee e join line on e.ReportsTo = line.employeeId)
    select * from line order by depth, employeeId`,
  medianLengths: `
    select g.Name as genre, (select count(*) from Track where GenreId = t.GenreId) as tracks,
      Milliseconds as median
    from Track t join Genre g using (GenreId)
    where 2 * (select count(*) from Track o where o.GenreId = t.GenreId
        and (o.Milliseconds, o.TrackId) <= (t.Milliseconds, t.TrackId))
      in (select count(*) + count(*) % 2 from Track where GenreId = t.GenreId)
    order by g.Name`,
  customersWithout: `
    select CustomerId as customerId, LastName as name from Customer where CustomerId not in (
      select CustomerId from Invoice join InvoiceLine using (InvoiceId) join Track using (TrackId)
        join Genre g using (GenreId) where g.Name = 'Jazz')
    order by CustomerId`,
  daysBetweenPurchases: `
    with g as (select CustomerId, julianday(InvoiceDate) - julianday(
        lag(InvoiceDate) over (partition by CustomerId order by InvoiceDate)) as days from Invoice)
    select CustomerId as customerId, count(*) as purchases, cast(min(days) as integer) as shortest,
      cast(max(days) as integer) as longest
    from g group by CustomerId order by longest desc, customerId limit 10`,
  longestPlaylists: `
    select p.Name as name, count(*) as tracks, sum(Milliseconds) / 60000 as minutes
    from Playlist p join PlaylistTrack using (PlaylistId) join Track using (TrackId)
    group by PlaylistId order by sum(Milliseconds) desc, PlaylistId limit 5`,
  revenueShares: `
    with r as (select MediaTypeId, m.Name as mediaType,
        cast(round(sum(l.UnitPrice * Quantity) * 100) as integer) as cents
      from InvoiceLine l join Track using (TrackId) join MediaType m using (MediaTypeId)
      group by MediaTypeId)
    select mediaType, ${money("cents / 100.0")} as revenue,
      ${money("cents * 10000 / (select sum(cents) from r) / 100.0")} as percent
    from r order by MediaTypeId`,
  unsoldByGenre: `
    select g.Name as genre, count(*) as tracks,
      sum(TrackId not in (select TrackId from InvoiceLine)) as unsold
    from Track join Genre g using (GenreId) group by GenreId order by GenreId`,
  genresBoughtTogether: `
    with b as (select distinct InvoiceId, GenreId, g.Name as name
      from InvoiceLine join Track using (TrackId) join Genre g using (GenreId))
    select one.name as one, other.name as other, count(*) as times
    from b one join b other on one.InvoiceId = other.InvoiceId and one.GenreId < other.GenreId
    group by one.GenreId, other.GenreId order by times desc, one, other limit 10`,
  cohorts: `
    with f as (select min(InvoiceDate) as first from Invoice group by CustomerId)
    select strftime('%Y', first) || '-' || printf('%02d', (strftime('%m', first) - 1) / 3 * 3 + 1)
      || '-01T00:00:00.000Z' as quarter, count(*) as customers
    from f group by 1 order by 1`,
  albumsSoldWhole: `
    select a.Title as title, count(*) as tracks from Album a join Track using (AlbumId)
    group by AlbumId
    having count(*) > 5 and sum(TrackId not in (select TrackId from InvoiceLine)) = 0
    order by title`,
  versatileArtists: `
    select artist, group_concat(genre, ', ' order by genre) as genres from (
      select distinct ArtistId, r.Name as artist, g.Name as genre
      from Track join Album using (AlbumId) join Artist r using (ArtistId) join Genre g using (GenreId))
    group by ArtistId having count(*) > 2 order by artist`,
  salesByWeekday: `
    select (strftime('%w', InvoiceDate) + 6) % 7 + 1 as weekday, count(*) as invoices,
      ${money("sum(Total)")} as revenue
    from Invoice group by 1 order by 1`,
  citiesWithoutStaff: `
    select distinct City as city from Customer where City not in (select City from Employee)
    order by city limit 10`,
  servedFromElsewhere: `
    select c.LastName as customer, c.State as state, e.State as repState
    from Customer c join Employee e on e.EmployeeId = c.SupportRepId
    where c.State is not e.State and c.CustomerId <= 20
    order by c.State is null, c.State, c.CustomerId`,
  largestInvoices: `
    select CustomerId as customerId, min(InvoiceId) as invoiceId, ${money("Total")} as total
    from Invoice i where Total = (select max(Total) from Invoice where CustomerId = i.CustomerId)
    group by CustomerId order by Total desc, CustomerId limit 10`,
};

const ask: Readonly<Record<Question, (db: Database) => PromiseLike<object[]>>> = {
  ...analysis,
  customersWithout: (db) => analysis.customersWithout(db, "Jazz"),
  longestPlaylists: (db) => analysis.longestPlaylists(db, 5),
  genresBoughtTogether: (db) => analysis.genresBoughtTogether(db, 10),
  largestInvoices: (db) => analysis.largestInvoices(db, 10),
};
const questions = Object.keys(byHand) as Question[];

let shop: DatabaseSync;

beforeAll(() => {
  shop = new DatabaseSync(":memory:");
  shop.exec(readFileSync(new URL("./data/sqlite.sql", import.meta.url), "utf8"));
});
afterAll(() => shop.close());

test("there are twenty questions and more", () => {
  expect(questions.length).toBeGreaterThanOrEqual(20);
  expect(Object.keys(analysis).toSorted()).toEqual(questions.toSorted());
});

describe.each(testServers())("the analysis of Chinook on $name", (server) => {
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

  test.each(questions)("%s is answered as by hand", async (question) => {
    const expected = shop
      .prepare(byHand[question])
      .all()
      .map((row) => ({ ...row }));
    expect(expected.length).toBeGreaterThan(0);
    // As JSON, in which instants are texts.
    expect(JSON.parse(JSON.stringify(await ask[question](db)))).toEqual(expected);
  });
});
