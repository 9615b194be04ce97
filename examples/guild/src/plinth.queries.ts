// Written by `plinth check`. Commit it, and don't edit it. Its text is d82b07aab18cbb82.
import { checkedQueries, type CheckedQueries, type RowOf } from "plinth";
import type * as declared from "./schema/schema.ts";

type RolesRow = RowOf<typeof declared.schema.tables.roles>;

declare global {
  namespace Plinth {
    interface Queries {
      'delete from sessions where expires_at <= :now returning user_id as "userId"': {
        params: { now: Date };
        row: { userId: string };
      };
      'insert into guild_members (guild_id, user_id) values (:guildId, :userId)\n       returning guild_id as "guildId", user_id as "userId", nickname, joined_at as "joinedAt"': {
        params: { guildId: string; userId: string };
        row: { guildId: string; userId: string; nickname: string | null; joinedAt: Date };
      };
      'select c.id as "channelId", m.id, u.username as author, m.content, m.created_at as "createdAt"\n     from channels c\n     join messages m on m.id = (\n       select newest.id\n       from messages newest\n       where newest.channel_id = c.id and newest.deleted_at is null\n       order by newest.created_at desc, newest.id desc\n       limit 1\n     )\n     left join users u on u.id = m.author_id\n     where c.guild_id = :guildId\n     order by c.name, c.id': {
        params: { guildId: string };
        row: { channelId: string; id: string; author: string | null; content: string; createdAt: Date };
      };
      'select c.id, c.guild_id as "guildId", c.name, c.type, c.is_private as "isPrivate", c.created_at as "createdAt"\n     from channels c\n     where c.guild_id = :guildId\n       and (\n         c.is_private = false\n         or exists (select 1 from channel_members m where m.channel_id = c.id and m.user_id = :userId)\n       )\n     order by c.type, c.name, c.id': {
        params: { guildId: string; userId: string };
        row: {
          id: string;
          guildId: string;
          name: string | null;
          type: "text" | "voice" | "dm";
          isPrivate: boolean;
          createdAt: Date;
        };
      };
      'select c.id, c.name, count(m.id) as "unreadCount"\n     from dm_participants p\n     join channels c on c.id = p.channel_id\n     left join messages seen on seen.id = p.last_read_message_id\n     left join messages m on m.channel_id = p.channel_id and m.deleted_at is null\n       and (m.author_id is null or m.author_id <> p.user_id)\n       and (\n         seen.id is null\n         or m.created_at > seen.created_at\n         or (m.created_at = seen.created_at and m.id > seen.id)\n       )\n     where p.user_id = :userId\n     group by c.id, c.name, c.created_at\n     order by count(m.id) desc, c.created_at, c.id': {
        params: { userId: string };
        row: { id: string; name: string | null; unreadCount: number };
      };
      'select d.id, d.created_at as "createdAt"\n       from dm_participants a\n       join dm_participants b on b.channel_id = a.channel_id\n       join dm_channels d on d.id = a.channel_id\n       where a.user_id = :one and b.user_id = :other\n         and (select count(*) from dm_participants p where p.channel_id = d.id) = 2': {
        params: { one: string; other: string };
        row: { id: string; createdAt: Date };
      };
      'select g.id, g.name, g.owner_id = own.user_id as "isOwner: boolean", count(*) as "memberCount"\n     from guild_members own\n     join guilds g on g.id = own.guild_id\n     join guild_members m on m.guild_id = g.id\n     where own.user_id = :userId\n     group by g.id, g.name, g.owner_id, own.user_id\n     order by g.name, g.id': {
        params: { userId: string };
        row: { id: string; name: string; isOwner: boolean; memberCount: number };
      };
      'select id, username, display_name as "displayName", status\n     from users\n     where id in (:ids)\n     order by username': {
        params: { ids: readonly string[] };
        row: {
          id: string;
          username: string;
          displayName: string | null;
          status: "online" | "away" | "busy" | "offline";
        };
      };
      'select id, username, email, password_hash as "passwordHash", display_name as "displayName", status,\n              created_at as "createdAt", updated_at as "updatedAt"\n       from users\n       where email = :email': {
        params: { email: string };
        row: {
          id: string;
          username: string;
          email: string;
          passwordHash: string | null;
          displayName: string | null;
          status: "online" | "away" | "busy" | "offline";
          createdAt: Date;
          updatedAt: Date;
        };
      };
      'select id, username, email, password_hash as "passwordHash", display_name as "displayName", status,\n              created_at as "createdAt", updated_at as "updatedAt"\n       from users\n       where username = $1': {
        params: readonly [string];
        row: {
          id: string;
          username: string;
          email: string | null;
          passwordHash: string | null;
          displayName: string | null;
          status: "online" | "away" | "busy" | "offline";
          createdAt: Date;
          updatedAt: Date;
        };
      };
      'select m.user_id as "userId", g.owner_id as "ownerId", r.permissions_bitfield as permissions, r.position\n     from guild_members m\n     join guilds g on g.id = m.guild_id\n     join roles r on r.guild_id = m.guild_id\n     left join member_roles mr on mr.guild_id = m.guild_id and mr.user_id = m.user_id and mr.role_id = r.id\n     where m.guild_id = :guildId and (r.position = 0 or mr.role_id is not null)\n       /*if userId*/ and m.user_id = :userId /*end*/': {
        params: { guildId: string; userId?: string | undefined };
        row: {
          userId: string;
          ownerId: string;
          permissions: RolesRow["permissions"];
          position: number;
        };
      };
      'select m.user_id as "userId", u.username, m.nickname, u.status, m.joined_at as "joinedAt"\n     from guild_members m\n     join users u on u.id = m.user_id\n     where m.guild_id = :guildId /*if status*/ and u.status = :status /*end*/\n     order by u.username': {
        params: { guildId: string; status?: "online" | "away" | "busy" | "offline" | undefined };
        row: {
          userId: string;
          username: string;
          nickname: string | null;
          status: "online" | "away" | "busy" | "offline";
          joinedAt: Date;
        };
      };
      'select p.user_id as "userId", u.username, p.last_read_message_id as "lastReadMessageId"\n     from dm_participants p\n     join users u on u.id = p.user_id\n     where p.channel_id = :channelId\n     order by u.username': {
        params: { channelId: string };
        row: { userId: string; username: string; lastReadMessageId: string | null };
      };
      'select s.id, s.expires_at as "expiresAt", s.user_id as "userId", u.username, u.status\n       from sessions s\n       join users u on u.id = s.user_id\n       where s.token_hash = :tokenHash and s.expires_at > :now': {
        params: { tokenHash: string; now: Date };
        row: {
          id: string;
          expiresAt: Date;
          userId: string;
          username: string;
          status: "online" | "away" | "busy" | "offline";
        };
      };
      "select u.id, u.username\n     from friendships f\n     join users u on u.id = f.user_id\n     where f.friend_id = :userId and f.status = 'pending'\n     order by u.username": {
        params: { userId: string };
        row: { id: string; username: string };
      };
      "select u.id, u.username, u.status\n     from channel_members m\n     join users u on u.id = m.user_id\n     where m.channel_id = :channelId\n     order by u.username": {
        params: { channelId: string };
        row: { id: string; username: string; status: "online" | "away" | "busy" | "offline" };
      };
      "update dm_participants\n     set last_read_message_id = :lastReadMessageId\n     where channel_id = :channelId and user_id = :userId\n       and exists (\n         select 1\n         from messages m\n         left join messages seen on seen.id = dm_participants.last_read_message_id\n         where m.id = :lastReadMessageId and m.channel_id = dm_participants.channel_id\n           and (\n             seen.id is null\n             or m.created_at > seen.created_at\n             or (m.created_at = seen.created_at and m.id > seen.id)\n           )\n       )": {
        params: { lastReadMessageId: string | null; channelId: string; userId: string };
        row: never;
      };
      "with one as (\n         select friend_id as id from friendships where user_id = :userId and status = 'accepted'\n         union\n         select user_id from friendships where friend_id = :userId and status = 'accepted'\n       ),\n       two as (\n         select f.friend_id as id from one join friendships f on f.user_id = one.id where f.status = 'accepted'\n         union\n         select f.user_id from one join friendships f on f.friend_id = one.id where f.status = 'accepted'\n       ),\n       three as (\n         select f.friend_id as id from two join friendships f on f.user_id = two.id where f.status = 'accepted'\n         union\n         select f.user_id from two join friendships f on f.friend_id = two.id where f.status = 'accepted'\n       )\n       select min(steps.distance) as distance\n       from (\n         select 0 as distance from users where id = :userId and id = :otherId\n         union all\n         select 1 from one where id = :otherId\n         union all\n         select 2 from two where id = :otherId\n         union all\n         select 3 from three where id = :otherId\n       ) as steps": {
        params: { userId: string; otherId: string };
        row: { distance: number | null };
      };
      "with own as (\n       select friend_id as id from friendships where user_id = :userId and status = 'accepted'\n       union all\n       select user_id from friendships where friend_id = :userId and status = 'accepted'\n     )\n     select u.id, u.username, u.status\n     from own\n     join users u on u.id = own.id\n     order by u.username": {
        params: { userId: string };
        row: { id: string; username: string; status: "online" | "away" | "busy" | "offline" };
      };
      "with own as (\n       select friend_id as id from friendships where user_id = :userId and status = 'accepted'\n       union all\n       select user_id from friendships where friend_id = :userId and status = 'accepted'\n     ),\n     theirs as (\n       select f.friend_id as id from own join friendships f on f.user_id = own.id where f.status = 'accepted'\n       union all\n       select f.user_id from own join friendships f on f.friend_id = own.id where f.status = 'accepted'\n     )\n     select u.id, u.username, count(*) as \"mutualCount\"\n     from theirs\n     join users u on u.id = theirs.id\n     where theirs.id <> :userId\n       and not exists (select 1 from friendships f where f.user_id = :userId and f.friend_id = theirs.id)\n       and not exists (select 1 from friendships f where f.user_id = theirs.id and f.friend_id = :userId)\n     group by u.id, u.username\n     order by count(*) desc, u.username\n     limit 10": {
        params: { userId: string };
        row: { id: string; username: string; mutualCount: number };
      };
      "with own as (\n       select friend_id as id from friendships where user_id = :userId and status = 'accepted'\n       union all\n       select user_id from friendships where friend_id = :userId and status = 'accepted'\n     ),\n     theirs as (\n       select friend_id as id from friendships where user_id = :otherId and status = 'accepted'\n       union all\n       select user_id from friendships where friend_id = :otherId and status = 'accepted'\n     )\n     select u.id, u.username\n     from own\n     join theirs on theirs.id = own.id\n     join users u on u.id = own.id\n     order by u.username": {
        params: { userId: string; otherId: string };
        row: { id: string; username: string };
      };
    }
    interface NamedQueries {
      rolesOfMember: {
        params: readonly [string, string];
        row: {
          id: string;
          guildId: string;
          name: string;
          permissions: RolesRow["permissions"];
          position: number;
        };
      };
    }
  }
}

