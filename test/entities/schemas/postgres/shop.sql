-- A shop in the manner of Rails: 2008 to today, engines for payments and a forum, a Django service that shares the database.
create extension if not exists citext;
create extension if not exists hstore;
create extension if not exists pg_trgm;
create extension if not exists intarray;
create extension if not exists unaccent;
create extension if not exists pg_stat_statements;
create schema analytics;
create schema "Support Desk";
create type payment_state as enum ('checkout', 'pending', 'completed', 'failed', 'void');
create type analytics."Device" as enum ('phone', 'tablet', 'desk-top', 'TV');
create domain analytics.hour_of_day as smallint check (value between 0 and 23);
create domain slug as character varying(80) collate "C" check (value = lower(value));
create function spree_search_update() returns trigger language plpgsql as $_$
begin
  new.tsv := setweight(to_tsvector('pg_catalog.english', coalesce(new.name, '')), 'A') || to_tsvector('pg_catalog.english', coalesce(new.description, ''));
  return new;
end $_$;
create function f_unaccent(text) returns text language sql immutable parallel safe strict as $_$ select public.unaccent('public.unaccent', $1) $_$;
create function random_string(int) returns text language sql volatile as $_$ select substr(md5(random()::text), 1, $1) $_$;

create table schema_migrations (version character varying not null);
alter table schema_migrations add constraint schema_migrations_pkey primary key (version);
create table ar_internal_metadata (key character varying not null primary key, value character varying, created_at timestamp(6) without time zone not null, updated_at timestamp(6) without time zone not null);
create table users (
  id bigserial primary key, email citext not null, encrypted_password character varying default ''::character varying not null, reset_password_token character varying, reset_password_sent_at timestamp without time zone, remember_created_at timestamp without time zone, sign_in_count integer default 0 not null, current_sign_in_ip inet, last_sign_in_ip cidr, confirmation_token character varying, failed_attempts integer default 0 not null, unlock_token character varying, locked_at timestamp without time zone, type character varying, first_name character varying(255), last_name character varying(255), birth_date date, preferences hstore default ''::hstore not null, settings jsonb default '{}'::jsonb not null, roles character varying[] default '{}'::character varying[] not null, permissions bigint default 0 not null, time_zone character varying default 'Bern'::character varying, locale character varying(5) default 'de'::character varying, inviter_id bigint, invitations_count integer default 0, otp_secret bytea, api_key text default random_string(32), deleted_at timestamp without time zone, created_at timestamp without time zone not null, updated_at timestamp without time zone not null,
  display_name text generated always as (coalesce((first_name)::text || ' '::text || (last_name)::text, (email)::text)) stored
);
create unique index index_users_on_email on users using btree (email) where deleted_at is null;
create unique index index_users_on_reset_password_token on users using btree (reset_password_token);
create index index_users_on_lower_name on users using btree (lower((last_name)::text), lower((first_name)::text));
create index index_users_on_roles on users using gin (roles);
create index index_users_on_settings on users using gin (settings jsonb_path_ops);
create index index_users_on_admin on users ((settings ->> 'admin'::text)) where ((settings ->> 'admin'::text) is not null);
create index index_users_trgm on users using gist (f_unaccent((last_name)::text) gist_trgm_ops);
alter table users add constraint fk_rails_inviter foreign key (inviter_id) references users(id) on delete set null;
create table identities (id serial primary key, user_id bigint not null, provider character varying not null, uid character varying not null, auth_data json, expires_at timestamp without time zone, constraint fk_rails_5373344100 foreign key (user_id) references users(id) on delete cascade);
create unique index index_identities_on_provider_and_uid on identities (provider, uid);
create index index_identities_on_user_id on identities (user_id);
create table active_storage_blobs (id bigint generated always as identity primary key, key character varying not null, filename character varying not null, content_type character varying, metadata text, service_name character varying not null default 'local', byte_size bigint not null, checksum character varying, created_at timestamp(6) without time zone not null default current_timestamp, constraint "UQ blobs key" unique (key));
create table active_storage_attachments (id bigserial primary key, name character varying not null, record_type character varying not null, record_id bigint not null, blob_id bigint not null references active_storage_blobs, created_at timestamp(6) without time zone not null);
create unique index index_active_storage_attachments_uniqueness on active_storage_attachments (record_type, record_id, name, blob_id);
create table active_storage_variant_records (id bigserial primary key, blob_id bigint not null references active_storage_blobs, variation_digest character varying not null, unique (blob_id, variation_digest));
create table action_text_rich_texts (id bigserial primary key, name character varying not null, body text, record_type character varying not null, record_id bigint not null, created_at timestamp(6) not null, unique (record_type, record_id, name));
create table friendly_id_slugs (id serial primary key, slug character varying not null, sluggable_id integer not null, sluggable_type character varying(50), scope character varying, created_at timestamp without time zone);
create unique index index_friendly_id_slugs on friendly_id_slugs (slug, sluggable_type, coalesce(scope, ''::character varying));
create table versions (id bigserial primary key, item_type character varying not null, item_id bigint not null, event character varying not null, whodunnit character varying, object jsonb, object_changes jsonb, created_at timestamp(6) without time zone default now());
create index index_versions_on_item on versions (item_type, item_id) include (event);
create index versions_brin on versions using brin (created_at) with (pages_per_range = 64);

