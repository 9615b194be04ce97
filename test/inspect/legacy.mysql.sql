-- A schema as many programs of many years leave it.
create table legacy (
  id int(11) unsigned not null auto_increment,
  tiny tinyint(4) default 3, flag tinyint(1) not null default 0, medium mediumint, small smallint(6) default -5, big bigint(20) unsigned,
  ts timestamp not null default current_timestamp on update current_timestamp, dt datetime default current_timestamp, dt6 datetime(6), y year,
  c char(10) default 'x', guid char(36), v varchar(191) collate utf8mb4_unicode_ci not null default 'it''s \\ "x"',
  latin varchar(20) character set latin1, t text, mt mediumtext, lt longtext collate utf8mb4_bin, s set('a','b'), e enum('on','it''s','a,b','back\\slash') default 'it''s',
  f float default 0.5, f2 float(7,3), d double default 0.25, dc decimal(10,2) default 9.50, dcu decimal(5,1) unsigned, bit1 bit(1), b16 binary(16), b8 binary(8),
  vb varbinary(20), bl blob, lb longblob, j json default '{"a": [1]}', g geometry, day date default '2024-02-29', clock time default '07:00:00',
  computed int default (1 + 2), random_id uuid default uuid(),
  primary key (id), key by_text (t(20)), key by_flag (flag, small), fulltext key words (mt), unique key one_v (v)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin comment = 'it''s "old" \\';
create table `order` (
  `group` varchar(20) not null, `select` int not null comment 'grüße', größe double, `名``前` varchar(50) check (`名``前` <> ''),
  `full` varchar(100) generated always as (concat(`group`, '-', größe)) virtual, twice int as (`select` * 2) stored,
  primary key (`group`, `select`), unique key `un"ique` (größe), constraint `ch"eck` check (`select` > 0 and `名``前` <> 'größe')
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
create table a (id int not null auto_increment primary key, b_id int, parent int, constraint a_parent foreign key (parent) references a (id) on delete set null)
  engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
create table b (id int not null primary key, a_id int not null, c_group varchar(20), c_select int, key own_index (c_group, c_select, a_id),
  constraint b_a foreign key (a_id) references a (id) on update cascade on delete cascade,
  constraint `order of b` foreign key (c_group, c_select) references `order` (`group`, `select`) on delete set null)
  engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
alter table a add constraint a_b foreign key (b_id) references b (id);
create table old_engine (id int primary key, name varchar(10)) engine = MyISAM default charset = utf8mb4 collate = utf8mb4_nopad_bin;
create table by_range (id int not null primary key, n int) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
  partition by range (id) (partition p0 values less than (10), partition p1 values less than maxvalue);
create index `in dex` on `order` (größe desc, `名``前`);
create view plain as select o.`group`, o.twice, a.id from `order` o join a on a.id = o.`select` where o.größe > 0;
create view deeper as select count(*) as `co"unt`, 'it''s \\' as txt from plain;
create trigger touched before update on a for each row set new.parent = new.parent;
create function one() returns int deterministic return 1;
create procedure nothing() select 1;
create event nightly on schedule every 1 day disable do select 1;
create sequence loose;
create table plinth_migrations (name varchar(10));
