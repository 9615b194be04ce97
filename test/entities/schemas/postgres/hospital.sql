-- A hospital's information system: PostgreSQL since 8.2, several schemas, partitions and policies of later years.
create extension if not exists btree_gist;
create extension if not exists pg_trgm;
create extension if not exists pgcrypto;
create schema lab;
create schema billing;
create schema "Pflege";
comment on schema lab is 'Laboratory';

create domain swiss_ahv as varchar(16) check (value ~ '^756\.\d{4}\.\d{4}\.\d{2}$');
create domain positive_amount as numeric(12,2) default 0 not null check (value >= 0);
create domain lab.loinc_code as text collate "C" constraint loinc_form check (value ~ '^\d{1,5}-\d$');
create type sex as enum ('male', 'female', 'other', 'unknown');
create type encounter_state as enum ('planned', 'arrived', 'triaged', 'in-progress', 'on leave', 'finished', 'entered in error');
create type lab.flag as enum ('', 'L', 'LL', 'H', 'HH', 'A''');
create type postal as (street text, house_no varchar(10), postcode varchar(10), town text, country char(2));
create type blood_group as enum ('0+', '0-', 'A+', 'A-', 'B+', 'B-', 'AB+', 'AB-');
create type billing.state as enum ('draft', 'sent', 'paid', 'written off');
create type temperature_range as range (subtype = float8, subtype_diff = float8mi);
create sequence case_number start with 2000000 increment by 7 cache 20;
create sequence billing.invoice_number as bigint minvalue 1000 maxvalue 99999999 cycle;

create function touch() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;
create function next_case_number() returns text language sql as $$ select 'F' || to_char(current_date, 'YY') || '-' || nextval('case_number') $$;
create function age_at(born date, at date) returns integer language sql immutable as $$ select extract(year from age(at, born))::int $$;
create function unaccented(text) returns text language sql immutable strict as $$ select translate($1, 'äöüéèà', 'aoueea') $$;

