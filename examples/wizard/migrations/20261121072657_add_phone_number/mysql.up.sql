-- plinth: for mysql
alter table `users` add column `phone_number` varchar(20);

create index `users_phone_idx` on `users` (`phone_number`);
