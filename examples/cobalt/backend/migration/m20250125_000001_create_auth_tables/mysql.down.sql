-- plinth: for mysql
-- LOSSY DS103: drops column users.disabled_at with its values
alter table `users` drop column `disabled_at`;

-- LOSSY DS102: drops table refresh_tokens with its rows
drop table `refresh_tokens`;