create table spree_countries (id serial primary key, iso_name character varying, iso character(2), iso3 character(3), name character varying, numcode smallint, states_required boolean default false, zipcode_required boolean default 't');
create table spree_states (id serial primary key, name character varying, abbr character varying, country_id integer references spree_countries on delete restrict);
create table spree_zones (id serial primary key, name character varying, description character varying, default_tax boolean default false, zone_members_count integer default 0, kind character varying default 'state');
create table spree_zone_members (id serial primary key, zoneable_type character varying, zoneable_id integer, zone_id integer references spree_zones on delete cascade);
create table spree_addresses (id serial primary key, firstname character varying, lastname character varying, address1 character varying, zipcode character varying, city character varying, phone character varying, company character varying, country_id integer references spree_countries, state_id integer references spree_states, user_id bigint references users, latlng point, "default" boolean default false);
create table spree_taxonomies (id serial primary key, name character varying not null, "position" integer default 0, public_metadata jsonb);
create table spree_taxons (id serial primary key, parent_id integer references spree_taxons deferrable, taxonomy_id integer references spree_taxonomies on delete cascade, name character varying not null, permalink slug, lft bigint, rgt bigint, depth integer default 0 not null, icon bytea, hide_from_nav boolean default false, constraint spree_taxons_nested check (lft < rgt));
create index spree_taxons_permalink_like on spree_taxons (permalink varchar_pattern_ops);
create table spree_tax_categories (id serial primary key, name character varying, is_default boolean default false, deleted_at timestamp without time zone, tax_code varchar(10));
create unique index one_default_tax_category on spree_tax_categories (is_default) where is_default;
create table spree_shipping_categories (id serial primary key, name character varying not null);
create table spree_products (
  id serial primary key, name character varying default ''::character varying not null, description text, available_on timestamp without time zone, discontinue_on timestamp without time zone, slug slug, meta_description text, tax_category_id integer references spree_tax_categories, shipping_category_id integer, promotionable boolean default true, price_cents integer default 0 not null, price_currency character varying default 'CHF'::character varying not null, weights numeric(8,2)[], tag_ids integer[] default array[]::integer[], properties hstore, details jsonb default '{"a": [1, 2, {"b": null}], "q": "it''s"}'::jsonb, tsv tsvector, rating double precision default 0.0, released daterange, warranty interval default '2 years 6 mons'::interval, deleted_at timestamp without time zone, created_at timestamp without time zone default now() not null, updated_at timestamp without time zone default now() not null,
  price numeric generated always as ((price_cents)::numeric / 100.0) stored, constraint positive_price check (price_cents >= 0), constraint available_before_discontinued check (discontinue_on is null or discontinue_on > available_on)
);
create unique index index_products_slug on spree_products (slug) where (deleted_at is null);
create index index_products_tsv on spree_products using gin (tsv);
create index index_products_tags on spree_products using gin (tag_ids gin__int_ops);
create index index_products_name_trgm on spree_products using gin (name gin_trgm_ops, description gin_trgm_ops);
create index index_products_available on spree_products (available_on desc nulls last, id) where ((deleted_at is null) and (promotionable is true));
create index index_products_year on spree_products (((date_part('year'::text, created_at))::integer), (details #>> '{a,0}'::text[]));
create table spree_variants (id serial primary key, sku character varying default '' not null, weight numeric(8,2) default 0.0, height numeric(8,2), width numeric(8,2), is_master boolean default false, product_id integer not null references spree_products on delete cascade, cost_price numeric(10,2), "position" integer, track_inventory boolean default true, barcode character varying, deleted_at timestamp, constraint spree_variants_sku_product unique (product_id, sku) deferrable initially deferred);
create unique index one_master on spree_variants (product_id) where is_master and deleted_at is null;
alter table spree_products add column master_id integer;
alter table spree_products add constraint fk_master foreign key (master_id) references spree_variants(id) on delete set null deferrable initially deferred;
alter table spree_products add constraint fk_shipping_category foreign key (shipping_category_id) references spree_shipping_categories(id) on update restrict on delete set default;
create table spree_prices (id serial primary key, variant_id integer not null references spree_variants, amount numeric(10,2), compare_at_amount numeric(10,2), currency character varying(3) default 'CHF', country_iso character(2), unique nulls not distinct (variant_id, currency, country_iso));
create table spree_option_types (id serial primary key, name character varying(100), presentation character varying(100), "position" integer default 0 not null);
create table spree_option_values (id serial primary key, "position" integer, name character varying, presentation character varying, option_type_id integer references spree_option_types);
create table spree_option_value_variants (variant_id integer, option_value_id integer, primary key (variant_id, option_value_id), foreign key (variant_id) references spree_variants on delete cascade, foreign key (option_value_id) references spree_option_values);
create table spree_products_taxons (product_id integer references spree_products on delete cascade, taxon_id integer references spree_taxons on delete cascade, id serial primary key, "position" integer);
create unique index index_products_taxons on spree_products_taxons (product_id, taxon_id);
create table spree_stock_locations (id serial primary key, name character varying, "default" boolean default false not null, address_id integer references spree_addresses, backorderable_default boolean default false, opening tsrange[], tz text default current_setting('TimeZone'::text));
create table spree_stock_items (id serial primary key, stock_location_id integer references spree_stock_locations, variant_id integer references spree_variants, count_on_hand integer default 0 not null, backorderable boolean default false, deleted_at timestamp, constraint stock_item_not_negative check ((count_on_hand >= 0) or (backorderable is true)));
create unique index stock_item_by_loc_and_var on spree_stock_items (stock_location_id, variant_id) where deleted_at is null;
create table spree_stock_movements (id bigserial primary key, stock_item_id integer references spree_stock_items on delete cascade, quantity integer default 0, action character varying, originator_type character varying, originator_id integer, created_at timestamp(6) default now() not null);
create table spree_orders (
  id serial primary key, number character varying(32) not null, state character varying default 'cart' not null, item_total numeric(10,2) default 0.0 not null, total numeric(10,2) default 0.0 not null, adjustment_total numeric(10,2) default '-0.0'::numeric not null, user_id bigint references users on delete set null, bill_address_id integer references spree_addresses, ship_address_id integer references spree_addresses, payment_state payment_state default 'checkout'::payment_state, email citext, special_instructions text, currency character varying default 'CHF', last_ip_address inet, guest_token uuid default gen_random_uuid(), confirmation_delivered boolean default false, channel character varying default 'web', store_id integer, approver_id bigint references users, canceled_at timestamp, completed_at timestamp, parent_id integer references spree_orders, created_at timestamp default ('now'::text)::timestamp without time zone, lock_version integer default 0 not null,
  constraint spree_orders_state check (state in ('cart', 'address', 'delivery', 'payment', 'confirm', 'complete', 'canceled', 'returned')), constraint spree_orders_number_key unique (number)
);
create index index_orders_completed on spree_orders (completed_at desc, user_id) where (completed_at is not null) and (state not in ('canceled', 'returned'));
create index index_orders_number_rev on spree_orders (reverse((number)::text) text_pattern_ops);
create table spree_line_items (id serial primary key, variant_id integer references spree_variants, order_id integer not null references spree_orders on delete cascade, quantity integer not null check (quantity > 0), price numeric(10,2) not null, adjustment_total numeric(10,2) default 0, amount numeric(12,2) generated always as (price * (quantity)::numeric) stored, private_metadata jsonb, unique (order_id, variant_id));
create table spree_adjustments (id serial primary key, source_type character varying, source_id integer, adjustable_type character varying, adjustable_id integer, amount numeric(10,2), label character varying, mandatory boolean, eligible boolean default true, order_id integer not null references spree_orders on delete cascade, included boolean default false);
create index index_adjustments_on_adjustable on spree_adjustments (adjustable_id, adjustable_type) where eligible;
create table spree_payment_methods (id serial primary key, type character varying, name character varying, active boolean default true, preferences text, "position" integer default 0, display_on character varying default 'both'::character varying);
create table spree_payments (id serial primary key, amount numeric(10,2) default 0.0 not null, order_id integer not null references spree_orders, payment_method_id integer references spree_payment_methods, state payment_state not null default 'pending', response_code character varying, fee money default '-$0.35'::money, avs_response character(1), cvv bit(3), source_type text, source_id integer, created_at timestamptz default now());
create index payments_open on spree_payments (order_id, state) where state = any ('{pending,completed}'::payment_state[]);
create table spree_refunds (id serial primary key, payment_id integer references spree_payments, amount numeric(10,2) not null, reason character varying, transaction_id character varying, at timestamp with time zone default statement_timestamp());
create table spree_shipments (id serial primary key, tracking character varying, number character varying, cost numeric(10,2) default 0.0, shipped_at timestamp, order_id integer references spree_orders, stock_location_id integer references spree_stock_locations, state character varying, eta tsrange);
create table spree_inventory_units (id bigserial primary key, state character varying, variant_id integer references spree_variants, shipment_id integer references spree_shipments on delete set null, line_item_id integer references spree_line_items on delete set null, pending boolean default true);
create table spree_promotions (id serial primary key, description character varying, expires_at timestamp, starts_at timestamp, name character varying, code citext, usage_limit integer, match_policy character varying default 'all', advertise boolean default false, path character varying, during tstzrange generated always as (tstzrange(starts_at at time zone 'UTC', expires_at at time zone 'UTC')) stored);
create unique index promotions_code on spree_promotions (code) where code is not null;
create table spree_promotion_rules (id serial primary key, promotion_id integer references spree_promotions on delete cascade, type character varying, preferences text);
create table spree_reviews (id serial primary key, product_id integer references spree_products, user_id bigint references users, rating smallint check (rating = any (array[1, 2, 3, 4, 5])), title varchar(120), body text, approved boolean, ip_address inet default '0.0.0.0'::inet, created_at timestamp not null default localtimestamp, search tsvector generated always as (to_tsvector('english'::regconfig, coalesce(title, ''::character varying)::text || ' ' || coalesce(body, ''))) stored, unique (product_id, user_id));
create index reviews_search on spree_reviews using gin (search);
create table spree_stores (id serial primary key, name text, url text, code character varying, "default" boolean default false not null, supported_locales text[] default '{de,fr,"pt-BR"}'::text[], logo_id bigint references active_storage_blobs, color character(7) default '#00FF00');
alter table spree_orders add foreign key (store_id) references spree_stores(id);
create table delayed_jobs (id serial primary key, priority integer default 0 not null, attempts integer default 0 not null, handler text not null, last_error text, run_at timestamp, locked_by character varying, queue character varying default E'default\tqueue');
create index delayed_jobs_priority on delayed_jobs (priority, run_at);
create unlogged table sessions (session_id character varying not null unique, data text, updated_at timestamp);
create table taggings (id serial primary key, tag_id integer not null, taggable_type character varying, taggable_id integer, tagger_type character varying, tagger_id integer, context character varying(128), created_at timestamp);
create table tags (id serial primary key, name citext unique, taggings_count integer default 0);
alter table taggings add constraint fk_tags foreign key (tag_id) references tags(id) on delete cascade not valid;

create table subscriptions (id uuid primary key default gen_random_uuid(), user_id bigint not null references users on delete cascade, variant_id integer not null references spree_variants, every interval month not null default '1 mon', next_on date not null default (current_date + 1), paused daterange[] default '{}'::daterange[], "limit" integer, constraint one_subscription unique (user_id, variant_id) include (next_on));
create table subscription_orders (subscription_id uuid not null references subscriptions on delete cascade, order_id integer not null unique references spree_orders on delete cascade, seq integer not null default 1, primary key (subscription_id, seq));
create table gift_cards (code character(16) primary key check (code ~ '^[A-Z2-9]{16}$'), amount numeric(8,2) not null, balance numeric(8,2) not null, bought_in integer references spree_orders, redeemed_by bigint references users, valid_until date default '2099-12-31', constraint balance_left check (balance between 0::numeric and amount));
create table redirects (id serial primary key, source text not null, target text not null, status smallint not null default 301 check (status = any (array[301, 302, 410])), hits bigint default 0, exclude using hash (source with =));
create table job_locks (name name primary key, holder inet, pid integer, taken timestamp without time zone default timezone('utc'::text, now()), steps bit varying(8) default b'1010');
create table feature_toggles (key slug primary key, enabled boolean not null default false, percent double precision default 12.5, rules jsonb[] default '{}', changed timestamptz(3) default now());
create table rates (currency character(3) not null, day date not null default ('now'::text)::date, rate numeric(20,10) not null, source character varying default 'ECB'::character varying, primary key (currency, day));

-- The Django service beside it.
create table auth_user (id integer not null generated by default as identity primary key, password varchar(128) not null, last_login timestamptz, is_superuser boolean not null, username varchar(150) not null unique, email varchar(254) not null, date_joined timestamptz not null);
create index auth_user_username_6821ab7c_like on auth_user (username varchar_pattern_ops);
create table loyalty_account (id bigint not null generated by default as identity primary key, user_id integer not null unique, points integer not null check (points >= 0), level smallint not null check (level >= 0), data jsonb not null, opened date not null, constraint loyalty_account_user_id_fk foreign key (user_id) references auth_user (id) deferrable initially deferred);
create table loyalty_booking (id uuid not null primary key, account_id bigint not null references loyalty_account deferrable initially deferred, points integer not null, reason varchar(200) not null, booked timestamptz not null, during interval);
create index loyalty_booking_account on loyalty_booking (account_id, booked desc);

-- Analytics and the support desk.
create table analytics.event (id bigserial, at timestamptz not null default clock_timestamp(), visitor uuid not null, device analytics."Device", name text not null, properties jsonb, ip inet, hour analytics.hour_of_day generated always as ((extract(hour from (at at time zone 'UTC')))::smallint) stored) partition by range (at);
create table analytics."event_2024-01" partition of analytics.event for values from ('2024-01-01') to ('2024-02-01');
create table analytics."event_2024-02" partition of analytics.event for values from ('2024-02-01') to ('2024-03-01');
create index event_visitor on analytics.event (visitor, at desc);
create table analytics.visit (visitor uuid not null, started timestamptz not null, landing text, referrer text, utm hstore, duration interval, device analytics."Device" default 'phone', primary key (visitor, started));
create table analytics.daily (day date, metric text, value double precision default 'Infinity', tags text[] not null default '{}', primary key (day, metric));
create table analytics.funnel (name text primary key, steps text[] not null check (cardinality(steps) > 1), owner_id bigint references public.users on delete set null);
create table "Support Desk"."Ticket" ("No." bigint generated always as identity (start with 10000) primary key, "Subject" text not null, "User" bigint references public.users, "Order" integer references public.spree_orders, "Status" text not null default 'new' check ("Status" in ('new', 'open', 'closed')), "Tags" text[], "when" timestamptz default now(), "Duplicate of" bigint references "Support Desk"."Ticket" ("No."));
create table "Support Desk"."Reply" ("Ticket" bigint not null references "Support Desk"."Ticket" on delete cascade, "#" integer not null, "Text" text not null, "by" bigint references public.users, primary key ("Ticket", "#"));
create index "open tickets" on "Support Desk"."Ticket" ("when" desc) where "Status" <> 'closed' and not ('spam' = any ("Tags"));
create table "Support Desk"."Macro's" ("Name" text primary key, "Body ""HTML""" text default '<p class="x">Grüezi</p>', "%used" real default 0);
create table legacy_customers (custno char(8), name char(40), addr1 char(40), balance float8, since char(6), flag "char");

create view spree_active_products as select p.id, p.name, v.sku, pr.amount as price, p.tsv from spree_products p join spree_variants v on v.id = p.master_id left join spree_prices pr on pr.variant_id = v.id and pr.currency = 'CHF' where p.deleted_at is null and (p.available_on is null or p.available_on <= now());
create view bestsellers as select a.id, a.name, sum(l.quantity) as sold, rank() over (order by sum(l.quantity) desc) as "rank" from spree_active_products a join spree_variants v on v.product_id = a.id join spree_line_items l on l.variant_id = v.id group by a.id, a.name;
create materialized view analytics.conversion as select date_trunc('day', at) as day, device, count(*) filter (where name = 'buy')::numeric / nullif(count(*), 0) as rate from analytics.event group by 1, 2;
create index conversion_day on analytics.conversion using btree (day);
create view analytics.shop as select (select count(*) from public.bestsellers) as products, c.* from analytics.conversion c;
create view "Support Desk"."Open" as select "No.", "Subject", u.email as "E-Mail" from "Support Desk"."Ticket" t left join public.users u on u.id = t."User" where "Status" <> 'closed';
create trigger tsvectorupdate before insert or update on spree_products for each row execute function spree_search_update();
comment on column spree_products.price_cents is 'in Rappen';
comment on table users is '';
comment on extension citext is 'data type for case-insensitive character strings';
alter table spree_reviews enable row level security;
create policy "own reviews" on spree_reviews for all to public using (approved or approved is null) with check (rating > 0);
alter table versions set (autovacuum_enabled = false);