create table country (code char(2) primary key, iso3 char(3) unique, name text not null, "name_de-CH" text, phone_prefix varchar(6), is_eu boolean default 'f');
create table organisation (
  id serial primary key,
  parent_id integer references organisation on delete restrict deferrable initially immediate,
  short_name varchar(20) not null,
  name text not null,
  gln char(13),
  address postal,
  homepage text default 'https://example.org/?a=1&b=''2''',
  opened date not null default '1952-04-01',
  closed date default 'infinity',
  settings json default '{"beds": 0, "tags": ["a", "b"]}'::json,
  constraint organisation_gln_key unique (gln),
  constraint closed_after_opened check (closed > opened)
);
create table building (id serial primary key, organisation_id int not null references organisation, code varchar(8) not null, "location" point, outline polygon, altitude real default -12.5, unique (organisation_id, code));
create table ward (
  id serial primary key, building_id int references building (id) on update cascade, code varchar(8) not null constraint ward_code unique,
  name text not null, floor smallint not null default -1, cost_centre int, head int, phone varchar(30), ip_range cidr, active bool not null default true
);
create table room (ward_id int not null references ward on delete cascade, number varchar(6) not null, beds smallint not null default 2 check (beds between 0 and 12), isolation boolean default false, mac macaddr, primary key (ward_id, number));
create table bed (
  ward_id int not null, room varchar(6) not null, letter "char" not null default 'A', out_of_order tstzrange, primary key (ward_id, room, letter),
  foreign key (ward_id, room) references room (ward_id, number) on update cascade on delete cascade
);
create table staff (
  id integer generated always as identity (start with 1000 increment by 10) primary key,
  login name not null unique,
  title varchar(20), last_name text not null, first_name text not null,
  full_name text generated always as (last_name || ', ' || first_name) stored,
  email text, gln char(13), ward_id int references ward on delete set null, supervisor_id int references staff,
  hired date not null default current_date, left_on date, salary money default 5000, badge bit(12) default b'000000000001', rights bit varying(64),
  password_hash text default crypt('changeme', gen_salt('bf')), certificate bytea, public_key bytea default '\xdeadbeef', last_ip inet default '127.0.0.1',
  updated_at timestamp not null default now(),
  check (left_on is null or left_on >= hired)
);
alter table ward add constraint ward_head_fkey foreign key (head) references staff (id) on delete set null;
create unique index staff_email on staff (lower(email)) where email is not null;
create index staff_name_trgm on staff using gin (full_name gin_trgm_ops);
create index staff_hired_brin on staff using brin (hired);
create table profession (id smallint primary key, name text not null, "order" smallint not null default 0);
create table staff_profession (staff_id int not null references staff on delete cascade, profession_id smallint not null references profession, since date, primary key (staff_id, profession_id));
create table patient (
  id bigint generated by default as identity primary key,
  pid varchar(12) not null unique,
  ahv swiss_ahv,
  last_name text not null, first_name text, maiden_name text,
  born date, died timestamp(0), sex sex not null default 'unknown', blood blood_group,
  mother_id bigint references patient on delete set null, father_id bigint references patient on delete set null,
  merged_into bigint references patient deferrable initially deferred,
  nationality char(2) references country on update cascade, languages char(2)[] not null default '{de}', confession varchar(40),
  address postal, phones text[] default array['+41 00', null]::text[], main_insurance_id bigint, family_doctor_id int,
  vip boolean not null default false, photo oid, remark text default E'line one\nline two\t\\ ''quoted''',
  created_at timestamptz not null default now(), created_by name default current_user, updated_at timestamptz(0), xmin_copy xid, search tsvector,
  constraint patient_not_own_mother check (mother_id <> id and father_id <> id),
  constraint patient_alive check (died is null or died::date >= born)
);
create index patient_name on patient (last_name text_pattern_ops, first_name varchar_pattern_ops, born desc nulls last);
create index patient_phonetic on patient (unaccented(lower(last_name)), (extract(year from born)));
create index patient_search on patient using gin (search);
create unique index patient_ahv on patient (ahv) where ahv is not null and merged_into is null;
create index patient_languages on patient using gin (languages);
comment on table patient is 'Every person who was ever treated.
Never delete a row: merge it.';
comment on column patient.pid is 'The number on the wrist band, "PID"';
comment on column patient.vip is 'It''s confidential — ''VIP''';
create table patient_relation (patient_id bigint references patient on delete cascade, other_id bigint references patient on delete cascade, kind varchar(20) not null default 'parent'::character varying, legal boolean, primary key (patient_id, other_id, kind), check (patient_id <> other_id));
create table patient_flag (patient_id bigint not null references patient on delete cascade, flag text not null, during daterange not null default daterange(current_date, null), set_by int references staff, exclude using gist (patient_id with =, flag with =, during with &&));
create table insurer (id bigserial primary key, name text not null, ean varchar(13) unique nulls not distinct, parent_id bigint references insurer on delete restrict, edi jsonb not null default '{}');
create table insurance (
  id bigserial primary key, patient_id bigint not null references patient on delete cascade, insurer_id bigint not null references insurer,
  kind varchar(4) not null default 'KVG' check (kind in ('KVG', 'UVG', 'IVG', 'MVG', 'VVG')), number varchar(30), valid daterange not null, franchise numeric(8,2) default 300,
  constraint one_insurance_at_a_time exclude using gist (patient_id with =, kind with =, valid with &&) deferrable initially deferred
);
alter table patient add foreign key (main_insurance_id) references insurance (id) on delete set null deferrable initially deferred;
create table doctor_outside (id serial primary key, name text not null, zsr varchar(8) unique, fax varchar(30), hin_mail text check (hin_mail like '%@%'), valid_from date default ('now'::text)::date);
alter table patient add constraint patient_family_doctor foreign key (family_doctor_id) references doctor_outside not valid;
create table encounter (
  id bigserial, case_no text not null default next_case_number(), patient_id bigint not null references patient,
  state encounter_state not null default 'planned'::encounter_state, class varchar(3) not null default 'AMB', admitted timestamp without time zone, discharged timestamp without time zone,
  ward_id int references ward, attending_id int references staff, referrer_id int references doctor_outside, insurance_id bigint references insurance, reason text, "where from" text, triage smallint,
  stay interval generated always as (discharged - admitted) stored, part_of bigint,
  constraint encounter_pk primary key (id), constraint encounter_case_no unique (case_no) include (patient_id, state), constraint encounter_part_of foreign key (part_of) references encounter (id),
  constraint encounter_times check (discharged >= admitted), constraint triage_scale check (triage = any (array[1, 2, 3, 4, 5]))
);
create index encounter_open on encounter (ward_id, attending_id) include (patient_id) where discharged is null and state not in ('finished', 'entered in error');
create index encounter_admitted on encounter (admitted desc nulls last) with (fillfactor = 70);
create index encounter_patient_hash on encounter using hash (patient_id);
create table bed_stay (
  encounter_id bigint not null references encounter on delete cascade, ward_id int not null, room varchar(6) not null, letter "char" not null, during tsrange not null,
  foreign key (ward_id, room, letter) references bed match full on update cascade, constraint bed_is_free exclude using gist (ward_id with =, room with =, (letter::text) with =, during with &&) where (not isempty(during))
);
create table icd (code varchar(8) not null, year smallint not null default extract(year from current_date), parent_code varchar(8), title text not null, title_fr text, terminal boolean default true, primary key (code, year), foreign key (parent_code, year) references icd (code, year));
create table diagnosis (
  encounter_id bigint references encounter on delete cascade, rank smallint check (rank > 0), code varchar(8) not null, year smallint not null, side char(1), certainty char(1) default 'G'::bpchar, by_id int references staff, at timestamptz default clock_timestamp(),
  primary key (encounter_id, rank), foreign key (code, year) references icd on update cascade
);
create unique index diagnosis_main on diagnosis (encounter_id) where rank = 1;
create table chop (code varchar(12) primary key, title text not null, points numeric, valid int4range);
create table surgery (
  id uuid primary key default gen_random_uuid(), encounter_id bigint not null references encounter, theatre int not null, planned tstzrange not null, cut_at timestamptz, sutured_at timestamptz, asa smallint, surgeon_id int not null references staff,
  minutes int generated always as ((extract(epoch from (sutured_at - cut_at)) / 60)::int) stored, blood_ml integer default +0, video oid[], constraint theatre_is_free exclude using gist (theatre with =, planned with &&)
);
create table surgery_procedure (surgery_id uuid not null references surgery on delete cascade, chop varchar(12) not null references chop, pos int not null, primary key (surgery_id, pos), unique (surgery_id, chop) deferrable);
create table surgery_team (surgery_id uuid references surgery on delete cascade, staff_id int references staff, role text not null check (role in ('surgeon', 'assistant', 'anaesthetist', 'nurse')), primary key (surgery_id, staff_id));
create table anaesthesia (surgery_id uuid primary key references surgery on delete cascade, protocol xml, drugs jsonb default '[]'::jsonb, temperature temperature_range default '[36,38)'::temperature_range);
create table allergy (patient_id bigint not null references patient on delete cascade, substance text not null, severity int default '-1'::integer, noted_at timestamp default ('now'::text)::timestamp without time zone, primary key (patient_id, substance));
create table atc (code varchar(7) primary key, name text not null, ddd numeric(10,4), unit text);
create table drug (id serial primary key, pharmacode int unique, gtin numeric(14), name text not null, atc varchar(7) references atc, form varchar(20), strength numeric(20,6) default 1e-3, price money, narcotic bool default false);
create index drug_name on drug using gist (name gist_trgm_ops (siglen = 32));
create table drug_interaction (drug_a int references drug, drug_b int references drug, level smallint not null, note text, primary key (drug_a, drug_b), check (drug_a < drug_b));
create table prescription (id bigserial primary key, encounter_id bigint not null references encounter on delete cascade, drug_id int references drug, by_id int not null references staff, dose text not null, schedule time[] default '{08:00,12:00,18:00}', starts timestamptz not null default now(), ends timestamptz, every interval default '8 hours'::interval, stopped boolean not null default false);
create table administration (prescription_id bigint not null references prescription on delete cascade, due timestamptz not null, given timestamptz, by_id int references staff, witness_id int references staff, amount numeric(8,3), refused text, primary key (prescription_id, due), check (by_id <> witness_id));
create table consent (id bigserial primary key, patient_id bigint not null references patient, kind text not null, given boolean, signed_at timetz, document bytea, expires date default (current_date + '1 year'::interval));
create table document (id bigserial primary key, patient_id bigint references patient, encounter_id bigint references encounter, title text not null, mime text default 'application/pdf', content bytea, sha256 bytea generated always as (sha256(content)) stored, supersedes bigint unique references document, body tsvector, valid boolean default true);
create index document_body on document using gin (to_tsvector('german', title));
create table appointment (id bigserial primary key, patient_id bigint references patient on delete cascade, staff_id int references staff, slot tstzrange not null, kind text, "user" text default session_user, cancelled_at timestamptz, exclude using gist (staff_id with =, slot with &&) where (cancelled_at is null));
create table holiday (day date primary key, name text not null, cantons text[] default '{}'::text[]);
create table setting (key text primary key, value jsonb, "default" jsonb default 'null'::jsonb, valid_for int4multirange);

