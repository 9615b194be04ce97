-- plinth: for mysql
-- LOSSY DS102: drops table users with its rows
drop table `users`;
