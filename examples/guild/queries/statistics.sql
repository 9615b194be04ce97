-- What a guild's own pages tell of it. Each statement has a name, by which the program asks for it.

-- name: findChannelStatistics
select
  c.name as "name!",
  count(m.id) as "messageCount",
  count(distinct m.author_id) as "authorCount",
  max(m.created_at) as "lastMessageAt"
from channels c
left join messages m on m.channel_id = c.id and m.deleted_at is null
where c.guild_id = :guildId
group by c.id, c.name
order by c.name, c.id;

-- name: findBusiestMembers
select
  rank() over (order by count(*) desc) as place,
  u.username,
  count(*) as "messageCount"
from messages m
join channels c on c.id = m.channel_id
join users u on u.id = m.author_id
where c.guild_id = :guildId and m.created_at >= :since and m.deleted_at is null
group by u.id, u.username
order by count(*) desc, u.username;