-- Laboratory.
create table lab.analyser (id serial primary key, name text not null, host inet, serial_no macaddr8, room_ward int, room_number varchar(6), foreign key (room_ward, room_number) references public.room on delete set null);
create table lab.parameter (loinc lab.loinc_code primary key, "Kürzel" varchar(12) not null unique, name text not null, unit varchar(20), decimals smallint default 2, formula text, parent lab.loinc_code references lab.parameter);
create table lab.reference_range (loinc lab.loinc_code not null references lab.parameter on delete cascade, sex sex, ages int4range not null default '[0,150]', normal numrange not null, exclude using gist (loinc with =, sex with <> , ages with &&) where (sex is not null));
create table lab."order" (id bigserial primary key, encounter_id bigint not null references public.encounter, ordered_by int references public.staff, barcode varchar(20) not null, priority char default 'R', at timestamptz default transaction_timestamp(), hl7 text, constraint "order barcode ""unique""" unique (barcode));
create table lab.sample (order_id bigint not null references lab."order" on delete cascade, tube smallint not null, material varchar(20), drawn_at timestamptz, received_at timestamptz, primary key (order_id, tube));
create table lab.result (
  order_id bigint not null, tube smallint not null, loinc lab.loinc_code not null references lab.parameter, measured_at timestamptz not null, value numeric, text_value text, flag lab.flag not null default '', analyser_id int references lab.analyser, raw jsonb
) partition by range (measured_at);
create table lab.result_2024 partition of lab.result for values from ('2024-01-01') to ('2025-01-01');
create table lab.result_2025 partition of lab.result (constraint has_value check (value is not null or text_value is not null)) for values from ('2025-01-01') to ('2026-01-01');
create table lab.result_rest partition of lab.result default;
create index result_order on lab.result (order_id, loinc);
alter table lab.result add primary key (order_id, tube, loinc, measured_at);
alter table lab.result add foreign key (order_id, tube) references lab.sample on delete cascade;
create table lab.quality_control (analyser_id int references lab.analyser, loinc lab.loinc_code references lab.parameter, at timestamp(3) default localtimestamp(3), level smallint, target real, measured double precision default 'NaN', ok boolean generated always as (abs(target - measured) < 0.1) stored, primary key (analyser_id, loinc, at, level));
create table lab.reagent (id serial primary key, name text not null, lot text, expires date, stock int check (stock >= 0), minimum int default 5, unique (name, lot));
create unlogged table lab.message_queue (id bigserial primary key, body text not null, received timestamptz default now(), tries smallint default 0);
create table lab.microbiology (order_id bigint references lab."order", germ text not null, antibiogram jsonb not null default '{}', resistance bit(8) default '00000000', primary key (order_id, germ));

