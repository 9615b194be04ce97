-- LOSSY DS102: drops table user_roles with its rows
drop table "user_roles";

-- LOSSY DS102: drops table user_profiles with its rows
drop table "user_profiles";

-- LOSSY DS102: drops table transactions with its rows
drop table "transactions";

-- LOSSY DS102: drops table users with its rows
drop table "users";

-- LOSSY DS102: drops table roles with its rows
drop table "roles";

drop type "transaction_type";