export interface FileQueries {
  findBusiestMembers: {
    params: { guildId: string; since: Date };
    row: { place: number; username: string; messageCount: number };
  };
  findChannelStatistics: {
    params: { guildId: string };
    row: { name: string; messageCount: number; authorCount: number; lastMessageAt: Date | null };
  };
}

export const queries: CheckedQueries<FileQueries> = checkedQueries<FileQueries>({
  format: 1,
  databases: ["sqlite", "postgres", "mariadb"],
  types: {
    bigint: { kind: "bigint", mode: "bigint", flags: { viewChannels: 0, sendMessages: 1, attachFiles: 2, connect: 3, speak: 4, createInvites: 5, manageMessages: 6, muteMembers: 7, kickMembers: 8, banMembers: 9, manageChannels: 10, manageRoles: 11, manageGuild: 12, administrator: 13 } },
    "bigint(number)": { kind: "bigint", mode: "number" },
    boolean: { kind: "boolean" },
    channel_type: { kind: "enum", name: "channel_type", values: ["text", "voice", "dm"] },
    integer: { kind: "integer", bits: 32 },
    "text(100)": { kind: "text", length: 100 },
    "text(255)": { kind: "text", length: 255 },
    "text(32)": { kind: "text", length: 32 },
    "text(4000)": { kind: "text", length: 4000 },
    "text(64)": { kind: "text", length: 64 },
    timestamp: { kind: "timestamp", mode: "date", precision: 3 },
    "timestamp(6)": { kind: "timestamp", mode: "date", precision: 6 },
    user_status: { kind: "enum", name: "user_status", values: ["online", "away", "busy", "offline"] },
    uuid: { kind: "uuid" },
  },
  texts: {
    'delete from sessions where expires_at <= :now returning user_id as "userId"': {
      sqlite: { parameters: [["now", "timestamp"]], columns: [["userId", "uuid"]], reads: ["users"], writes: ["sessions"] },
      postgres: { parameters: [["now", "timestamp"]], columns: [["userId", "uuid"]], reads: [], writes: ["sessions"] },
      mariadb: { parameters: [["now", "timestamp"]], columns: [["userId", "uuid"]], reads: [], writes: ["sessions"] },
    },
    'insert into guild_members (guild_id, user_id) values (:guildId, :userId)\n       returning guild_id as "guildId", user_id as "userId", nickname, joined_at as "joinedAt"': {
      sqlite: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["guildId", "uuid"], ["userId", "uuid"], ["nickname", "text(32)"], ["joinedAt", "timestamp"]], reads: ["guilds", "member_roles", "users"], writes: ["guild_members"] },
      postgres: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["guildId", "uuid"], ["userId", "uuid"], ["nickname", "text(32)"], ["joinedAt", "timestamp"]], reads: [], writes: ["guild_members"] },
      mariadb: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["guildId", "uuid"], ["userId", "uuid"], ["nickname", "text(32)"], ["joinedAt", "timestamp"]], reads: [], writes: ["guild_members"] },
    },
    'select c.id as "channelId", m.id, u.username as author, m.content, m.created_at as "createdAt"\n     from channels c\n     join messages m on m.id = (\n       select newest.id\n       from messages newest\n       where newest.channel_id = c.id and newest.deleted_at is null\n       order by newest.created_at desc, newest.id desc\n       limit 1\n     )\n     left join users u on u.id = m.author_id\n     where c.guild_id = :guildId\n     order by c.name, c.id': {
      sqlite: { parameters: [["guildId", "uuid"]], columns: [["channelId", "uuid"], ["id", "uuid"], ["author", "text(32)"], ["content", "text(4000)"], ["createdAt", "timestamp"]], reads: ["channels", "messages", "users"], writes: [] },
      postgres: { parameters: [["guildId", "uuid"]], columns: [["channelId", "uuid"], ["id", "uuid"], ["author", "text(32)"], ["content", "text(4000)"], ["createdAt", "timestamp"]], reads: ["channels", "messages", "users"], writes: [] },
      mariadb: { parameters: [["guildId", "uuid"]], columns: [["channelId", "uuid"], ["id", "uuid"], ["author", "text(32)"], ["content", "text(4000)"], ["createdAt", "timestamp"]], reads: ["channels", "messages", "users"], writes: [] },
    },
    'select c.id, c.guild_id as "guildId", c.name, c.type, c.is_private as "isPrivate", c.created_at as "createdAt"\n     from channels c\n     where c.guild_id = :guildId\n       and (\n         c.is_private = false\n         or exists (select 1 from channel_members m where m.channel_id = c.id and m.user_id = :userId)\n       )\n     order by c.type, c.name, c.id': {
      sqlite: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["id", "uuid"], ["guildId", "uuid"], ["name", "text(100)"], ["type", "channel_type"], ["isPrivate", "boolean"], ["createdAt", "timestamp"]], reads: ["channel_members", "channels"], writes: [] },
      postgres: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["id", "uuid"], ["guildId", "uuid"], ["name", "text(100)"], ["type", "channel_type"], ["isPrivate", "boolean"], ["createdAt", "timestamp"]], reads: ["channel_members", "channels"], writes: [] },
      mariadb: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["id", "uuid"], ["guildId", "uuid"], ["name", "text(100)"], ["type", "channel_type"], ["isPrivate", "boolean"], ["createdAt", "timestamp"]], reads: ["channel_members", "channels"], writes: [] },
    },
    'select c.id, c.name, count(m.id) as "unreadCount"\n     from dm_participants p\n     join channels c on c.id = p.channel_id\n     left join messages seen on seen.id = p.last_read_message_id\n     left join messages m on m.channel_id = p.channel_id and m.deleted_at is null\n       and (m.author_id is null or m.author_id <> p.user_id)\n       and (\n         seen.id is null\n         or m.created_at > seen.created_at\n         or (m.created_at = seen.created_at and m.id > seen.id)\n       )\n     where p.user_id = :userId\n     group by c.id, c.name, c.created_at\n     order by count(m.id) desc, c.created_at, c.id': {
      sqlite: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["name", "text(100)"], ["unreadCount", "bigint(number)"]], reads: ["channels", "dm_participants", "messages"], writes: [] },
      postgres: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["name", "text(100)"], ["unreadCount", "bigint(number)"]], reads: ["channels", "dm_participants", "messages"], writes: [] },
      mariadb: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["name", "text(100)"], ["unreadCount", "bigint(number)"]], reads: ["channels", "dm_participants", "messages"], writes: [] },
    },
    'select d.id, d.created_at as "createdAt"\n       from dm_participants a\n       join dm_participants b on b.channel_id = a.channel_id\n       join dm_channels d on d.id = a.channel_id\n       where a.user_id = :one and b.user_id = :other\n         and (select count(*) from dm_participants p where p.channel_id = d.id) = 2': {
      sqlite: { parameters: [["one", "uuid"], ["other", "uuid"]], columns: [["id", "uuid"], ["createdAt", "timestamp"]], reads: ["dm_channels", "dm_participants"], writes: [] },
      postgres: { parameters: [["one", "uuid"], ["other", "uuid"]], columns: [["id", "uuid"], ["createdAt", "timestamp"]], reads: ["dm_channels", "dm_participants"], writes: [] },
      mariadb: { parameters: [["one", "uuid"], ["other", "uuid"]], columns: [["id", "uuid"], ["createdAt", "timestamp"]], reads: ["dm_channels", "dm_participants"], writes: [] },
    },
    'select g.id, g.name, g.owner_id = own.user_id as "isOwner: boolean", count(*) as "memberCount"\n     from guild_members own\n     join guilds g on g.id = own.guild_id\n     join guild_members m on m.guild_id = g.id\n     where own.user_id = :userId\n     group by g.id, g.name, g.owner_id, own.user_id\n     order by g.name, g.id': {
      sqlite: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["name", "text(100)"], ["isOwner", "boolean"], ["memberCount", "bigint(number)"]], reads: ["guild_members", "guilds"], writes: [] },
      postgres: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["name", "text(100)"], ["isOwner", "boolean"], ["memberCount", "bigint(number)"]], reads: ["guild_members", "guilds"], writes: [] },
      mariadb: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["name", "text(100)"], ["isOwner", "boolean"], ["memberCount", "bigint(number)"]], reads: ["guild_members", "guilds"], writes: [] },
    },
    'select id, username, display_name as "displayName", status\n     from users\n     where id in (:ids)\n     order by username': {
      sqlite: { parameters: [["ids", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["displayName", "text(64)"], ["status", "user_status"]], reads: ["users"], writes: [] },
      postgres: { parameters: [["ids", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["displayName", "text(64)"], ["status", "user_status"]], reads: ["users"], writes: [] },
      mariadb: { parameters: [["ids", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["displayName", "text(64)"], ["status", "user_status"]], reads: ["users"], writes: [] },
    },
    'select id, username, email, password_hash as "passwordHash", display_name as "displayName", status,\n              created_at as "createdAt", updated_at as "updatedAt"\n       from users\n       where email = :email': {
      sqlite: { parameters: [["email", "text(255)"]], columns: [["id", "uuid"], ["username", "text(32)"], ["email", "text(255)"], ["passwordHash", "text(255)"], ["displayName", "text(64)"], ["status", "user_status"], ["createdAt", "timestamp"], ["updatedAt", "timestamp"]], reads: ["users"], writes: [] },
      postgres: { parameters: [["email", "text(255)"]], columns: [["id", "uuid"], ["username", "text(32)"], ["email", "text(255)"], ["passwordHash", "text(255)"], ["displayName", "text(64)"], ["status", "user_status"], ["createdAt", "timestamp"], ["updatedAt", "timestamp"]], reads: ["users"], writes: [] },
      mariadb: { parameters: [["email", "text(255)"]], columns: [["id", "uuid"], ["username", "text(32)"], ["email", "text(255)"], ["passwordHash", "text(255)"], ["displayName", "text(64)"], ["status", "user_status"], ["createdAt", "timestamp"], ["updatedAt", "timestamp"]], reads: ["users"], writes: [] },
    },
    'select id, username, email, password_hash as "passwordHash", display_name as "displayName", status,\n              created_at as "createdAt", updated_at as "updatedAt"\n       from users\n       where username = $1': {
      sqlite: { parameters: [["1", "text(32)"]], columns: [["id", "uuid"], ["username", "text(32)"], ["email", "text(255)"], ["passwordHash", "text(255)"], ["displayName", "text(64)"], ["status", "user_status"], ["createdAt", "timestamp"], ["updatedAt", "timestamp"]], reads: ["users"], writes: [] },
      postgres: { parameters: [["1", "text(32)"]], columns: [["id", "uuid"], ["username", "text(32)"], ["email", "text(255)"], ["passwordHash", "text(255)"], ["displayName", "text(64)"], ["status", "user_status"], ["createdAt", "timestamp"], ["updatedAt", "timestamp"]], reads: ["users"], writes: [] },
      mariadb: { parameters: [["1", "text(32)"]], columns: [["id", "uuid"], ["username", "text(32)"], ["email", "text(255)"], ["passwordHash", "text(255)"], ["displayName", "text(64)"], ["status", "user_status"], ["createdAt", "timestamp"], ["updatedAt", "timestamp"]], reads: ["users"], writes: [] },
    },
    'select m.user_id as "userId", g.owner_id as "ownerId", r.permissions_bitfield as permissions, r.position\n     from guild_members m\n     join guilds g on g.id = m.guild_id\n     join roles r on r.guild_id = m.guild_id\n     left join member_roles mr on mr.guild_id = m.guild_id and mr.user_id = m.user_id and mr.role_id = r.id\n     where m.guild_id = :guildId and (r.position = 0 or mr.role_id is not null)\n       /*if userId*/ and m.user_id = :userId /*end*/': {
      sqlite: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["userId", "uuid"], ["ownerId", "uuid"], ["permissions", "bigint"], ["position", "integer"]], reads: ["guild_members", "guilds", "member_roles", "roles"], writes: [] },
      postgres: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["userId", "uuid"], ["ownerId", "uuid"], ["permissions", "bigint"], ["position", "integer"]], reads: ["guild_members", "guilds", "member_roles", "roles"], writes: [] },
      mariadb: { parameters: [["guildId", "uuid"], ["userId", "uuid"]], columns: [["userId", "uuid"], ["ownerId", "uuid"], ["permissions", "bigint"], ["position", "integer"]], reads: ["guild_members", "guilds", "member_roles", "roles"], writes: [] },
    },
    'select m.user_id as "userId", u.username, m.nickname, u.status, m.joined_at as "joinedAt"\n     from guild_members m\n     join users u on u.id = m.user_id\n     where m.guild_id = :guildId /*if status*/ and u.status = :status /*end*/\n     order by u.username': {
      sqlite: { parameters: [["guildId", "uuid"], ["status", "user_status"]], columns: [["userId", "uuid"], ["username", "text(32)"], ["nickname", "text(32)"], ["status", "user_status"], ["joinedAt", "timestamp"]], reads: ["guild_members", "users"], writes: [] },
      postgres: { parameters: [["guildId", "uuid"], ["status", "user_status"]], columns: [["userId", "uuid"], ["username", "text(32)"], ["nickname", "text(32)"], ["status", "user_status"], ["joinedAt", "timestamp"]], reads: ["guild_members", "users"], writes: [] },
      mariadb: { parameters: [["guildId", "uuid"], ["status", "user_status"]], columns: [["userId", "uuid"], ["username", "text(32)"], ["nickname", "text(32)"], ["status", "user_status"], ["joinedAt", "timestamp"]], reads: ["guild_members", "users"], writes: [] },
    },
    'select p.user_id as "userId", u.username, p.last_read_message_id as "lastReadMessageId"\n     from dm_participants p\n     join users u on u.id = p.user_id\n     where p.channel_id = :channelId\n     order by u.username': {
      sqlite: { parameters: [["channelId", "uuid"]], columns: [["userId", "uuid"], ["username", "text(32)"], ["lastReadMessageId", "uuid"]], reads: ["dm_participants", "users"], writes: [] },
      postgres: { parameters: [["channelId", "uuid"]], columns: [["userId", "uuid"], ["username", "text(32)"], ["lastReadMessageId", "uuid"]], reads: ["dm_participants", "users"], writes: [] },
      mariadb: { parameters: [["channelId", "uuid"]], columns: [["userId", "uuid"], ["username", "text(32)"], ["lastReadMessageId", "uuid"]], reads: ["dm_participants", "users"], writes: [] },
    },
    'select s.id, s.expires_at as "expiresAt", s.user_id as "userId", u.username, u.status\n       from sessions s\n       join users u on u.id = s.user_id\n       where s.token_hash = :tokenHash and s.expires_at > :now': {
      sqlite: { parameters: [["tokenHash", "text(64)"], ["now", "timestamp"]], columns: [["id", "uuid"], ["expiresAt", "timestamp"], ["userId", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["sessions", "users"], writes: [] },
      postgres: { parameters: [["tokenHash", "text(64)"], ["now", "timestamp"]], columns: [["id", "uuid"], ["expiresAt", "timestamp"], ["userId", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["sessions", "users"], writes: [] },
      mariadb: { parameters: [["tokenHash", "text(64)"], ["now", "timestamp"]], columns: [["id", "uuid"], ["expiresAt", "timestamp"], ["userId", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["sessions", "users"], writes: [] },
    },
    "select u.id, u.username\n     from friendships f\n     join users u on u.id = f.user_id\n     where f.friend_id = :userId and f.status = 'pending'\n     order by u.username": {
      sqlite: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"]], reads: ["friendships", "users"], writes: [] },
      postgres: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"]], reads: ["friendships", "users"], writes: [] },
      mariadb: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"]], reads: ["friendships", "users"], writes: [] },
    },
    "select u.id, u.username, u.status\n     from channel_members m\n     join users u on u.id = m.user_id\n     where m.channel_id = :channelId\n     order by u.username": {
      sqlite: { parameters: [["channelId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["channel_members", "users"], writes: [] },
      postgres: { parameters: [["channelId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["channel_members", "users"], writes: [] },
      mariadb: { parameters: [["channelId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["channel_members", "users"], writes: [] },
    },
    "update dm_participants\n     set last_read_message_id = :lastReadMessageId\n     where channel_id = :channelId and user_id = :userId\n       and exists (\n         select 1\n         from messages m\n         left join messages seen on seen.id = dm_participants.last_read_message_id\n         where m.id = :lastReadMessageId and m.channel_id = dm_participants.channel_id\n           and (\n             seen.id is null\n             or m.created_at > seen.created_at\n             or (m.created_at = seen.created_at and m.id > seen.id)\n           )\n       )": {
      sqlite: { parameters: [["lastReadMessageId", "uuid", "nullable"], ["channelId", "uuid"], ["userId", "uuid"]], reads: ["messages"], writes: ["dm_participants"] },
      postgres: { parameters: [["lastReadMessageId", "uuid", "nullable"], ["channelId", "uuid"], ["userId", "uuid"]], reads: ["messages"], writes: ["dm_participants"] },
      mariadb: { parameters: [["lastReadMessageId", "uuid", "nullable"], ["channelId", "uuid"], ["userId", "uuid"]], reads: ["messages"], writes: ["dm_participants"] },
    },
    "with one as (\n         select friend_id as id from friendships where user_id = :userId and status = 'accepted'\n         union\n         select user_id from friendships where friend_id = :userId and status = 'accepted'\n       ),\n       two as (\n         select f.friend_id as id from one join friendships f on f.user_id = one.id where f.status = 'accepted'\n         union\n         select f.user_id from one join friendships f on f.friend_id = one.id where f.status = 'accepted'\n       ),\n       three as (\n         select f.friend_id as id from two join friendships f on f.user_id = two.id where f.status = 'accepted'\n         union\n         select f.user_id from two join friendships f on f.friend_id = two.id where f.status = 'accepted'\n       )\n       select min(steps.distance) as distance\n       from (\n         select 0 as distance from users where id = :userId and id = :otherId\n         union all\n         select 1 from one where id = :otherId\n         union all\n         select 2 from two where id = :otherId\n         union all\n         select 3 from three where id = :otherId\n       ) as steps": {
      sqlite: { parameters: [["userId", "uuid"], ["otherId", "uuid"]], columns: [["distance", "integer"]], reads: ["friendships", "users"], writes: [] },
      postgres: { parameters: [["userId", "uuid"], ["otherId", "uuid"]], columns: [["distance", "integer"]], reads: ["friendships", "users"], writes: [] },
      mariadb: { parameters: [["userId", "uuid"], ["otherId", "uuid"]], columns: [["distance", "integer"]], reads: ["friendships", "users"], writes: [] },
    },
    "with own as (\n       select friend_id as id from friendships where user_id = :userId and status = 'accepted'\n       union all\n       select user_id from friendships where friend_id = :userId and status = 'accepted'\n     )\n     select u.id, u.username, u.status\n     from own\n     join users u on u.id = own.id\n     order by u.username": {
      sqlite: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["friendships", "users"], writes: [] },
      postgres: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["friendships", "users"], writes: [] },
      mariadb: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["status", "user_status"]], reads: ["friendships", "users"], writes: [] },
    },
    "with own as (\n       select friend_id as id from friendships where user_id = :userId and status = 'accepted'\n       union all\n       select user_id from friendships where friend_id = :userId and status = 'accepted'\n     ),\n     theirs as (\n       select f.friend_id as id from own join friendships f on f.user_id = own.id where f.status = 'accepted'\n       union all\n       select f.user_id from own join friendships f on f.friend_id = own.id where f.status = 'accepted'\n     )\n     select u.id, u.username, count(*) as \"mutualCount\"\n     from theirs\n     join users u on u.id = theirs.id\n     where theirs.id <> :userId\n       and not exists (select 1 from friendships f where f.user_id = :userId and f.friend_id = theirs.id)\n       and not exists (select 1 from friendships f where f.user_id = theirs.id and f.friend_id = :userId)\n     group by u.id, u.username\n     order by count(*) desc, u.username\n     limit 10": {
      sqlite: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["mutualCount", "bigint(number)"]], reads: ["friendships", "users"], writes: [] },
      postgres: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["mutualCount", "bigint(number)"]], reads: ["friendships", "users"], writes: [] },
      mariadb: { parameters: [["userId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"], ["mutualCount", "bigint(number)"]], reads: ["friendships", "users"], writes: [] },
    },
    "with own as (\n       select friend_id as id from friendships where user_id = :userId and status = 'accepted'\n       union all\n       select user_id from friendships where friend_id = :userId and status = 'accepted'\n     ),\n     theirs as (\n       select friend_id as id from friendships where user_id = :otherId and status = 'accepted'\n       union all\n       select user_id from friendships where friend_id = :otherId and status = 'accepted'\n     )\n     select u.id, u.username\n     from own\n     join theirs on theirs.id = own.id\n     join users u on u.id = own.id\n     order by u.username": {
      sqlite: { parameters: [["userId", "uuid"], ["otherId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"]], reads: ["friendships", "users"], writes: [] },
      postgres: { parameters: [["userId", "uuid"], ["otherId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"]], reads: ["friendships", "users"], writes: [] },
      mariadb: { parameters: [["userId", "uuid"], ["otherId", "uuid"]], columns: [["id", "uuid"], ["username", "text(32)"]], reads: ["friendships", "users"], writes: [] },
    },
  },
  named: {
    rolesOfMember: {
      text: '\n    select r.id, r.guild_id as "guildId", r.name, r.permissions_bitfield as permissions, r.position\n    from member_roles m\n    join roles r on r.id = m.role_id\n    where m.guild_id = $1 and m.user_id = $2\n    order by r.position desc',
      databases: {
        sqlite: { parameters: [["1", "uuid"], ["2", "uuid"]], columns: [["id", "uuid"], ["guildId", "uuid"], ["name", "text(100)"], ["permissions", "bigint"], ["position", "integer"]], reads: ["member_roles", "roles"], writes: [] },
        postgres: { parameters: [["1", "uuid"], ["2", "uuid"]], columns: [["id", "uuid"], ["guildId", "uuid"], ["name", "text(100)"], ["permissions", "bigint"], ["position", "integer"]], reads: ["member_roles", "roles"], writes: [] },
        mariadb: { parameters: [["1", "uuid"], ["2", "uuid"]], columns: [["id", "uuid"], ["guildId", "uuid"], ["name", "text(100)"], ["permissions", "bigint"], ["position", "integer"]], reads: ["member_roles", "roles"], writes: [] },
      },
    },
  },
  files: {
    findBusiestMembers: {
      text: 'select\n  rank() over (order by count(*) desc) as place,\n  u.username,\n  count(*) as "messageCount"\nfrom messages m\njoin channels c on c.id = m.channel_id\njoin users u on u.id = m.author_id\nwhere c.guild_id = :guildId and m.created_at >= :since and m.deleted_at is null\ngroup by u.id, u.username\norder by count(*) desc, u.username',
      databases: {
        sqlite: { parameters: [["guildId", "uuid"], ["since", "timestamp"]], columns: [["place", "bigint(number)"], ["username", "text(32)"], ["messageCount", "bigint(number)"]], reads: ["channels", "messages", "users"], writes: [] },
        postgres: { parameters: [["guildId", "uuid"], ["since", "timestamp"]], columns: [["place", "bigint(number)"], ["username", "text(32)"], ["messageCount", "bigint(number)"]], reads: ["channels", "messages", "users"], writes: [] },
        mariadb: { parameters: [["guildId", "uuid"], ["since", "timestamp"]], columns: [["place", "bigint(number)"], ["username", "text(32)"], ["messageCount", "bigint(number)"]], reads: ["channels", "messages", "users"], writes: [] },
      },
    },
    findChannelStatistics: {
      text: 'select\n  c.name as "name!",\n  count(m.id) as "messageCount",\n  count(distinct m.author_id) as "authorCount",\n  max(m.created_at) as "lastMessageAt"\nfrom channels c\nleft join messages m on m.channel_id = c.id and m.deleted_at is null\nwhere c.guild_id = :guildId\ngroup by c.id, c.name\norder by c.name, c.id',
      databases: {
        sqlite: { parameters: [["guildId", "uuid"]], columns: [["name", "text(100)"], ["messageCount", "bigint(number)"], ["authorCount", "bigint(number)"], ["lastMessageAt", "timestamp"]], reads: ["channels", "messages"], writes: [] },
        postgres: { parameters: [["guildId", "uuid"]], columns: [["name", "text(100)"], ["messageCount", "bigint(number)"], ["authorCount", "bigint(number)"], ["lastMessageAt", "timestamp(6)"]], reads: ["channels", "messages"], writes: [] },
        mariadb: { parameters: [["guildId", "uuid"]], columns: [["name", "text(100)"], ["messageCount", "bigint(number)"], ["authorCount", "bigint(number)"], ["lastMessageAt", "timestamp"]], reads: ["channels", "messages"], writes: [] },
      },
    },
  },
});