-- Nursing: made by a vendor who quotes everything.
create table "Pflege"."Massnahme" ("ID" serial primary key, "Text" text not null, "Dauer (min)" integer default 5, "gültig ab" date default current_date);
create table "Pflege"."Pflegeplan" ("ID" serial primary key, "Fall" bigint not null references public.encounter on delete cascade, "erstellt von" integer references public.staff, "Datum/Zeit" timestamp with time zone default now(), "select" text, "table" text default 'where');
create table "Pflege"."Plan_Massnahme" ("Plan" integer references "Pflege"."Pflegeplan" on delete cascade, "Massnahme" integer references "Pflege"."Massnahme", "Häufigkeit" smallint default 1, "Größe %" numeric(5,2) check ("Größe %" between 0 and 100), primary key ("Plan", "Massnahme"));
create table "Pflege"."Beobachtung" ("ID" bigserial primary key, "Plan" integer references "Pflege"."Pflegeplan", "Text" text, "Schmerz" smallint check ("Schmerz" >= 0 and "Schmerz" <= 10), "von" name default current_user);
create index "Beobachtung Schmerz" on "Pflege"."Beobachtung" ("Schmerz" desc nulls first, ("von"::text)) where "Schmerz" > 5;
create table "Pflege"."Dienst" ("Mitarbeiter" integer references public.staff, "Tag" date, "Schicht" char(1) default 'F', "Stunden" numeric(4,2) default 8.4, primary key ("Mitarbeiter", "Tag"));
create table vital_sign (encounter_id bigint not null references encounter, at timestamptz not null, kind text not null, value real, device inet, primary key (encounter_id, at, kind)) partition by list (kind);
create table vital_sign_pulse partition of vital_sign for values in ('pulse', 'rhythm');
create table vital_sign_temp partition of vital_sign for values in ('temperature');

