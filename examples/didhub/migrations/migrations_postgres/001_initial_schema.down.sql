-- LOSSY DS102: drops table uploads with its rows
drop table "uploads";

-- LOSSY DS102: drops table system_requests with its rows
drop table "system_requests";

-- LOSSY DS102: drops table subsystem_members with its rows
drop table "subsystem_members";

-- LOSSY DS102: drops table subsystems with its rows
drop table "subsystems";

-- LOSSY DS102: drops table settings with its rows
drop table "settings";

-- LOSSY DS102: drops table audit_logs with its rows
drop table "audit_logs";

-- LOSSY DS102: drops table alter_groups with its rows
drop table "alter_groups";

-- LOSSY DS102: drops table groups with its rows
drop table "groups";

-- LOSSY DS102: drops table alters with its rows
drop table "alters";

-- LOSSY DS102: drops table systems with its rows
drop table "systems";

-- LOSSY DS102: drops table users with its rows
drop table "users";
