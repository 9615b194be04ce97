-- A forum with a CMS around it: PHP in 2006, converted from MySQL by a script, plugins of many authors, a rewrite with an ORM since 2021.
PRAGMA encoding = 'UTF-8';

-- The forum of 2006, as the conversion left it: backticks, types of MySQL, comments in the middle.
CREATE TABLE IF NOT EXISTS `forum_users` (
  `user_id` INTEGER PRIMARY KEY AUTOINCREMENT, -- was: mediumint(8) unsigned NOT NULL auto_increment
  `user_type` tinyint(2) NOT NULL DEFAULT '0' /* 0 normal, 1 inactive, 2 bot, 3 founder */,
  `group_id` mediumint(8) NOT NULL DEFAULT '3' REFERENCES `forum_groups` (`group_id`),
  `username` varchar(255) NOT NULL DEFAULT '' COLLATE NOCASE,
  `username_clean` varchar(255) GENERATED ALWAYS AS (lower(trim(`username`))) STORED,
  `user_password` varchar(255) NOT NULL DEFAULT '',
  `user_email` varchar(100) NOT NULL DEFAULT '' COLLATE NOCASE,
  `user_birthday` varchar(10) NOT NULL DEFAULT ' 0- 0-   0',
  `user_regdate` unsigned int(11) NOT NULL DEFAULT '0',
  `user_lastvisit` unsigned int(11) DEFAULT NULL,
  `user_posts` unsigned mediumint(8) NOT NULL DEFAULT '0' CHECK (`user_posts` >= 0),
  `user_timezone` decimal(5,2) NOT NULL DEFAULT '0.00',
  `user_style` smallint(4) DEFAULT 1,
  `user_rank` INTEGER REFERENCES forum_ranks ON DELETE SET NULL,
  `user_options` int(11) NOT NULL DEFAULT '230271',
  `user_avatar` varchar(255) DEFAULT 'data:image/gif;base64,R0lGODlhAQABAAAAACw=',
  `user_sig` mediumtext DEFAULT '',
  `user_ip` varchar(40) DEFAULT '::1',
  `user_warnings` tinyint(4) DEFAULT -0,
  `inviter` int REFERENCES `forum_users`(`user_id`) ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE UNIQUE INDEX `forum_users_username` ON `forum_users` (`username_clean`);
CREATE INDEX `forum_users_email` ON `forum_users` (`user_email` COLLATE BINARY, `user_type`);
CREATE INDEX forum_users_active ON forum_users (user_lastvisit DESC) WHERE user_type IN (0, 3) AND user_posts > 0;
CREATE TABLE `forum_groups` (`group_id` INTEGER PRIMARY KEY, `group_name` varchar(255) NOT NULL UNIQUE, `group_colour` char(6) NOT NULL DEFAULT 'AA0000', `group_legend` bool DEFAULT 'f', `group_desc` text);
CREATE TABLE `forum_user_group` (`group_id` integer NOT NULL, `user_id` integer NOT NULL, `group_leader` tinyint(1) NOT NULL DEFAULT 0, `user_pending` tinyint(1) NOT NULL DEFAULT '1',
  PRIMARY KEY (`group_id`, `user_id`) ON CONFLICT REPLACE, FOREIGN KEY (`group_id`) REFERENCES `forum_groups` (`group_id`) ON DELETE CASCADE, FOREIGN KEY (`user_id`) REFERENCES `forum_users` (`user_id`) ON DELETE CASCADE);
CREATE TABLE `forum_ranks` (`rank_id` INTEGER PRIMARY KEY, `rank_title` varchar(255) NOT NULL, `rank_min` int DEFAULT 0, `rank_special` bool DEFAULT 0, `rank_image` varchar(255));
CREATE TABLE `forum_forums` (
  `forum_id` INTEGER PRIMARY KEY AUTOINCREMENT, `parent_id` integer REFERENCES `forum_forums` ON DELETE CASCADE, `left_id` integer NOT NULL, `right_id` integer NOT NULL, `forum_name` text NOT NULL, `forum_desc` text DEFAULT '',
  `forum_password` varchar(40), `forum_type` tinyint(4) NOT NULL DEFAULT 1, `forum_flags` tinyint(4) NOT NULL DEFAULT 0x20, `last_post_id` integer REFERENCES `forum_posts` (`post_id`) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  `prune_days` integer DEFAULT (7 * 24), CONSTRAINT "nested set" CHECK (`left_id` < `right_id`)
);
CREATE INDEX `forum_nested` ON `forum_forums` (`left_id`, `right_id`);
CREATE TABLE `forum_topics` (
  `topic_id` INTEGER PRIMARY KEY AUTOINCREMENT, `forum_id` integer NOT NULL REFERENCES `forum_forums` ON DELETE CASCADE, `icon_id` integer DEFAULT NULL, `topic_title` varchar(255) NOT NULL DEFAULT '' COLLATE NOCASE, `topic_poster` integer REFERENCES `forum_users` ON DELETE SET NULL,
  `topic_time` integer NOT NULL DEFAULT (strftime('%s', 'now')), `topic_type` tinyint NOT NULL DEFAULT 0 CHECK (`topic_type` BETWEEN 0 AND 3), `topic_first_post_id` integer REFERENCES `forum_posts` DEFERRABLE INITIALLY DEFERRED, `topic_moved_id` integer REFERENCES `forum_topics`, `poll_title` varchar(255), `topic_views` integer DEFAULT 0, `topic_bumped` bool DEFAULT FALSE
);
CREATE INDEX `topics_sticky` ON `forum_topics` (`forum_id`, `topic_type` DESC, `topic_time` DESC);
CREATE INDEX `topics_day` ON `forum_topics` (date(`topic_time`, 'unixepoch'), (`topic_views` / 100));
CREATE TABLE `forum_posts` (
  `post_id` INTEGER PRIMARY KEY AUTOINCREMENT, `topic_id` integer NOT NULL REFERENCES `forum_topics` ON DELETE CASCADE, `poster_id` integer REFERENCES `forum_users` ON DELETE SET NULL, `post_time` integer NOT NULL, `post_subject` varchar(255) COLLATE NOCASE, `post_text` mediumtext NOT NULL DEFAULT '', `bbcode_uid` char(8) DEFAULT '        ', `post_edit_reason` varchar(255) DEFAULT 'he said "it''s" \n', `post_checksum` char(32), `post_visibility` tinyint(3) DEFAULT 1, `reply_to` integer REFERENCES `forum_posts` ON DELETE SET NULL
);
CREATE INDEX `posts_topic` ON `forum_posts` (`topic_id`, `post_time`);
CREATE INDEX `posts_unapproved` ON `forum_posts` (`post_id`) WHERE `post_visibility` <> 1;
CREATE TABLE `forum_attachments` (`attach_id` INTEGER PRIMARY KEY, `post_id` integer REFERENCES `forum_posts` ON DELETE CASCADE, `physical_filename` varchar(255) NOT NULL UNIQUE, `real_filename` varchar(255), `mimetype` varchar(100), `filesize` bigint(20) DEFAULT 0, `thumbnail` blob, `hash` binary(32));
CREATE TABLE `forum_poll_options` (`topic_id` integer NOT NULL REFERENCES `forum_topics` ON DELETE CASCADE, `poll_option_id` tinyint(4) NOT NULL, `poll_option_text` text NOT NULL, `poll_option_total` mediumint DEFAULT 0, PRIMARY KEY (`topic_id`, `poll_option_id`));
CREATE TABLE `forum_poll_votes` (`topic_id` integer NOT NULL, `poll_option_id` tinyint(4) NOT NULL, `vote_user_id` integer REFERENCES `forum_users` ON DELETE CASCADE, `vote_user_ip` varchar(40), FOREIGN KEY (`topic_id`, `poll_option_id`) REFERENCES `forum_poll_options` ON DELETE CASCADE);
CREATE INDEX `poll_vote_user` ON `forum_poll_votes` (`vote_user_id`);
CREATE TABLE `forum_privmsgs` (`msg_id` INTEGER PRIMARY KEY AUTOINCREMENT, `root_level` integer REFERENCES `forum_privmsgs`, `author_id` integer NOT NULL REFERENCES `forum_users`, `message_time` integer, `message_subject` varchar(255) DEFAULT '(no subject)', `message_text` mediumtext, `to` text DEFAULT 'u_2', `bcc` text);
CREATE TABLE `forum_privmsgs_to` (`msg_id` integer NOT NULL REFERENCES `forum_privmsgs` ON DELETE CASCADE, `user_id` integer NOT NULL REFERENCES `forum_users` ON DELETE CASCADE, `folder_id` integer NOT NULL DEFAULT -3, `pm_unread` tinyint(1) DEFAULT 1, PRIMARY KEY (`user_id`, `msg_id`, `folder_id`)) WITHOUT ROWID;
CREATE TABLE `forum_acl_options` (`auth_option_id` INTEGER PRIMARY KEY, `auth_option` varchar(50) NOT NULL UNIQUE, `is_global` tinyint(1) DEFAULT 0, `is_local` tinyint(1) DEFAULT 0);
CREATE TABLE `forum_acl_users` (`user_id` integer NOT NULL, `forum_id` integer NOT NULL DEFAULT 0, `auth_option_id` integer NOT NULL REFERENCES `forum_acl_options`, `auth_setting` tinyint(2) CHECK (`auth_setting` IN (-1, 0, 1)), PRIMARY KEY (`user_id`, `forum_id`, `auth_option_id`));
CREATE TABLE `forum_banlist` (`ban_id` INTEGER PRIMARY KEY, `ban_userid` integer, `ban_ip` varchar(40), `ban_email` varchar(100), `ban_start` integer, `ban_end` integer DEFAULT 4294967295, CHECK (`ban_userid` IS NOT NULL OR `ban_ip` <> '' OR `ban_email` LIKE '%@%'));
CREATE TABLE `forum_sessions` (`session_id` char(32) NOT NULL PRIMARY KEY, `session_user_id` integer REFERENCES `forum_users` ON DELETE CASCADE, `session_start` integer, `session_page` varchar(255), `session_viewonline` tinyint(1) DEFAULT 1, `session_data`) WITHOUT ROWID;
CREATE TABLE `forum_config` (`config_name` varchar(255) PRIMARY KEY, `config_value` varchar(255) DEFAULT '', `is_dynamic` tinyint(1) DEFAULT '0');
CREATE TABLE `forum_words` (`word_id` INTEGER PRIMARY KEY, `word` varchar(255) NOT NULL, `replacement` varchar(255) DEFAULT '****', UNIQUE (`word` COLLATE NOCASE));
CREATE TABLE `forum_log` (`log_id` INTEGER PRIMARY KEY AUTOINCREMENT, `log_type` tinyint(4), `user_id` integer, `log_ip` varchar(40), `log_time` integer, `log_operation` text, `log_data` mediumtext);
CREATE TABLE `forum_reports` (`report_id` INTEGER PRIMARY KEY, `post_id` integer REFERENCES `forum_posts` ON DELETE CASCADE, `user_id` integer REFERENCES `forum_users` ON DELETE NO ACTION, `reason` integer REFERENCES `forum_report_reasons` ON DELETE RESTRICT, `closed` boolean DEFAULT 0, `text` mediumtext, UNIQUE (`post_id`, `user_id`) ON CONFLICT IGNORE);
CREATE TABLE `forum_report_reasons` (`reason_id` INTEGER PRIMARY KEY, `title` varchar(255) NOT NULL, `order` smallint(4) NOT NULL DEFAULT 0);
CREATE TABLE `forum_bookmarks` (`topic_id` integer NOT NULL REFERENCES `forum_topics` ON DELETE CASCADE, `user_id` integer NOT NULL REFERENCES `forum_users` ON DELETE CASCADE, PRIMARY KEY (`topic_id`, `user_id`)) WITHOUT ROWID;
CREATE TABLE `forum_topics_track` (`user_id` integer NOT NULL, `topic_id` integer NOT NULL, `forum_id` integer NOT NULL, `mark_time` integer, PRIMARY KEY (`user_id`, `topic_id`));
CREATE TABLE `forum_zebra` (`user_id` integer NOT NULL REFERENCES forum_users, `zebra_id` integer NOT NULL REFERENCES forum_users, `friend` tinyint(1), `foe` tinyint(1), PRIMARY KEY (`user_id`, `zebra_id`), CHECK (`user_id` != `zebra_id` AND NOT (`friend` AND `foe`)));

-- The CMS of 2010: WordPress by way of a drop-in, without a single foreign key.
CREATE TABLE wp_posts (ID INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, post_author bigint NOT NULL DEFAULT '0', post_date text NOT NULL DEFAULT '0000-00-00 00:00:00', post_content text NOT NULL, post_title text NOT NULL COLLATE NOCASE, post_status text NOT NULL DEFAULT 'publish' COLLATE NOCASE, post_name text NOT NULL DEFAULT '' COLLATE NOCASE, post_parent integer NOT NULL DEFAULT '0', guid text NOT NULL DEFAULT '', menu_order integer NOT NULL DEFAULT '0', post_type text NOT NULL DEFAULT 'post' COLLATE NOCASE, comment_count integer NOT NULL DEFAULT '0');
CREATE INDEX wp_posts__type_status_date ON wp_posts (post_type, post_status, post_date, ID);
CREATE INDEX wp_posts__post_name ON wp_posts (post_name);
CREATE TABLE wp_postmeta (meta_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, post_id integer NOT NULL DEFAULT '0', meta_key text DEFAULT NULL COLLATE NOCASE, meta_value text);
CREATE INDEX wp_postmeta__meta_key ON wp_postmeta (meta_key);
CREATE TABLE wp_terms (term_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name text NOT NULL DEFAULT '', slug text NOT NULL DEFAULT '', term_group integer NOT NULL DEFAULT 0);
CREATE TABLE wp_term_taxonomy (term_taxonomy_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, term_id integer NOT NULL DEFAULT 0, taxonomy text NOT NULL DEFAULT '', description text NOT NULL, parent integer NOT NULL DEFAULT 0, count integer NOT NULL DEFAULT 0, UNIQUE (term_id, taxonomy));
CREATE TABLE wp_term_relationships (object_id integer NOT NULL DEFAULT 0, term_taxonomy_id integer NOT NULL DEFAULT 0, term_order integer NOT NULL DEFAULT 0, PRIMARY KEY (object_id, term_taxonomy_id));
CREATE TABLE wp_comments (comment_ID INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, comment_post_ID integer NOT NULL DEFAULT 0, comment_author text NOT NULL, comment_date_gmt text NOT NULL DEFAULT '0000-00-00 00:00:00', comment_content text NOT NULL, comment_karma integer NOT NULL DEFAULT -1, comment_approved text NOT NULL DEFAULT '1', comment_parent integer NOT NULL DEFAULT 0);
CREATE TABLE wp_options (option_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, option_name text NOT NULL DEFAULT '' UNIQUE COLLATE NOCASE, option_value text NOT NULL, autoload text NOT NULL DEFAULT 'yes');
CREATE TABLE wp_users (ID INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, user_login text NOT NULL DEFAULT '', user_pass text NOT NULL DEFAULT '', user_status integer NOT NULL DEFAULT 0, forum_user_id integer UNIQUE REFERENCES forum_users (user_id));
CREATE TABLE wp_usermeta (umeta_id INTEGER PRIMARY KEY, user_id integer NOT NULL DEFAULT 0, meta_key text, meta_value text);
CREATE TABLE wp_links (link_id INTEGER PRIMARY KEY, link_url TEXT DEFAULT 'http://', link_rating INT DEFAULT 0, link_updated TEXT DEFAULT (datetime('now', '-1 day')));

-- Plugins, each after its author's taste.
CREATE TABLE "Plugin.Gallery" ("Album" TEXT NOT NULL, "No." INTEGER NOT NULL, "Datei" TEXT, "größe" INTEGER DEFAULT (1 << 10), "EXIF" JSONB, "Taken" TEXT AS ("EXIF" ->> '$.DateTimeOriginal') VIRTUAL, PRIMARY KEY ("Album", "No."));
CREATE INDEX "Plugin.Gallery taken" ON "Plugin.Gallery" ("Taken") WHERE "Taken" IS NOT NULL;
CREATE TABLE [plugin events] ([event id] INTEGER PRIMARY KEY, [starts] TIMESTAMP NOT NULL, [ends] TIMESTAMP, [where] TEXT DEFAULT 'Zürich, "Kongresshaus"', [max] INT DEFAULT 1e3, [fee] MONEY DEFAULT -12.50, CHECK ([ends] IS NULL OR [ends] >= [starts]));
CREATE TABLE [plugin event guests] ([event id] INTEGER NOT NULL REFERENCES [plugin events] ON DELETE CASCADE, guest INTEGER NOT NULL REFERENCES forum_users, [+1] INTEGER DEFAULT 0, PRIMARY KEY ([event id], guest));
CREATE TABLE pluginShop_item (id INTEGER PRIMARY KEY, sku VARCHAR(40) NOT NULL CONSTRAINT sku_unique UNIQUE, price NUMBER(10, 2) NOT NULL CHECK (price > 0 AND price < 1e6), stock INT, "desc" TEXT);
CREATE TABLE pluginShop_order (id INTEGER PRIMARY KEY, buyer INTEGER REFERENCES forum_users, state TEXT DEFAULT 'open' CHECK (state IN ('open', 'paid', 'sent')), at DATETIME DEFAULT CURRENT_TIMESTAMP, invoice INTEGER REFERENCES pluginShop_invoice DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE pluginShop_invoice (id INTEGER PRIMARY KEY, "order" INTEGER NOT NULL UNIQUE REFERENCES pluginShop_order, no TEXT NOT NULL UNIQUE);
CREATE TABLE pluginShop_line ("order" INTEGER NOT NULL REFERENCES pluginShop_order ON DELETE CASCADE, item INTEGER NOT NULL REFERENCES pluginShop_item ON DELETE RESTRICT, qty INTEGER DEFAULT 1, PRIMARY KEY ("order", item));
CREATE TABLE chat_room (name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, topic TEXT, created REAL DEFAULT (julianday()));
CREATE TABLE chat_line (room TEXT NOT NULL COLLATE NOCASE REFERENCES chat_room ON UPDATE CASCADE ON DELETE CASCADE, seq INTEGER NOT NULL, who, said TEXT, PRIMARY KEY (room, seq)) WITHOUT ROWID;
CREATE TABLE arcade_score (game TEXT, player INTEGER, score NUMERIC, at, UNIQUE (game, player), UNIQUE (game, score, player));
CREATE TABLE geo_cache (ip TEXT PRIMARY KEY, lat DOUBLE, lon DOUBLE PRECISION, country CHARACTER(2), raw VARYING CHARACTER(100), native NATIVE CHARACTER(70), u8 UNSIGNED BIG INT, i2 INT2, x FLOAT(8), y STRING, z POINT);

-- 2021: an ORM.
CREATE TABLE "Account" ("id" TEXT NOT NULL PRIMARY KEY, "userId" INTEGER NOT NULL, "provider" TEXT NOT NULL, "providerAccountId" TEXT NOT NULL, "expires_at" INTEGER, "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" DATETIME NOT NULL, "scope" JSONB DEFAULT '{}', CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "forum_users" ("user_id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE UNIQUE INDEX "Account_provider_providerAccountId_key" ON "Account"("provider", "providerAccountId");
CREATE TABLE "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0);
CREATE TABLE "_PostToTag" ("A" INTEGER NOT NULL, "B" TEXT NOT NULL, CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "forum_posts" ("post_id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag"("A", "B");
CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B");
CREATE TABLE "Tag" ("id" TEXT NOT NULL PRIMARY KEY, "label" TEXT NOT NULL, "uses" BIGINT NOT NULL DEFAULT 0, "weight" DECIMAL NOT NULL DEFAULT 1.0, "bytes" BLOB, "on" BOOLEAN NOT NULL DEFAULT true);
CREATE TABLE `notification` (`id` text PRIMARY KEY NOT NULL, `user_id` integer NOT NULL, `kind` text NOT NULL, `read` integer DEFAULT false NOT NULL, `data` text DEFAULT '{"v":1}', `created_at` integer DEFAULT (unixepoch() * 1000) NOT NULL, FOREIGN KEY (`user_id`) REFERENCES `forum_users`(`user_id`) ON UPDATE no action ON DELETE cascade, CONSTRAINT "kind_check" CHECK ("notification"."kind" in ('reply', 'mention')));
CREATE INDEX `notification_user_idx` ON `notification` (`user_id`, "created_at" desc);
CREATE TABLE `__drizzle_migrations` (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);
CREATE TABLE reaction (post_id INTEGER NOT NULL REFERENCES forum_posts ON DELETE CASCADE, user_id INTEGER NOT NULL REFERENCES forum_users ON DELETE CASCADE, emoji TEXT NOT NULL DEFAULT '👍' CHECK (length(emoji) BETWEEN 1 AND 8), at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')), PRIMARY KEY (post_id, user_id, emoji)) STRICT, WITHOUT ROWID;
CREATE TABLE "draft" ("id" INTEGER NOT NULL CONSTRAINT "PK draft" PRIMARY KEY AUTOINCREMENT, "body" TEXT NULL, "meta" TEXT NULL CONSTRAINT meta_json CHECK (json_valid("meta", 6)), "by" INT NULL CONSTRAINT "FK draft by" REFERENCES "forum_users" MATCH FULL ON DELETE CASCADE NOT DEFERRABLE, "temp" TEXT COLLATE RTRIM DEFAULT '');

CREATE TABLE calendar (day DATE PRIMARY KEY, "week" INTEGER AS (CAST(strftime('%W', day) AS INTEGER)), holiday BOOLEAN DEFAULT FALSE, "note" TEXT);
CREATE TABLE badge (code TEXT PRIMARY KEY COLLATE NOCASE, label TEXT NOT NULL, points INTEGER NOT NULL DEFAULT 10, successor TEXT REFERENCES badge (code) ON UPDATE CASCADE ON DELETE SET DEFAULT) WITHOUT ROWID;
CREATE TABLE user_badge (user_id INTEGER NOT NULL REFERENCES forum_users ON DELETE CASCADE, badge TEXT NOT NULL REFERENCES badge ON UPDATE CASCADE, awarded_at INTEGER NOT NULL DEFAULT (unixepoch()), awarded_by INTEGER REFERENCES forum_users ON DELETE SET NULL, PRIMARY KEY (user_id, badge));
CREATE TABLE donation (id INTEGER PRIMARY KEY, donor INTEGER REFERENCES forum_users, amount NUMERIC(10,2) NOT NULL, currency CHAR(3) DEFAULT 'EUR' CHECK (currency IN ('EUR', 'CHF', 'USD')), received DATE NOT NULL DEFAULT (date('now', 'localtime')), message TEXT, CONSTRAINT generous CHECK (amount >= 1 OR currency = 'CHF'));
CREATE TABLE moderation_queue (id INTEGER PRIMARY KEY, post_id INTEGER UNIQUE REFERENCES forum_posts ON DELETE CASCADE, claimed_by INTEGER REFERENCES forum_users, claimed_until TIMESTAMP, verdict INT2 DEFAULT NULL, flags INTEGER NOT NULL DEFAULT 0 CHECK ((flags & ~15) = 0));
CREATE TABLE "user statistics" ("user" INTEGER PRIMARY KEY REFERENCES forum_users ON DELETE CASCADE, "posts/day" REAL, "likes (given)" INTEGER DEFAULT 0, "likes (got)" INTEGER DEFAULT 0, "ratio" REAL AS (CASE "likes (given)" WHEN 0 THEN NULL ELSE 1.0 * "likes (got)" / "likes (given)" END) STORED);
CREATE TABLE import_log (line INTEGER, message, "at" DEFAULT CURRENT_TIMESTAMP, level DEFAULT 'info', payload DEFAULT X'CAFE', n DEFAULT 1.50, t DEFAULT (1 > 0));
CREATE TABLE oauth_client (id CHARACTER(20) PRIMARY KEY NOT NULL, secret VARCHAR NOT NULL, redirect_uris TEXT NOT NULL DEFAULT '["https://example.org/a,b"]', scopes TEXT, created TIMESTAMP DEFAULT (CURRENT_TIMESTAMP));
CREATE TABLE oauth_token (token TEXT PRIMARY KEY, client CHARACTER(20) NOT NULL REFERENCES oauth_client ON DELETE CASCADE, user_id INTEGER REFERENCES forum_users ON DELETE CASCADE, expires INTEGER NOT NULL, refreshes TEXT UNIQUE REFERENCES oauth_token (token));
CREATE INDEX oauth_token_expiry ON oauth_token (expires) WHERE refreshes IS NULL;

CREATE VIRTUAL TABLE forum_search USING fts5(subject, body, content='', tokenize='porter unicode61');
CREATE VIRTUAL TABLE wp_search USING fts4(content="wp_posts", post_title, post_content);

CREATE VIEW `active_topics` AS SELECT t.*, u.username AS author FROM `forum_topics` t LEFT JOIN forum_users u ON u.user_id = t.topic_poster WHERE t.topic_time > strftime('%s', 'now') - 86400 * 7;
CREATE VIEW top_authors AS SELECT author, count(*) AS "topics started", max(topic_views) AS best, row_number() OVER (ORDER BY count(*) DESC) AS "rank" FROM active_topics GROUP BY author HAVING count(*) > 1;
CREATE VIEW IF NOT EXISTS [all messages] ([when], who, [text]) AS SELECT post_time, poster_id, post_text FROM forum_posts UNION ALL SELECT message_time, author_id, message_text FROM forum_privmsgs;
CREATE VIEW published (id, title) AS SELECT ID, post_title FROM wp_posts WHERE post_status = 'publish' AND post_type NOT IN ('revision', 'nav_menu_item');

CREATE TRIGGER forum_posts_count AFTER INSERT ON forum_posts FOR EACH ROW BEGIN UPDATE forum_users SET user_posts = user_posts + 1 WHERE user_id = NEW.poster_id; UPDATE forum_topics SET topic_views = topic_views WHERE topic_id = new.topic_id; END;
CREATE TRIGGER "no; delete" BEFORE DELETE ON forum_users WHEN OLD.user_type = 3 BEGIN SELECT RAISE(ABORT, 'founders stay'); END;
CREATE TRIGGER forum_search_ai AFTER INSERT ON forum_posts BEGIN INSERT INTO forum_search (rowid, subject, body) VALUES (new.post_id, new.post_subject, new.post_text); END;