-- Billing and accounting.
create table billing.account (number varchar(8) primary key, name text not null, parent varchar(8) references billing.account on update cascade, kind "char" not null default 'a', closed boolean not null default false);
create table billing.tariff (code varchar(12), version date default '2004-01-01'::date, title text not null, al positive_amount, tl positive_amount, total numeric generated always as (al + tl) stored, primary key (code, version));
create table billing.invoice (
  id bigint not null default nextval('billing.invoice_number'::regclass) primary key, encounter_id bigint not null references public.encounter, state billing.state not null default 'draft', issued date, due date default (current_date + 30), amount positive_amount, paid positive_amount, currency char(3) not null default 'CHF', xml xml, cancels bigint references billing.invoice, check (state <> 'sent' or issued is not null), check (paid <= amount)
);
create index invoice_open on billing.invoice (due) where state = any (array['draft'::billing.state, 'sent'::billing.state]);
create table billing.invoice_line (invoice_id bigint not null references billing.invoice on delete cascade, line int not null, code varchar(12), version date, quantity numeric(8,2) not null default 1.00, price numeric(10,2) not null default '-0.05', vat numeric(4,2) default (0.077 * 100), primary key (invoice_id, line), foreign key (code, version) references billing.tariff);
create table billing.payment (id bigserial primary key, invoice_id bigint references billing.invoice, booked date not null, amount numeric(12,2) not null check (amount <> 0::numeric), reference varchar(27), raw text);
create table billing.journal (id bigserial primary key, booked timestamptz not null default statement_timestamp(), text varchar(255), reverses bigint unique references billing.journal deferrable);
create table billing.posting (journal_id bigint references billing.journal on delete cascade, line int, account varchar(8) not null references billing.account on update cascade, debit numeric(14,2) not null default 0, credit numeric(14,2) not null default 0, primary key (journal_id, line), constraint one_side check ((debit = 0) <> (credit = 0)));
create table billing.reminder (invoice_id bigint references billing.invoice on delete cascade, level smallint not null, sent_on date default current_date, fee numeric(6,2) default 20, primary key (invoice_id, level));

-- What ten years of administrators left.
create table audit_log (id bigserial, at timestamptz default now(), who name, table_name regclass, old jsonb, new jsonb, txid bigint default txid_current());
create table audit_log_2012 () inherits (audit_log);
create table tmp_import_20190301 (f1 text, f2 text, f3 text);
create table "patient (old)" as select id, pid, last_name from patient with no data;
create table migration_done (file text primary key, at timestamp default now());

create view patient_short as select p.id, p.pid, (p.last_name || ', '::text) || coalesce(p.first_name, '-') as name, p.born, age_at(p.born, current_date) as age, (p.address).town as town from patient p where p.merged_into is null;
create view current_inpatients as select e.case_no, s.name, w.code as ward, b.room, b.letter, e.admitted from encounter e join patient_short s on s.id = e.patient_id left join ward w on w.id = e.ward_id left join bed_stay b on b.encounter_id = e.id and b.during @> localtimestamp where e.discharged is null;
create view ward_load as select ward, count(*) as patients, count(*) filter (where admitted > now() - interval '1 day') as "new today" from current_inpatients group by ward;
create view "Pflege"."Übersicht" as select p."ID", p."Datum/Zeit", i.name as "Name" from "Pflege"."Pflegeplan" p join public.encounter e on e.id = p."Fall" join public.patient_short i on i.id = e.patient_id;
create view billing.open_invoice with (security_barrier) as select *, amount - paid as outstanding from billing.invoice where state = 'sent' with local check option;
create materialized view billing.monthly as select date_trunc('month', booked) as month, sum(amount) as total, count(*) as n from billing.payment group by 1 with no data;
create unique index monthly_month on billing.monthly (month);
comment on view patient_short is 'For lists';
comment on materialized view billing.monthly is 'Refreshed at night';

create trigger staff_touch before update on staff for each row execute function touch();
create trigger patient_touch before update on patient for each row when (old.* is distinct from new.*) execute function touch();
create constraint trigger encounter_check after insert or update on encounter deferrable initially deferred for each row execute function touch();
create trigger patient_tsv before insert or update on patient for each row execute function tsvector_update_trigger(search, 'pg_catalog.german', last_name, first_name);
create rule protect_audit as on delete to audit_log do instead nothing;
alter table patient enable row level security;
create policy own_ward on patient for select using (not vip or current_user = 'postgres');
alter table lab.result enable row level security;
alter table lab.result force row level security;
