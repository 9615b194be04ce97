create table "posts" (
  "id" integer not null,
  "user_id" integer not null,
  "removed_at" timestamptz(3),
  "deletion_id" uuid,
  constraint "posts_pkey" primary key ("id")
);

create table "users" (
  "id" integer not null,
  "tenant_id" integer not null,
  "email" varchar(200) collate "C" not null,
  "deleted_at" timestamptz(3),
  "deleted_by" integer,
  constraint "users_pkey" primary key ("id")
);

create index "posts_user_id_idx" on "posts" ("user_id") where ("removed_at" is null);

create unique index "users_email_unique" on "users" ("email") where ("deleted_at" is null);

-- one table
select "id", "tenant_id", "email", "deleted_at", "deleted_by" from "users" where ("deleted_at" is null) and ("tenant_id" = $1);

-- deleted rows, too
select "id", "tenant_id", "email", "deleted_at", "deleted_by" from "users" where "tenant_id" = $1;

-- deleted rows alone, of all tenants
select "id", "tenant_id", "email", "deleted_at", "deleted_by" from "users" where "deleted_at" is not null;

-- a left join
select "users"."id", "posts"."id" from "users" left join "posts" on ("posts"."user_id" = "users"."id") and ("posts"."removed_at" is null) where ("users"."email" = $1) and ("users"."deleted_at" is null) and ("users"."tenant_id" = $2);

-- a right join
select "users"."id", "posts"."id" from "users" right join "posts" on ("posts"."user_id" = "users"."id") and ("users"."deleted_at" is null) and ("users"."tenant_id" = $1) where "posts"."removed_at" is null;

-- an inner join
select "users"."id", "posts"."id" from "users" inner join "posts" on ("posts"."user_id" = "users"."id") and ("posts"."removed_at" is null) where "users"."tenant_id" = $1;

-- a query inside
select "id", "user_id", "removed_at", "deletion_id" from "posts" where exists (select "users"."id", "users"."tenant_id", "users"."email", "users"."deleted_at", "users"."deleted_by" from "users" where ("posts"."user_id" = "users"."id") and ("users"."deleted_at" is null) and ("users"."tenant_id" = $1)) and ("removed_at" is null);

-- a query as a table
select "id" as "id" from (select "id" from "users" where ("deleted_at" is null) and ("tenant_id" = $1)) as "own";

-- a full join
select "users"."id", "posts"."id" from "users" full join "posts" on ("posts"."user_id" = "users"."id") and ("users"."deleted_at" is null) and ("users"."tenant_id" = $1) and ("posts"."removed_at" is null) where ("users"."deleted_at" is null) and (("users"."tenant_id" = $2) or ("users"."id" is null)) and ("posts"."removed_at" is null);
