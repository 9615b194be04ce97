-- plinth: for mariadb
-- LOSSY DS102: drops table users with its rows
drop table `users`;
