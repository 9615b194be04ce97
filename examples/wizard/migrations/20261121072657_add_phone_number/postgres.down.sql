drop index "users_phone_idx";

-- LOSSY DS103: drops column users.phone_number with its values
alter table "users" drop column "phone_number";
