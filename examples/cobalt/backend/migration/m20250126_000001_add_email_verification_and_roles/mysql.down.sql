-- plinth: for mysql
-- LOSSY DS103: drops column users.role with its values
alter table `users` drop column `role`;

-- LOSSY DS103: drops column users.email_verified with its values
alter table `users` drop column `email_verified`;

-- LOSSY DS102: drops table email_verifications with its rows
drop table `email_verifications`;
