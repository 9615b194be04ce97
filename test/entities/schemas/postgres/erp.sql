-- An ERP of a manufacturer: since PostgreSQL 7.4, moved by dumps ever since; modules in schemas, accounting, warehouses, production, HR.
create extension if not exists btree_gin;
create extension if not exists hstore;
create extension if not exists ltree;
create extension if not exists "uuid-ossp";
create extension if not exists unaccent;
create schema stock;
create schema fin;
create schema "HR";
create schema archive;
create collation german_phone (provider = icu, locale = 'de-u-co-phonebk');
create collation case_blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create domain quantity as numeric(16,4) constraint quantity_sane check (value > -1e9 and value < 1e9);
create domain percentage as numeric(5,2) default 0.00 check (value >= 0 and value <= 100);
create domain account_no as varchar(10) not null;
create domain iso_currency as char(3) default 'CHF';
create domain email_address as text collate case_blind check (value ~* '^[^@ ]+@[^@ ]+$');
create type order_state as enum ('draft', 'confirmed', 'in production', 'delivered', 'invoiced', 'cancelled');
create type stock.movement_kind as enum ('in', 'out', 'transfer', 'count', 'scrap', 'Korrektur');
create type fin.side as enum ('debit', 'credit');
create type money_amount as (amount numeric(14,2), currency char(3));
create type fin.account_range as range (subtype = text, collation = "C");
create type "HR".weekday as enum ('Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So');
create sequence order_number_seq start 100000 cache 1;
create sequence fin.voucher_seq increment by -1 minvalue -999999999 maxvalue -1;
create function set_changed() returns trigger language plpgsql as $fn$ begin new.changed_at := clock_timestamp(); new.changed_by := session_user; return new; end $fn$;
create function next_order_no() returns varchar language sql volatile as 'select to_char(current_date, ''YYYY'') || lpad(nextval(''public.order_number_seq'')::text, 6, ''0'')';
create function fin.is_balanced(numeric, numeric) returns boolean language sql immutable as 'select coalesce($1, 0) = coalesce($2, 0)';
create function gross(net numeric, vat percentage) returns numeric language sql immutable parallel safe as 'select round(net * (1 + vat / 100), 2)';
create aggregate product(numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');
create operator public.=~= (leftarg = text, rightarg = text, function = texteq);
create text search configuration simple_unaccent (copy = simple);

create table company (company_id serial primary key, name varchar(100) not null, uid varchar(15), base_currency iso_currency not null, fiscal_start smallint not null default 1 check (fiscal_start between 1 and 12), parent integer references company (company_id), logo bytea, changed_at timestamp without time zone default now(), changed_by name default session_user);
create table "user" ("user" varchar(30) primary key, "full name" varchar(80), "group" varchar(30), "default" boolean not null default false, email email_address unique, password char(60), options hstore default ''::hstore, last_login timestamp, "primary" int);
create table user_role (username varchar(30) not null references "user" on update cascade on delete cascade, role varchar(20) not null, company_id int not null references company, primary key (username, role, company_id));
create table currency (code char(3) primary key, name varchar(40) not null, decimals int2 not null default 2, symbol varchar(5) default '¤');
create table exchange_rate (from_currency char(3) not null references currency, to_currency char(3) not null references currency, valid_from date not null, rate numeric(18,8) not null check (rate > 0::numeric), constraint exchange_rate_pk primary key (from_currency, to_currency, valid_from), constraint two_currencies check (from_currency <> to_currency));
create table country (code char(2) not null constraint pk_country primary key, name varchar(60) collate german_phone not null, vat_rates numeric(4,2)[] not null default '{0,2.6,8.1}', eu_since date, dial int4);
create table unit (code varchar(6) primary key, name varchar(30) not null, base varchar(6) references unit on delete restrict, factor numeric(20,10) not null default 1, si boolean default null);
create table payment_terms (id smallserial primary key, name varchar(40) not null, days smallint not null default 30, discount percentage, discount_days smallint default 10, text_de text, text_fr text, text_it text);
create table partner (
  partner_id serial, kind char(1) not null default 'C', number varchar(12) not null, name varchar(100) collate german_phone not null, name2 varchar(100), search_name text generated always as (lower((name)::text || ' '::text || coalesce(name2, ''::character varying)::text)) stored, vat_no varchar(20), duns numeric(9,0), parent_id int, main_address_id int, terms_id smallint default 1 references payment_terms on delete set default, currency iso_currency references currency, credit_limit money default '10000', blocked boolean not null default false, rating "char" default 'B', language char(2) default 'de', attributes hstore, path ltree, homepage varchar(200), notes text, lead_time interval day to second default '5 days', changed_at timestamp default now(), changed_by name,
  constraint partner_pk primary key (partner_id), constraint partner_number_key unique (kind, number), constraint partner_parent foreign key (parent_id) references partner on update cascade on delete set null deferrable, constraint partner_kind check (kind = any (array['C'::bpchar, 'S'::bpchar, 'B'::bpchar]))
);
create unique index partner_vat on partner (upper(vat_no)) where vat_no is not null and not blocked;
create index partner_attributes on partner using gin (attributes);
create index partner_path on partner using gist (path);
create index partner_search on partner (search_name varchar_pattern_ops);
create index partner_name on partner (name collate "C", partner_id desc);
create table address (address_id serial primary key, partner_id int not null references partner on delete cascade, kind varchar(10) not null default 'main', street varchar(100), "house no." varchar(10), zip varchar(10), city varchar(60), country char(2) default 'CH' references country, geo point, valid daterange default '[,)', unique (partner_id, kind));
alter table partner add constraint partner_main_address foreign key (main_address_id) references address (address_id) on delete set null deferrable initially deferred;
create table contact (contact_id serial primary key, partner_id int not null references partner on delete cascade, salutation varchar(10), last_name varchar(60) not null, first_name varchar(60), phones varchar(30)[] default '{}'::varchar[], email email_address, birthday date, "position" varchar(60), is_main bool default false);
create unique index one_main_contact on contact (partner_id) where is_main;
create table product_group (code varchar(10) primary key, parent varchar(10) references product_group on update cascade, name varchar(60) not null, path ltree, account varchar(10));
create table product (
  product_id serial primary key, number varchar(20) not null unique, ean numeric(13,0), group_code varchar(10) not null references product_group on update cascade, name varchar(80) not null, name_fr varchar(80), description text default $$He said "don't" \ ever$$, unit varchar(6) not null default 'Stk' references unit, weight quantity default 0.001, dims numeric(8,2)[3], cost money_amount, list_price numeric(14,4) not null default 0, vat percentage not null, price_incl numeric(14,2) generated always as (gross(list_price, vat)) stored, is_stocked boolean not null default true, is_made boolean not null default false, drawing xml, params json, tags text[] not null default array[]::text[], replaced_by int references product, tsv tsvector, since date default 'today', barcode bit(64), changed_at timestamp default now(), changed_by name,
  constraint product_replaced check (replaced_by is distinct from product_id), constraint product_prices check (list_price >= 0 and (list_price > 0 or not is_stocked))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
create index product_tags on product using gin (tags, group_code);
create index product_tsv on product using gin (tsv) with (fastupdate = off);
create unique index product_ean on product (ean) nulls not distinct where is_stocked;
create index product_group_price on product (group_code, list_price desc) include (name, unit);
create index product_lower on product ((lower((name)::text) collate "C") text_pattern_ops);
create statistics product_stats (dependencies, ndistinct) on group_code, unit from product;
alter table product alter column description set storage external;
alter table product alter column group_code set statistics 500;
create table price_list (id serial primary key, name varchar(40) not null, currency iso_currency not null, valid daterange not null default daterange(current_date, 'infinity'::date), base_id int references price_list, factor float4 not null default 1.0);
create table price (price_list_id int references price_list on delete cascade, product_id int references product on delete cascade, min_quantity quantity not null default 1, amount numeric(14,4) not null, discount percentage, primary key (price_list_id, product_id, min_quantity));
create table bom (product_id int not null references product on delete cascade, component_id int not null references product on delete restrict, position smallint not null, quantity quantity not null default 1, scrap percentage, valid_from date default '-infinity', note varchar(200), primary key (product_id, position), check (product_id <> component_id));
create table routing (product_id int not null references product, step smallint not null, work_center varchar(8) not null, setup interval minute default '00:15', run_time interval(3) not null default interval '30 seconds', text text, primary key (product_id, step));
create table work_center (code varchar(8) primary key, name varchar(40) not null, cost_per_hour numeric(8,2) default 95.50, capacity int default 1, calendar tstzmultirange);
alter table routing add foreign key (work_center) references work_center (code);
create table supplier_product (partner_id int references partner, product_id int references product, their_number varchar(30), price numeric(14,4), lead_days int default 14, preferred boolean default false, primary key (partner_id, product_id));
create table document (document_id uuid primary key default uuid_generate_v4(), ref_table regclass, ref_id int, name text not null, content oid, mime text default 'application/octet-stream'::text, size int8 default 0, at timestamptz(0) not null default now(), search tsvector generated always as (to_tsvector('simple'::regconfig, name)) stored);
create index document_search on document using gin (search);
create index document_ref on document (ref_table, ref_id);

-- Sales and purchasing share one table and its children, as they have since 7.4.
create table doc_header (doc_id bigserial primary key, doc_no varchar(12) not null default next_order_no() unique, company_id int not null references company, partner_id int not null references partner, doc_date date not null default current_date, state order_state default 'draft'::order_state not null, currency iso_currency not null, rate numeric(18,8) default 1.0, total numeric(14,2) default 0.0, "references" bigint references doc_header, addr_snapshot text[][], remarks text, changed_at timestamp, changed_by name, constraint doc_total check (total >= 0) no inherit);
create table sales_order (promised date, discount percentage, commission numeric(5,2) default null::numeric, primary key (doc_id)) inherits (doc_header);
create table purchase_order (confirmed_by varchar(40), incoterm char(3) default 'DAP', primary key (doc_id)) inherits (doc_header);
create table sales_order_line (doc_id bigint not null references sales_order on delete cascade, line int not null, product_id int references product, text varchar(200), quantity quantity not null, unit varchar(6) references unit, price numeric(14,4) not null, discount percentage, amount numeric(14,2) generated always as (round((quantity::numeric) * price * (1 - discount::numeric / 100), 2)) stored, promised date, delivered quantity default 0, primary key (doc_id, line));
create index sales_line_open on sales_order_line (product_id, promised) where delivered::numeric < quantity::numeric;
create table purchase_order_line (doc_id bigint not null references purchase_order on delete cascade, line int not null, product_id int references product, quantity quantity not null, price numeric(14,4) not null, received quantity default '0'::numeric, primary key (doc_id, line));
create table production_order (id bigserial primary key, number varchar(12) default next_order_no(), product_id int not null references product, quantity quantity not null, state order_state not null default 'draft', planned tsrange, sales_doc bigint, sales_line int, parent_id bigint references production_order on delete cascade, foreign key (sales_doc, sales_line) references sales_order_line (doc_id, line) match full on delete set null (sales_line), constraint planned_not_empty check (not isempty(planned)));
create table production_step (order_id bigint not null references production_order on delete cascade, step smallint not null, work_center varchar(8) not null references work_center, started timestamp(0), finished timestamp(0), duration interval generated always as (finished - started) stored, operator varchar(30) references "user", good quantity default 0, bad quantity default 0, primary key (order_id, step));
create table complaint (id int generated always as identity (start with 500 increment by 5 minvalue 500 maxvalue 99999 cache 10 cycle) primary key, doc_id bigint references sales_order, line int, text text not null, severity int not null default 3 check (severity in (1, 2, 3)), closed_at timestamptz, check ((closed_at is null) or (text <> '')));

create table stock.warehouse (code char(3) primary key, name varchar(40) not null, address_id int references public.address, negative_allowed boolean not null default 'no');
create table stock.location (warehouse char(3) not null references stock.warehouse on update cascade, aisle varchar(3) not null, shelf smallint not null, level smallint not null default 0, capacity box, primary key (warehouse, aisle, shelf, level));
create table stock.lot (lot_id bigserial primary key, product_id int not null references public.product, number varchar(30) not null, produced date, expires date, supplier_id int references public.partner, attributes jsonb not null default jsonb_build_object('ok', true), unique (product_id, number), check (expires > produced));
create table stock.level (product_id int not null references public.product, warehouse char(3) not null, aisle varchar(3) not null, shelf smallint not null, level smallint not null, lot_id bigint references stock.lot, on_hand quantity not null default 0, reserved quantity not null default 0, free numeric generated always as (on_hand::numeric - reserved::numeric) stored, foreign key (warehouse, aisle, shelf, level) references stock.location on update cascade, constraint level_key unique nulls not distinct (product_id, warehouse, aisle, shelf, level, lot_id));
create table stock.movement (id bigint generated by default as identity, at timestamptz not null default now(), kind stock.movement_kind not null, product_id int not null, warehouse char(3) not null, quantity quantity not null, lot_id bigint, ref text, primary key (at, product_id, id)) partition by range (at);
create table stock.movement_2023 partition of stock.movement for values from ('2023-01-01') to ('2024-01-01');
create table stock.movement_2024 partition of stock.movement for values from ('2024-01-01') to ('2025-01-01') partition by hash (product_id);
create table stock.movement_2024_0 partition of stock.movement_2024 for values with (modulus 2, remainder 0);
create table stock.movement_2024_1 partition of stock.movement_2024 for values with (modulus 2, remainder 1);
create table stock.movement_default partition of stock.movement default;
create index movement_product on stock.movement (product_id, at desc);
alter table stock.movement add constraint movement_product foreign key (product_id) references public.product;
create table stock.reservation (id bigserial primary key, product_id int not null references public.product, quantity quantity not null, doc_id bigint not null, line int not null, until timestamptz default 'tomorrow'::timestamptz, foreign key (doc_id, line) references public.sales_order_line on delete cascade);
create table stock.count (id serial primary key, warehouse char(3) references stock.warehouse, counted_on date, "by" varchar(30) references public."user", closed bool default false);
create table stock.count_line (count_id int references stock.count on delete cascade, product_id int references public.product, expected quantity, counted quantity, difference numeric generated always as (counted::numeric - expected::numeric) stored, primary key (count_id, product_id));
create table stock.carrier (code varchar(8) primary key, name varchar(40), tracking_url text default 'https://example.org/track?n=%s', days int4range default '[1,4)');
create table stock.delivery (id bigserial primary key, doc_id bigint not null references public.sales_order, carrier varchar(8) references stock.carrier on update cascade, parcels smallint not null default 1, weight real, tracking text[], shipped timestamptz, signature path, constraint parcels_positive check (parcels > 0));
create table stock.delivery_line (delivery_id bigint not null references stock.delivery on delete cascade, doc_id bigint not null, line int not null, quantity quantity not null, primary key (delivery_id, doc_id, line), foreign key (doc_id, line) references public.sales_order_line);

create table fin.fiscal_year (company_id int not null references public.company, year int not null, starts date not null, ends date not null, closed boolean not null default false, primary key (company_id, year), constraint year_dates check (ends > starts));
create table fin.account (company_id int not null references public.company, number account_no, name varchar(80) not null, name_fr varchar(80), kind smallint not null default 1, parent varchar(10), currency iso_currency, vat_code varchar(4), is_total bool not null default false, primary key (company_id, number), foreign key (company_id, parent) references fin.account (company_id, number) on update cascade deferrable initially deferred);
create table fin.vat_code (code varchar(4) primary key, name varchar(40), rate percentage, account varchar(10), direction fin.side not null default 'credit', valid daterange);
create table fin.voucher (voucher_id bigint primary key default nextval('fin.voucher_seq'), company_id int not null, year int not null, number int not null, booked date not null, text varchar(120) not null default '', source text not null default 'manual', reversed_by bigint unique references fin.voucher deferrable initially deferred, foreign key (company_id, year) references fin.fiscal_year, constraint voucher_number unique (company_id, year, number) deferrable initially immediate);
create table fin.entry (voucher_id bigint not null references fin.voucher on delete cascade, line smallint not null, company_id int not null, account account_no, side fin.side not null, amount numeric(14,2) not null check (amount > 0.00), foreign_amount money_amount, cost_center varchar(8), vat_code varchar(4) references fin.vat_code, primary key (voucher_id, line), foreign key (company_id, account) references fin.account (company_id, number) on update cascade);
create index entry_account on fin.entry (company_id, account, side) include (amount);
create table fin.cost_center (code varchar(8) primary key, name varchar(40) not null, parent varchar(8) references fin.cost_center, accounts fin.account_range);
alter table fin.entry add constraint entry_cost_center foreign key (cost_center) references fin.cost_center not valid;
create table fin.invoice (invoice_id bigserial primary key, doc_id bigint references public.sales_order, number varchar(12) not null unique, issued date not null default current_date, due date, amount money_amount not null, total numeric(14,2) not null default 0, paid numeric(14,2) not null default 0, open numeric(14,2) generated always as (total - paid) stored, qr text, voucher_id bigint references fin.voucher on delete set null, check (fin.is_balanced(total, total)));
create index invoice_due on fin.invoice (due nulls first, number) where total <> paid;
create table fin.payment (payment_id bigserial primary key, booked date not null, amount numeric(14,2) not null, iban varchar(34), reference varchar(27), camt xml, matched boolean not null default false);
create table fin.payment_match (payment_id bigint references fin.payment on delete cascade, invoice_id bigint references fin.invoice, amount numeric(14,2) not null, primary key (payment_id, invoice_id));
create table fin.budget (company_id int, year int, account varchar(10), months numeric(12,2)[12] default array_fill(0::numeric, array[12]), primary key (company_id, year, account), foreign key (company_id, account) references fin.account (company_id, number));
create table fin.asset (id serial primary key, name varchar(60) not null, bought date, value numeric(14,2), life interval year to month default '5 years', method varchar(12) default 'linear' check (method in ('linear', 'degressive')), location circle, parent_id int references fin.asset);
create table fin.bank_account (iban varchar(34) primary key check (iban ~ '^[A-Z]{2}\d{2}'), company_id int references public.company, bic varchar(11), account varchar(10), balance numeric(14,2) default -0.01, foreign key (company_id, account) references fin.account (company_id, number));

create table "HR"."Employee" ("Employee No" integer primary key, "Name" text not null, "First Name" text, "Born" date, "Entry" date not null default current_date, "Exit" date, "Manager" integer references "HR"."Employee", "Salary" money, "Pensum %" numeric(5,2) default 100, "Works on" "HR".weekday[] not null default '{Mo,Di,Mi,Do,Fr}', "Photo" bytea, "IBAN" text references fin.bank_account deferrable, "user" varchar(30) unique references public."user" on update cascade, constraint "Entry before Exit" check ("Exit" >= "Entry"));
create table "HR"."Absence" ("Employee No" integer references "HR"."Employee" on delete cascade, "During" daterange not null, "Reason" text default 'Ferien', primary key ("Employee No", "During"));
create table "HR"."Time" ("Employee No" integer not null references "HR"."Employee", "Day" date not null, "In" time(0) not null default '08:00', "Out" time with time zone, "Break" interval hour to minute default '01:00', "Project" bigint references public.production_order, primary key ("Employee No", "Day", "In"));
create table "HR"."Payslip" ("Employee No" integer references "HR"."Employee", "Month" date check (extract(day from "Month") = 1), "Gross" numeric(10,2), "AHV" numeric(10,2) generated always as (round("Gross" * 0.053, 2)) stored, "Lines" json, primary key ("Employee No", "Month"));
create table "HR"."Skill" ("Employee No" integer references "HR"."Employee", "Skill" text, "Level" smallint default 1::smallint, primary key ("Employee No", "Skill"));
create table archive.doc_header_2009 (like public.doc_header including defaults);
create table archive.log (at timestamp with time zone default ('now'::text)::timestamp(3) with time zone, who text default user, what text, data text, inet inet default inet_client_addr(), pid int default pg_backend_pid());
create table archive."Lieferanten ALT" ("Nr." integer, "Name" character varying, "Ort" character varying(40), "Betrag" real default 1.0e+10, "zuletzt geändert am/um" timestamp(0) without time zone);

create view partner_list as select p.partner_id, p.number, p.name, a.city, a.country, t.days from partner p left join address a on a.address_id = p.main_address_id left join payment_terms t on t.id = p.terms_id;
create view open_orders as select h.doc_id, h.doc_no, l.line, p.name as partner, l.product_id, (l.quantity::numeric - l.delivered::numeric) as open, h.tableoid::regclass as source from sales_order h join sales_order_line l using (doc_id) join partner_list p using (partner_id) where h.state in ('confirmed', 'in production');
create view stock.availability as select l.product_id, l.warehouse, sum(l.free) as free, (select sum(o.open) from public.open_orders o where o.product_id = l.product_id) as ordered from stock.level l group by l.product_id, l.warehouse;
create recursive view bom_tree (product_id, component_id, depth, path) as select product_id, component_id, 1, array[product_id, component_id] from bom union all select t.product_id, b.component_id, t.depth + 1, t.path || b.component_id from bom b join bom_tree t on t.component_id = b.product_id where not b.component_id = any (t.path);
create view fin.trial_balance as select e.company_id, e.account, sum(case e.side when 'debit' then e.amount else -e.amount end) as balance from fin.entry e group by grouping sets ((e.company_id, e.account), (e.company_id));
create materialized view fin.monthly_sales as select date_trunc('month', i.issued::timestamp) as month, count(*) as invoices, sum(i.total) as total, percentile_cont(0.5) within group (order by i.total) as median from fin.invoice i group by 1;
create unique index monthly_sales_month on fin.monthly_sales (month desc);
create view "HR"."Birthdays" as select "Name" as "Who", to_char("Born", 'DD.MM.') as "Day" from "HR"."Employee" where "Exit" is null;

comment on schema fin is 'Accounting';
comment on table partner is 'Customers, suppliers and both';
comment on column partner.rating is 'A: good; B: "normal"; C: it''s bad \ never deliver';
comment on column "HR"."Employee"."Pensum %" is '0–100 %';
comment on type order_state is 'As on paper';
comment on constraint two_currencies on exchange_rate is 'nobody changes francs into francs';
comment on index partner_vat is 'case never mattered';
comment on function gross(numeric, percentage) is 'with VAT';
comment on view partner_list is 'for the phone';

create trigger partner_changed before insert or update on partner for each row execute function set_changed();
create trigger product_changed before insert or update of name, list_price on product for each row execute function set_changed();
alter table product disable trigger product_changed;
create constraint trigger voucher_balanced after insert on fin.entry deferrable initially deferred for each row execute function set_changed();
create rule "no old documents" as on insert to archive.doc_header_2009 do instead nothing;
create policy own_company on fin.voucher using (company_id = current_setting('app.company', true)::int);
alter table fin.voucher enable row level security;
alter table currency replica identity full;
create publication webshop for table product, price;
alter table stock.level cluster on level_key;
alter sequence company_company_id_seq start 100 increment 10 cache 5;
alter table stock.movement_2023 add constraint long_ago check (quantity <> 0);
create index movement_2023_lot on stock.movement_2023 (lot_id) where lot_id is not null;
