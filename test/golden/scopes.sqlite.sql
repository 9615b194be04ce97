create table "posts" (
  "id" integer not null check (("id") between -2147483648 and 2147483647),
  "user_id" integer not null check (("user_id") between -2147483648 and 2147483647),
  "removed_at" integer /* timestamp(3) */,
  "deletion_id" text /* uuid */,
  constraint "posts_pkey" primary key ("id")
) strict;

create table "users" (
  "id" integer not null check (("id") between -2147483648 and 2147483647),
  "tenant_id" integer not null check (("tenant_id") between -2147483648 and 2147483647),
  "email" text not null check (length("email") <= 200),
  "deleted_at" integer /* timestamp(3) */,
  "deleted_by" integer check (("deleted_by") between -2147483648 and 2147483647),
  constraint "users_pkey" primary key ("id")
) strict;

create index "posts_user_id_idx" on "posts" ("user_id") where ("removed_at" is null);

create unique index "users_email_unique" on "users" ("email") where ("deleted_at" is null);

-- one table
select "id", "tenant_id", "email", "deleted_at", "deleted_by" from "users" where ("deleted_at" is null) and ("tenant_id" = ?);

-- deleted rows, too
select "id", "tenant_id", "email", "deleted_at", "deleted_by" from "users" where "tenant_id" = ?;

-- deleted rows alone, of all tenants
select "id", "tenant_id", "email", "deleted_at", "deleted_by" from "users" where "deleted_at" is not null;

-- a left join
select "users"."id", "posts"."id" from "users" left join "posts" on ("posts"."user_id" = "users"."id") and ("posts"."removed_at" is null) where ("users"."email" = ?) and ("users"."deleted_at" is null) and ("users"."tenant_id" = ?);

-- a right join
select "users"."id", "posts"."id" from "users" right join "posts" on ("posts"."user_id" = "users"."id") and ("users"."deleted_at" is null) and ("users"."tenant_id" = ?) where "posts"."removed_at" is null;

-- an inner join
select "users"."id", "posts"."id" from "users" inner join "posts" on ("posts"."user_id" = "users"."id") and ("posts"."removed_at" is null) where "users"."tenant_id" = ?;

-- a query inside
select "id", "user_id", "removed_at", "deletion_id" from "posts" where exists (select "users"."id", "users"."tenant_id", "users"."email", "users"."deleted_at", "users"."deleted_by" from "users" where ("posts"."user_id" = "users"."id") and ("users"."deleted_at" is null) and ("users"."tenant_id" = ?)) and ("removed_at" is null);

-- a query as a table
select "id" as "id" from (select "id" from "users" where ("deleted_at" is null) and ("tenant_id" = ?)) as "own";

-- a full join
select "users"."id", "posts"."id" from "users" full join "posts" on ("posts"."user_id" = "users"."id") and ("users"."deleted_at" is null) and ("users"."tenant_id" = ?) and ("posts"."removed_at" is null) where ("users"."deleted_at" is null) and (("users"."tenant_id" = ?) or ("users"."id" is null)) and ("posts"."removed_at" is null);
