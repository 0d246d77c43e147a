-- The log, its map of names, and the segments that hold older entries as objects

CREATE TABLE `log` (
	`index` integer PRIMARY KEY NOT NULL,
	`leafHash` text NOT NULL,
	`body` text NOT NULL,
	`root` text NOT NULL,
	`peaks` text NOT NULL,
	`note` text,
	`laterInBatch` integer DEFAULT 0 NOT NULL,
	`map` text
);
--> statement-breakpoint
CREATE TABLE `statements` (
	`logIndex` integer PRIMARY KEY NOT NULL,
	`predicateType` integer NOT NULL,
	`payload` blob NOT NULL,
	`signer` blob NOT NULL,
	`envelope` text NOT NULL,
	`versionId` integer,
	`bundle` blob,
	`createdAt` integer NOT NULL,
	`certificate` blob,
	`material` text,
	`fact` text,
	CONSTRAINT "statements_bytes" CHECK(typeof(`payload`) = 'blob' AND length(`payload`) <= 8 AND typeof(`bundle`) <> 'text')
);
--> statement-breakpoint
-- `statements_no_replace` keeps pairs of payload and signer apart, so the index needs no whole digest.
CREATE INDEX `statements_payload` ON `statements` (`payload`);
--> statement-breakpoint
CREATE UNIQUE INDEX `statements_certificate` ON `statements` (`certificate`,`predicateType`) WHERE "statements"."certificate" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `statements_version_type` ON `statements` (`versionId`,`predicateType`);
--> statement-breakpoint
-- The first eight bytes are enough: triggers keep the addresses apart.
CREATE INDEX `statements_bundle` ON `statements` (substr("bundle", 1, 8));
--> statement-breakpoint
-- The types that somebody looks up alone.
CREATE INDEX `statements_type` ON `statements` (`predicateType`) WHERE "statements"."predicateType" >= 5;
--> statement-breakpoint
CREATE TABLE `map_nodes` (
	`path` text NOT NULL,
	`size` integer NOT NULL,
	`node` text NOT NULL,
	PRIMARY KEY(`path`, `size`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `identity_names` (
	`name` text NOT NULL,
	`logIndex` integer NOT NULL,
	PRIMARY KEY(`name`, `logIndex`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `identity_names_log` ON `identity_names` (`logIndex`);
--> statement-breakpoint
CREATE TABLE `names_checked` (
	`predicateType` text PRIMARY KEY NOT NULL,
	`next` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `log_segments` (
	`first` integer PRIMARY KEY NOT NULL,
	`until` integer NOT NULL,
	`digest` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `log_segments_digest` ON `log_segments` (`digest`);
--> statement-breakpoint
-- Empty between two statements: the trigger log_segments_move takes rows through them.
CREATE TABLE `moving_log` (
	"index" INT,
	leafHash TEXT,
	body TEXT,
	root TEXT,
	peaks TEXT,
	note TEXT,
	laterInBatch INT,
	map TEXT
);
--> statement-breakpoint
CREATE TABLE `moving_statements` (
	logIndex INT,
	predicateType INT,
	payload,
	signer,
	envelope TEXT,
	versionId INT,
	bundle,
	createdAt INT,
	certificate,
	material TEXT,
	fact TEXT
);
--> statement-breakpoint
CREATE TABLE `cosignatures` (
	`size` integer NOT NULL,
	`name` text NOT NULL,
	`seconds` integer NOT NULL,
	`line` text NOT NULL,
	PRIMARY KEY(`size`, `name`)
);
--> statement-breakpoint
-- Versions, their files and bytes, and the audit

CREATE TABLE `versions` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`version` text NOT NULL,
	`bundle` blob NOT NULL,
	`status` text NOT NULL,
	`move` integer NOT NULL,
	`publisher` blob NOT NULL,
	`verdict` text,
	`report` blob,
	`createdAt` integer NOT NULL,
	`logIndex` integer DEFAULT 0 NOT NULL,
	`bytes` integer NOT NULL,
	`filesDeleted` integer,
	CONSTRAINT "versions_bytes" CHECK(typeof(`publisher`) = 'blob')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `versions_name_version` ON `versions` (`name`,`version`);
--> statement-breakpoint
CREATE INDEX `versions_name` ON `versions` (`name`,`logIndex`);
--> statement-breakpoint
CREATE INDEX `versions_status` ON `versions` (`status`,`logIndex`);
--> statement-breakpoint
CREATE INDEX `versions_name_status` ON `versions` (`name`,`status`,`logIndex`);
--> statement-breakpoint
-- The first eight bytes are enough.
CREATE INDEX `versions_bundle` ON `versions` (substr("bundle", 1, 8));
--> statement-breakpoint
CREATE INDEX `versions_publisher` ON `versions` (substr("publisher", 1, 8),`logIndex`);
--> statement-breakpoint
CREATE INDEX `versions_publisher_status` ON `versions` (substr("publisher", 1, 8),`status`);
--> statement-breakpoint
-- A scope gets its number with its first version in the index.
CREATE TABLE `blob_scopes` (
	`number` integer PRIMARY KEY NOT NULL,
	`scope` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `blob_scopes_scope_unique` ON `blob_scopes` (`scope`);
--> statement-breakpoint
-- The key begins with the digest, by which everybody asks, and is the table. The row has the scope of a version in the
-- index, so one lookup finds whether a scope shows a blob, however many versions have it.
CREATE TABLE `version_blobs` (
	`digest` blob NOT NULL,
	`scope` integer NOT NULL,
	`versionId` integer NOT NULL,
	PRIMARY KEY(`digest`, `scope`, `versionId`),
	CONSTRAINT "version_blobs_bytes" CHECK(typeof(`digest`) = 'blob' AND typeof(`scope`) = 'integer')
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `archives` (
	`bundle` blob PRIMARY KEY NOT NULL,
	`digest` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `plugin_packages` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`digest` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `stored_bytes` (
	`owner` text PRIMARY KEY NOT NULL,
	`bytes` integer NOT NULL,
	`waiting` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `stored_bytes_most` ON `stored_bytes` (`bytes`);
--> statement-breakpoint
CREATE TABLE `audit` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` integer NOT NULL,
	`versionId` integer,
	`move` integer,
	`from` integer,
	`to` integer,
	`by` text NOT NULL,
	`why` text NOT NULL,
	CONSTRAINT "audit_numbers" CHECK(typeof(`kind`) = 'integer')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_version_move` ON `audit` (`versionId`,`move`);
--> statement-breakpoint
CREATE INDEX `audit_to` ON `audit` (`to`,`at`) WHERE "audit"."to" >= 5;
--> statement-breakpoint
CREATE INDEX `audit_deleted` ON `audit` (`kind`,`at`) WHERE "audit"."kind" = 9;
--> statement-breakpoint
CREATE TABLE `ended_versions` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ended_versions_state` ON `ended_versions` (`state`,`at`);
--> statement-breakpoint
CREATE TABLE `removed_blobs` (
	`digest` text PRIMARY KEY NOT NULL,
	`removedAt` integer,
	`turn` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `removed_blobs_at` ON `removed_blobs` (`removedAt`);
--> statement-breakpoint
-- The index and the files that are signed

-- The row of an index line has what no other row has (registry/index/lean-lines.ts).
CREATE TABLE `index_lines` (
	`logIndex` integer PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`name` text NOT NULL,
	`line` text NOT NULL,
	`written` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `index_lines_version` ON `index_lines` (`versionId`);
--> statement-breakpoint
CREATE INDEX `index_lines_name` ON `index_lines` (`name`);
--> statement-breakpoint
CREATE INDEX `index_lines_unwritten` ON `index_lines` (`name`) WHERE "index_lines"."written" = 0;
--> statement-breakpoint
CREATE TABLE `status_file` (
	`id` integer PRIMARY KEY NOT NULL,
	`issuedAt` integer NOT NULL,
	`logSize` integer NOT NULL,
	`bytes` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tuf_sets` (
	`version` integer PRIMARY KEY NOT NULL,
	`offline` integer NOT NULL,
	`statusSha256` text NOT NULL,
	`checkpointSha256` text NOT NULL,
	`status` text NOT NULL,
	`checkpoint` text NOT NULL,
	`online` text NOT NULL,
	`snapshot` text NOT NULL,
	`timestamp` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tuf_sets_status` ON `tuf_sets` (`statusSha256`);
--> statement-breakpoint
CREATE INDEX `tuf_sets_checkpoint` ON `tuf_sets` (`checkpointSha256`);
--> statement-breakpoint
CREATE TABLE `advice` (
	`versionId` integer NOT NULL,
	`kind` text NOT NULL,
	`logIndex` integer NOT NULL,
	PRIMARY KEY(`versionId`, `kind`)
);
--> statement-breakpoint
CREATE TABLE `advisories` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`published` integer NOT NULL,
	`modified` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `advisories_modified` ON `advisories` (`modified`,`versionId`);
--> statement-breakpoint
-- Scans

CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`state` text NOT NULL,
	`lease` blob,
	`worker` text,
	`leaseUntil` integer NOT NULL,
	`attempts` integer NOT NULL,
	`detail` text,
	`createdAt` integer NOT NULL,
	`ruleSet` blob
);
--> statement-breakpoint
CREATE INDEX `jobs_version` ON `jobs` (`versionId`);
--> statement-breakpoint
CREATE INDEX `jobs_next` ON `jobs` (`state`,`leaseUntil`) WHERE "jobs"."state" IN ('waiting', 'leased');
--> statement-breakpoint
CREATE INDEX `jobs_oldest` ON `jobs` (`state`,`createdAt`,`id`) WHERE "jobs"."state" IN ('waiting', 'leased');
--> statement-breakpoint
CREATE INDEX `jobs_fitting` ON `jobs` (`state`,`ruleSet`,`createdAt`,`id`) WHERE "jobs"."state" IN ('waiting', 'leased');
--> statement-breakpoint
CREATE TABLE `scans` (
	`versionId` integer NOT NULL,
	`ruleSet` blob NOT NULL,
	`report` blob NOT NULL,
	`verdict` text NOT NULL,
	`logIndex` integer NOT NULL,
	`prose` blob,
	PRIMARY KEY(`versionId`, `ruleSet`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `rule_sets` (
	`digest` text PRIMARY KEY NOT NULL,
	`place` integer NOT NULL,
	`looked` text,
	`by` text NOT NULL,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rule_sets_place_unique` ON `rule_sets` (`place`);
--> statement-breakpoint
CREATE TABLE `observation_jobs` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`lease` blob,
	`worker` text,
	`leaseUntil` integer NOT NULL,
	`attempts` integer NOT NULL,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `observation_jobs_next` ON `observation_jobs` (`leaseUntil`,`versionId`);
--> statement-breakpoint
CREATE INDEX `observation_jobs_lease` ON `observation_jobs` (`lease`);
--> statement-breakpoint
-- Doubts that nothing has settled yet.
CREATE TABLE `open_doubts` (
	`auditId` integer PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `open_doubts_at` ON `open_doubts` (`at`);
--> statement-breakpoint
CREATE INDEX `open_doubts_version` ON `open_doubts` (`versionId`);
--> statement-breakpoint
-- Packages

CREATE TABLE `packages` (
	`id` integer PRIMARY KEY NOT NULL,
	`ecosystem` text NOT NULL,
	`name` text NOT NULL,
	`version` text NOT NULL,
	`digest` text NOT NULL,
	`lock` text NOT NULL,
	`leaseUntil` integer DEFAULT 0 NOT NULL,
	`lookedAt` integer,
	`lookedBy` text,
	`looked` text,
	`why` text,
	`moreAdvisories` integer DEFAULT 0 NOT NULL,
	`facts` text,
	`scan` text,
	`judgedUpTo` text,
	`judgings` integer DEFAULT 0 NOT NULL,
	`advisoriesAt` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `packages_entry` ON `packages` (`ecosystem`,`name`,`version`,`digest`);
--> statement-breakpoint
CREATE INDEX `packages_next` ON `packages` (`lookedAt`,`leaseUntil`,`id`);
--> statement-breakpoint
CREATE INDEX `packages_unjudged` ON `packages` (`id`) WHERE "packages"."judgedUpTo" IS NOT NULL;
--> statement-breakpoint
CREATE TABLE `package_advisories` (
	`packageId` integer NOT NULL,
	`advisory` text NOT NULL,
	`isMalware` integer NOT NULL,
	`summary` text NOT NULL,
	PRIMARY KEY(`packageId`, `advisory`)
);
--> statement-breakpoint
CREATE TABLE `version_packages` (
	`versionId` integer NOT NULL,
	`packageId` integer NOT NULL,
	PRIMARY KEY(`versionId`, `packageId`)
);
--> statement-breakpoint
CREATE INDEX `version_packages_package` ON `version_packages` (`packageId`,`versionId`);
--> statement-breakpoint
-- Review

CREATE TABLE `waiting` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`publisher` blob NOT NULL,
	`logIndex` integer NOT NULL,
	`rank` integer DEFAULT 1 NOT NULL,
	`judged` text,
	`changes` integer DEFAULT 1 NOT NULL,
	`known` integer DEFAULT 0 NOT NULL,
	`approvals` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `waiting_rank` ON `waiting` (`rank`,`logIndex`,`versionId`);
--> statement-breakpoint
CREATE INDEX `waiting_oldest` ON `waiting` (`logIndex`);
--> statement-breakpoint
CREATE INDEX `waiting_name` ON `waiting` (`name`,`versionId`);
--> statement-breakpoint
CREATE INDEX `waiting_publisher` ON `waiting` (`publisher`,`versionId`);
--> statement-breakpoint
CREATE INDEX `waiting_due` ON `waiting` (`rank`,`logIndex`) WHERE "waiting"."changes" <> "waiting"."known";
--> statement-breakpoint
CREATE INDEX `waiting_approved` ON `waiting` (`logIndex`) WHERE "waiting"."approvals" > 0;
--> statement-breakpoint
CREATE TABLE `renewals` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`after` text DEFAULT '',
	`turn` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `renewals_event` ON `renewals` (`kind`,`value`);
--> statement-breakpoint
CREATE INDEX `renewals_open` ON `renewals` (`id`) WHERE "renewals"."after" IS NOT NULL AND "renewals"."kind" NOT IN ('all', 'resume');
--> statement-breakpoint
CREATE TABLE `sketches` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`sketch` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sketch_bands` (
	`key` integer NOT NULL,
	`versionId` integer NOT NULL,
	PRIMARY KEY(`key`, `versionId`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `drafts` (
	`digest` text PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`statement` text NOT NULL,
	`by` text NOT NULL,
	`expiresAt` integer NOT NULL,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `drafts_expires` ON `drafts` (`expiresAt`);
--> statement-breakpoint
CREATE INDEX `drafts_version` ON `drafts` (`versionId`);
--> statement-breakpoint
CREATE TABLE `review_notes` (
	`id` text PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`kind` text NOT NULL,
	`by` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `review_notes_version` ON `review_notes` (`versionId`);
--> statement-breakpoint
CREATE TABLE `pending_stops` (
	`publisher` text PRIMARY KEY NOT NULL,
	`logIndex` integer NOT NULL,
	`kind` text NOT NULL,
	`by` text NOT NULL,
	`why` text NOT NULL,
	`at` integer NOT NULL,
	`after` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
-- Catalogue and search

-- The ids stay over a VACUUM: the full-text index knows a skill by its id.
CREATE TABLE `skills` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`scope` text GENERATED ALWAYS AS (substr("name", 2, instr("name", '/') - 2)) VIRTUAL NOT NULL,
	`shortName` text GENERATED ALWAYS AS (substr("name", instr("name", '/') + 1)) VIRTUAL NOT NULL,
	`versionId` integer NOT NULL,
	`description` text NOT NULL,
	`capabilities` text NOT NULL,
	`offeredSince` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `skills_name_unique` ON `skills` (`name`);
--> statement-breakpoint
CREATE INDEX `skills_short_name` ON `skills` (`shortName`,`name`);
--> statement-breakpoint
CREATE INDEX `skills_newest` ON `skills` (`offeredSince`,`name`);
--> statement-breakpoint
-- The index has no copy of the texts, so the triggers give it the texts of a row that goes.
CREATE VIRTUAL TABLE `skill_words` USING fts5(`name`, `description`, content='', tokenize='porter unicode61 remove_diacritics 2');
--> statement-breakpoint
-- A search makes the words near a typo itself, so the table has the words alone.
CREATE TABLE `name_words` (
	`word` text PRIMARY KEY NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `changed_skills` (
	`name` text PRIMARY KEY NOT NULL,
	`turn` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `skill_places` (
	`id` integer PRIMARY KEY NOT NULL,
	`privacy` text NOT NULL,
	`after` text
);
--> statement-breakpoint
-- Notices

CREATE TABLE `notices` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`state` text,
	`versionId` text NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL,
	`more` integer DEFAULT 0 NOT NULL,
	`scope` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `notices_at` ON `notices` (`at`);
--> statement-breakpoint
CREATE UNIQUE INDEX `notices_stopped` ON `notices` (`at`,`by`,`state`,`scope`) WHERE "notices"."kind" = 'stopped';
--> statement-breakpoint
CREATE TABLE `notice_places` (
	`recipient` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`failedAt` integer,
	`nextAt` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
-- People: sign-in, passkeys, mailbox

CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`createdAt` integer NOT NULL,
	`seenAt` integer NOT NULL,
	`expiresAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tickets` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`expiresAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `challenge` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`member` text,
	`expiresAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pending_passkey` (
	`credentialId` text PRIMARY KEY NOT NULL,
	`member` text NOT NULL,
	`publicKey` text NOT NULL,
	`rpId` text NOT NULL,
	`origin` text NOT NULL,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `passkey_counters` (
	`credentialId` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `mailbox` (
	`id` text PRIMARY KEY NOT NULL,
	`to` text NOT NULL,
	`host` text NOT NULL,
	`network` text NOT NULL,
	`enrolled` integer NOT NULL,
	`expiresAt` integer NOT NULL,
	`message` text NOT NULL,
	`answer` text
);
--> statement-breakpoint
CREATE INDEX `mailbox_to` ON `mailbox` (`to`);
--> statement-breakpoint
CREATE INDEX `mailbox_host` ON `mailbox` (`host`);
--> statement-breakpoint
CREATE INDEX `mailbox_network` ON `mailbox` (`network`);
--> statement-breakpoint
CREATE INDEX `mailbox_expires` ON `mailbox` (`expiresAt`);
--> statement-breakpoint
-- A row whose checks and counts make a whole batch fail

CREATE TABLE `guard` (
	`id` integer PRIMARY KEY NOT NULL,
	`ok` integer NOT NULL,
	`lines` integer DEFAULT 0 NOT NULL,
	`waiting` integer DEFAULT 0 NOT NULL,
	`quarantined` integer DEFAULT 0 NOT NULL,
	`removals` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "guard_holds" CHECK("guard"."ok" = 1)
);
--> statement-breakpoint
-- The rows that the triggers count in

INSERT INTO `guard` (`id`, `ok`, `lines`, `waiting`, `quarantined`, `removals`) VALUES (1, 1, 0, 0, 0, 0);
--> statement-breakpoint
-- Triggers

CREATE TRIGGER `log_no_update` BEFORE UPDATE ON `log`
	WHEN OLD.`note` IS NOT NULL OR NEW.`index` IS NOT OLD.`index` OR NEW.`leafHash` IS NOT OLD.`leafHash` OR NEW.`body` IS NOT OLD.`body` OR NEW.`root` IS NOT OLD.`root` OR NEW.`peaks` IS NOT OLD.`peaks` OR NEW.`laterInBatch` IS NOT OLD.`laterInBatch` OR NEW.`map` IS NOT OLD.`map`
BEGIN
	SELECT RAISE(ABORT, 'log is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `log_no_delete` BEFORE DELETE ON `log`
	WHEN OLD.`body` = '' OR COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= OLD.`index` ORDER BY `first` DESC LIMIT 1), 0) <= OLD.`index`
BEGIN
	SELECT RAISE(ABORT, 'log is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `log_body` BEFORE INSERT ON `log`
	WHEN (NEW.`body` = '') <> (COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= NEW.`index` ORDER BY `first` DESC LIMIT 1), 0) > NEW.`index`)
BEGIN
	SELECT RAISE(ABORT, 'log is append-only');
END;
--> statement-breakpoint
-- A checkpoint without a map could leave out statements.
CREATE TRIGGER `log_map` BEFORE INSERT ON `log`
	WHEN NEW.`laterInBatch` = 0 AND NEW.`map` IS NULL AND NEW.`body` <> ''
BEGIN
	SELECT RAISE(ABORT, 'a log entry has no map');
END;
--> statement-breakpoint
-- INSERT OR REPLACE deletes a row without the triggers on DELETE.
CREATE TRIGGER `log_no_replace` BEFORE INSERT ON `log`
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: log.index') FROM `log` WHERE `index` = NEW.`index`;
END;
--> statement-breakpoint
-- Without a name, nobody would find the end of a key.
CREATE TRIGGER `statements_named` BEFORE INSERT ON `statements`
	WHEN NEW.`predicateType` IN (9, 10, 8, 6) AND NOT EXISTS (SELECT 1 FROM `identity_names` WHERE `logIndex` = NEW.`logIndex`)
BEGIN
	SELECT RAISE(ABORT, 'an identity statement has no name');
END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_delete` BEFORE DELETE ON `statements`
	WHEN OLD.`envelope` = '' OR OLD.`predicateType` NOT IN (1, 2, 3, 4, 5) OR COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= OLD.`logIndex` ORDER BY `first` DESC LIMIT 1), 0) <= OLD.`logIndex`
BEGIN
	SELECT RAISE(ABORT, 'statements are append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `statements_envelope` BEFORE INSERT ON `statements`
	WHEN (NEW.`envelope` = '') <> (COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= NEW.`logIndex` ORDER BY `first` DESC LIMIT 1), 0) > NEW.`logIndex`)
BEGIN
	SELECT RAISE(ABORT, 'statements are append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `statements_approve_waiting` AFTER INSERT ON `statements`
	WHEN NEW.`predicateType` = 4 AND NEW.`envelope` <> ''
BEGIN
	UPDATE `waiting` SET `approvals` = `approvals` + 1 WHERE `versionId` = NEW.`versionId`;
END;
--> statement-breakpoint
-- A finished row gets its fact once, before its segment.
CREATE TRIGGER `statements_no_update` BEFORE UPDATE ON `statements`
	WHEN (OLD.`bundle` IS NOT NULL AND (OLD.`fact` IS NOT NULL OR OLD.`envelope` = '' OR NEW.`bundle` IS NOT OLD.`bundle`)) OR NEW.`logIndex` IS NOT OLD.`logIndex` OR NEW.`predicateType` IS NOT OLD.`predicateType` OR NEW.`payload` IS NOT OLD.`payload` OR NEW.`signer` IS NOT OLD.`signer` OR NEW.`envelope` IS NOT OLD.`envelope` OR NEW.`versionId` IS NOT OLD.`versionId` OR NEW.`createdAt` IS NOT OLD.`createdAt` OR NEW.`certificate` IS NOT OLD.`certificate` OR NEW.`material` IS NOT OLD.`material`
BEGIN
	SELECT RAISE(ABORT, 'statements are append-only');
END;
--> statement-breakpoint
-- UPDATE OR REPLACE and INSERT OR REPLACE delete rows without the triggers on DELETE.
CREATE TRIGGER `statements_no_replace` BEFORE INSERT ON `statements`
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.logIndex') FROM `statements` WHERE `logIndex` = NEW.`logIndex`;
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.payload, statements.signer') FROM `statements` WHERE `payload` = NEW.`payload` AND `signer` = NEW.`signer`;
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.certificate, statements.predicateType') FROM `statements` WHERE `certificate` = NEW.`certificate` AND `predicateType` = NEW.`predicateType`;
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.bundle') FROM `statements` WHERE substr(`bundle`, 1, 8) = substr(NEW.`bundle`, 1, 8) AND `bundle` = NEW.`bundle`;
END;
--> statement-breakpoint
CREATE TRIGGER `statements_bundle_once` BEFORE UPDATE OF `bundle` ON `statements`
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.bundle') FROM `statements` WHERE substr(`bundle`, 1, 8) = substr(NEW.`bundle`, 1, 8) AND `bundle` = NEW.`bundle` AND `logIndex` <> OLD.`logIndex`;
END;
--> statement-breakpoint
CREATE TRIGGER `identity_names_no_update` BEFORE UPDATE ON `identity_names`
BEGIN
	SELECT RAISE(ABORT, 'identity names are append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `identity_names_no_delete` BEFORE DELETE ON `identity_names`
BEGIN
	SELECT RAISE(ABORT, 'identity names are append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `log_segments_no_update` BEFORE UPDATE ON `log_segments`
BEGIN
	SELECT RAISE(ABORT, 'log segments are append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `log_segments_no_delete` BEFORE DELETE ON `log_segments`
BEGIN
	SELECT RAISE(ABORT, 'log segments are append-only');
END;
--> statement-breakpoint
-- INSERT OR REPLACE deletes a row without the trigger on DELETE: the segment with this digest.
CREATE TRIGGER `log_segments_no_replace` BEFORE INSERT ON `log_segments`
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: log_segments.digest') FROM `log_segments` WHERE `digest` = NEW.`digest`;
END;
--> statement-breakpoint
-- A segment begins where the last one ends, and ends with a finished batch. Its rows have what readers of many rows need.
CREATE TRIGGER `log_segments_fit` BEFORE INSERT ON `log_segments`
	WHEN NEW.`first` <> COALESCE((SELECT `until` FROM `log_segments` ORDER BY `first` DESC LIMIT 1), 0) OR NEW.`until` <= NEW.`first` OR NOT EXISTS (SELECT 1 FROM `log` WHERE `index` = NEW.`until` - 1 AND `laterInBatch` = 0 AND `note` IS NOT NULL) OR EXISTS (SELECT 1 FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND (`bundle` IS NULL OR (`fact` IS NULL AND `predicateType` IN (3, 4, 5))))
BEGIN
	SELECT RAISE(ABORT, 'a log segment does not fit the log');
END;
--> statement-breakpoint
-- The row of a segment itself makes the rows of its entries lean, and only it does. So no row is whole and in a segment at
-- any other moment, and the triggers on DELETE let no row go then. Rows are deleted and inserted, because SQLite keeps
-- the pages of a row that an UPDATE or a REPLACE makes smaller. They come back in eight turns: in the order of the log,
-- each split would leave a fifth of a page empty, because the row behind the segment, which is whole, takes a page of its own.
CREATE TRIGGER `log_segments_move` AFTER INSERT ON `log_segments`
BEGIN
	INSERT INTO `moving_log` (`index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map`) SELECT `index`, `leafHash`, '', IIF(`index` = NEW.`until` - 1, `root`, ''), IIF(`index` = NEW.`until` - 1, `peaks`, '[]'), IIF(`index` = NEW.`until` - 1, `note`, NULL), `laterInBatch`, IIF(`index` = NEW.`until` - 1, `map`, NULL) FROM `log` WHERE `index` >= NEW.`first` AND `index` < NEW.`until`;
	DELETE FROM `log` WHERE `index` >= NEW.`first` AND `index` < NEW.`until`;
	INSERT INTO `log` (`index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map`) SELECT `index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map` FROM `moving_log` ORDER BY `index` % 8, `index`;
	DELETE FROM `moving_log`;
	INSERT INTO `moving_statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, '', `versionId`, `bundle`, IIF(`predicateType` = 4, `createdAt`, 0), `certificate`, IIF(`material` IS NULL, NULL, json_object('certificate', json_object('rawBytes', `material` ->> '$.certificate.rawBytes'))), `fact` FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND `predicateType` IN (1, 2, 3, 4, 5);
	DELETE FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND `predicateType` IN (1, 2, 3, 4, 5);
	INSERT INTO `statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact` FROM `moving_statements` ORDER BY `logIndex` % 8, `logIndex`;
	DELETE FROM `moving_statements`;
END;
--> statement-breakpoint
CREATE TRIGGER `versions_end_waiting` AFTER UPDATE OF `status` ON `versions`
	WHEN OLD.`status` IN ('in review', 'quarantined') AND NEW.`status` NOT IN ('in review', 'quarantined')
BEGIN
	DELETE FROM `waiting` WHERE `versionId` = NEW.`id`;
END;
--> statement-breakpoint
CREATE TRIGGER `versions_waiting_counted` AFTER UPDATE OF `status` ON `versions`
	WHEN OLD.`status` <> NEW.`status` AND (OLD.`status` IN ('in review', 'quarantined') OR NEW.`status` IN ('in review', 'quarantined'))
BEGIN
	UPDATE `guard` SET `waiting` = `waiting` + (NEW.`status` IN ('in review', 'quarantined')) - (OLD.`status` IN ('in review', 'quarantined')), `quarantined` = `quarantined` + (NEW.`status` = 'quarantined') - (OLD.`status` = 'quarantined');
END;
--> statement-breakpoint
-- Whatever the risk of a version depends on.
CREATE TRIGGER `versions_judged_anew` AFTER UPDATE OF `report`, `verdict` ON `versions`
	WHEN OLD.`report` IS NOT NEW.`report` OR OLD.`verdict` IS NOT NEW.`verdict`
BEGIN
	UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`id`;
END;
--> statement-breakpoint
CREATE TRIGGER `versions_known_bad` AFTER UPDATE OF `status`, `verdict` ON `versions`
	WHEN (OLD.`status` = 'revoked' OR (OLD.`status` IN ('refused', 'quarantined') AND OLD.`verdict` IS 'block')) <> (NEW.`status` = 'revoked' OR (NEW.`status` IN ('refused', 'quarantined') AND NEW.`verdict` IS 'block'))
BEGIN
	INSERT INTO `renewals` (`kind`, `value`) VALUES ('alike', NEW.`id`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `versions_approved_before` AFTER UPDATE OF `status` ON `versions`
	WHEN (OLD.`status` = 'approved') <> (NEW.`status` = 'approved') AND EXISTS (SELECT 1 FROM `waiting` WHERE `name` = NEW.`name` AND `versionId` <> NEW.`id`)
BEGIN
	INSERT INTO `renewals` (`kind`, `value`) VALUES ('name', NEW.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `versions_inserted_bytes` AFTER INSERT ON `versions`
BEGIN
	INSERT INTO `stored_bytes` (`owner`, `bytes`, `waiting`) VALUES ('sha256:' || lower(hex(NEW.`publisher`)), NEW.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined'))), (substr(NEW.`name`, 1, instr(NEW.`name`, '/') - 1), NEW.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined'))), ('', NEW.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined'))) ON CONFLICT (`owner`) DO UPDATE SET `bytes` = `bytes` + excluded.`bytes`, `waiting` = `waiting` + excluded.`waiting`;
END;
--> statement-breakpoint
CREATE TRIGGER `versions_changed_bytes` AFTER UPDATE OF `bytes`, `status` ON `versions`
	WHEN OLD.`bytes` <> NEW.`bytes` OR (OLD.`status` IN ('received', 'scanning', 'in review', 'quarantined')) <> (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined'))
BEGIN
	INSERT INTO `stored_bytes` (`owner`, `bytes`, `waiting`) VALUES ('sha256:' || lower(hex(NEW.`publisher`)), NEW.`bytes` - OLD.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined')) - OLD.`bytes` * (OLD.`status` IN ('received', 'scanning', 'in review', 'quarantined'))), (substr(NEW.`name`, 1, instr(NEW.`name`, '/') - 1), NEW.`bytes` - OLD.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined')) - OLD.`bytes` * (OLD.`status` IN ('received', 'scanning', 'in review', 'quarantined'))), ('', NEW.`bytes` - OLD.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined')) - OLD.`bytes` * (OLD.`status` IN ('received', 'scanning', 'in review', 'quarantined'))) ON CONFLICT (`owner`) DO UPDATE SET `bytes` = `bytes` + excluded.`bytes`, `waiting` = `waiting` + excluded.`waiting`;
END;
--> statement-breakpoint
CREATE TRIGGER `versions_change_skill` AFTER UPDATE OF `status` ON `versions`
	WHEN OLD.`status` <> NEW.`status` AND 'approved' IN (OLD.`status`, NEW.`status`)
BEGIN
	INSERT INTO `changed_skills` (`name`) VALUES (NEW.`name`) ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1;
END;
--> statement-breakpoint
-- A line of the index is made of the row of its version, so that row keeps what the line repeats.
CREATE TRIGGER `versions_no_rename` BEFORE UPDATE OF `id`, `name`, `version`, `bundle`, `publisher` ON `versions`
	WHEN NEW.`id` IS NOT OLD.`id` OR NEW.`name` IS NOT OLD.`name` OR NEW.`version` IS NOT OLD.`version` OR NEW.`bundle` IS NOT OLD.`bundle` OR NEW.`publisher` IS NOT OLD.`publisher`
BEGIN
	SELECT RAISE(ABORT, 'a version keeps its name, bundle and publisher');
END;
--> statement-breakpoint
CREATE TRIGGER `versions_no_delete` BEFORE DELETE ON `versions`
BEGIN
	SELECT RAISE(ABORT, 'a version keeps its row');
END;
--> statement-breakpoint
CREATE TRIGGER `versions_no_replace` BEFORE INSERT ON `versions`
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: versions.name, versions.version') FROM `versions` WHERE `name` = NEW.`name` AND `version` = NEW.`version`;
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: versions.id') FROM `versions` WHERE `id` = NEW.`id`;
END;
--> statement-breakpoint
-- A version enters and leaves the queue.
CREATE TRIGGER `versions_inserted_waiting` AFTER INSERT ON `versions`
	WHEN NEW.`status` IN ('in review', 'quarantined')
BEGIN
	INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 4));
	UPDATE `guard` SET `waiting` = `waiting` + 1, `quarantined` = `quarantined` + (NEW.`status` = 'quarantined');
END;
--> statement-breakpoint
CREATE TRIGGER `versions_begin_waiting` AFTER UPDATE OF `status` ON `versions`
	WHEN NEW.`status` IN ('in review', 'quarantined') AND OLD.`status` NOT IN ('in review', 'quarantined')
BEGIN
	INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 4));
END;
--> statement-breakpoint
CREATE TRIGGER `versions_publisher_known` AFTER UPDATE OF `status` ON `versions`
	WHEN NEW.`status` IN ('approved', 'suspended', 'revoked') AND OLD.`status` NOT IN ('approved', 'suspended', 'revoked') AND EXISTS (SELECT 1 FROM `waiting` WHERE `publisher` = NEW.`publisher` AND `versionId` <> NEW.`id`) AND NOT EXISTS (SELECT 1 FROM `versions` WHERE substr(`publisher`, 1, 8) = substr(NEW.`publisher`, 1, 8) AND `publisher` = NEW.`publisher` AND `status` IN ('approved', 'suspended', 'revoked') AND `id` <> NEW.`id`)
BEGIN
	INSERT INTO `renewals` (`kind`, `value`) VALUES ('publisher', 'sha256:' || lower(hex(NEW.`publisher`))) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `blob_scopes_no_update` BEFORE UPDATE ON `blob_scopes`
BEGIN
	SELECT RAISE(ABORT, 'a scope keeps its number');
END;
--> statement-breakpoint
CREATE TRIGGER `blob_scopes_no_delete` BEFORE DELETE ON `blob_scopes`
BEGIN
	SELECT RAISE(ABORT, 'a scope keeps its number');
END;
--> statement-breakpoint
CREATE TRIGGER `blob_scopes_no_replace` BEFORE INSERT ON `blob_scopes`
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: blob_scopes.scope') FROM `blob_scopes` WHERE `number` = NEW.`number` OR `scope` = NEW.`scope`;
END;
--> statement-breakpoint
-- Whoever asks for the files of a version that was approved, or may be, gets them. Somebody who edits the state of a
-- version in the index takes none of its files.
CREATE TRIGGER `version_blobs_no_delete` BEFORE DELETE ON `version_blobs`
	WHEN (SELECT `status` FROM `versions` WHERE `id` = OLD.`versionId`) NOT IN ('refused', 'withdrawn') OR EXISTS (SELECT 1 FROM `index_lines` WHERE `versionId` = OLD.`versionId`)
BEGIN
	SELECT RAISE(ABORT, 'the files of a version that may be approved stay');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_update` BEFORE UPDATE ON `audit`
BEGIN
	SELECT RAISE(ABORT, 'audit is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_delete` BEFORE DELETE ON `audit`
BEGIN
	SELECT RAISE(ABORT, 'audit is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_doubts` AFTER INSERT ON `audit`
	WHEN NEW.`kind` = 3 AND NEW.`versionId` IS NOT NULL
BEGIN
	INSERT INTO `open_doubts` (`auditId`, `versionId`, `at`) VALUES (NEW.`id`, NEW.`versionId`, NEW.`at`);
END;
--> statement-breakpoint
CREATE TRIGGER `audit_settles_doubts` AFTER INSERT ON `audit`
	WHEN NEW.`kind` = 1
BEGIN
	DELETE FROM `open_doubts` WHERE `versionId` = NEW.`versionId`;
END;
--> statement-breakpoint
CREATE TRIGGER `audit_advised` AFTER INSERT ON `audit`
	WHEN NEW.`kind` = 1 AND (NEW.`to` IN (7, 8) OR NEW.`from` = 7)
BEGIN
	INSERT INTO `advisories` (`versionId`, `published`, `modified`) VALUES (NEW.`versionId`, NEW.`at`, NEW.`at`) ON CONFLICT (`versionId`) DO UPDATE SET `modified` = MAX(`modified` + 1, excluded.`modified`);
END;
--> statement-breakpoint
CREATE TRIGGER `audit_ended` AFTER INSERT ON `audit`
	WHEN NEW.`versionId` IS NOT NULL AND NEW.`to` IN (6, 9)
BEGIN
	INSERT OR IGNORE INTO `ended_versions` (`versionId`, `state`, `at`) VALUES (NEW.`versionId`, IIF(NEW.`to` = 6, 'refused', 'withdrawn'), NEW.`at`);
END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_replace` BEFORE INSERT ON `audit`
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: audit.id') FROM `audit` WHERE `id` = NEW.`id`;
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: audit.versionId, audit.move') FROM `audit` WHERE `versionId` = NEW.`versionId` AND `move` = NEW.`move`;
END;
--> statement-breakpoint
CREATE TRIGGER `audit_notices` AFTER INSERT ON `audit`
	WHEN NEW.`versionId` IS NOT NULL AND (NEW.`kind` IN (5, 6) OR (NEW.`kind` = 1 AND NEW.`to` >= 3))
BEGIN
	INSERT INTO `notices` (`kind`, `state`, `versionId`, `by`, `at`, `scope`) VALUES (CASE WHEN NEW.`kind` = 5 THEN 'asked' WHEN NEW.`kind` = 6 THEN 'answered' WHEN NEW.`to` IN (3, 4) THEN 'waiting' WHEN NEW.`to` IN (7, 8) THEN 'stopped' ELSE 'decided' END, CASE NEW.`to` WHEN 3 THEN 'in review' WHEN 4 THEN 'quarantined' WHEN 5 THEN 'approved' WHEN 6 THEN 'refused' WHEN 7 THEN 'suspended' WHEN 8 THEN 'revoked' WHEN 9 THEN 'withdrawn' END, NEW.`versionId`, CASE WHEN typeof(NEW.`by`) = 'blob' THEN 'key:sha256:' || lower(hex(NEW.`by`)) WHEN NEW.`by` = char(1) THEN 'registry' WHEN substr(NEW.`by`, 1, 1) = char(31) THEN substr(NEW.`by`, 2) ELSE NEW.`by` END, NEW.`at`, (SELECT substr(`name`, 2, instr(`name`, '/') - 2) FROM `versions` WHERE `id` = NEW.`versionId`)) ON CONFLICT (`at`, `by`, `state`, `scope`) WHERE `kind` = 'stopped' DO UPDATE SET `more` = `more` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_update` BEFORE UPDATE ON `index_lines`
	WHEN NEW.`line` IS NOT OLD.`line` OR NEW.`logIndex` IS NOT OLD.`logIndex` OR NEW.`versionId` IS NOT OLD.`versionId` OR NEW.`name` IS NOT OLD.`name`
BEGIN
	SELECT RAISE(ABORT, 'index lines are immutable');
END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_delete` BEFORE DELETE ON `index_lines`
BEGIN
	SELECT RAISE(ABORT, 'index lines are immutable');
END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_counted` AFTER INSERT ON `index_lines`
BEGIN
	UPDATE `guard` SET `lines` = `lines` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_replace` BEFORE INSERT ON `index_lines`
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.logIndex') FROM `index_lines` WHERE `logIndex` = NEW.`logIndex`;
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.versionId') FROM `index_lines` WHERE `versionId` = NEW.`versionId`;
END;
--> statement-breakpoint
CREATE TRIGGER `advice_change_skill` AFTER INSERT ON `advice`
BEGIN
	INSERT INTO `changed_skills` (`name`) SELECT `name` FROM `versions` WHERE `id` = NEW.`versionId` ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `advice_back_change_skill` AFTER DELETE ON `advice`
BEGIN
	INSERT INTO `changed_skills` (`name`) SELECT `name` FROM `versions` WHERE `id` = OLD.`versionId` ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `scans_inserted_prose` AFTER INSERT ON `scans`
	WHEN NEW.`prose` IS NOT NULL
BEGIN
	UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`;
	INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = NEW.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `scans_updated_prose` AFTER UPDATE OF `prose`, `logIndex` ON `scans`
BEGIN
	UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`;
	INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = NEW.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `scans_deleted_prose` AFTER DELETE ON `scans`
BEGIN
	UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = OLD.`versionId`;
	INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = OLD.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `scans_settle_doubts` AFTER INSERT ON `scans`
BEGIN
	DELETE FROM `open_doubts` WHERE `versionId` = NEW.`versionId`;
END;
--> statement-breakpoint
CREATE TRIGGER `packages_scanned` AFTER UPDATE OF `scan` ON `packages`
	WHEN (OLD.`scan` ->> '$.verdict' IS 'block') <> (NEW.`scan` ->> '$.verdict' IS 'block')
BEGIN
	INSERT INTO `renewals` (`kind`, `value`) VALUES ('package', NEW.`id`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `package_advisories_inserted` AFTER INSERT ON `package_advisories`
	WHEN NEW.`isMalware` = 1
BEGIN
	INSERT INTO `renewals` (`kind`, `value`) VALUES ('package', NEW.`packageId`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `package_advisories_deleted` AFTER DELETE ON `package_advisories`
	WHEN OLD.`isMalware` = 1
BEGIN
	INSERT INTO `renewals` (`kind`, `value`) VALUES ('package', OLD.`packageId`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `version_packages_listed` AFTER INSERT ON `version_packages`
BEGIN
	UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`;
END;
--> statement-breakpoint
CREATE TRIGGER `sketches_made` AFTER INSERT ON `sketches`
BEGIN
	UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`;
	INSERT INTO `renewals` (`kind`, `value`) VALUES ('sketch', NEW.`versionId`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_in` AFTER INSERT ON `skills`
BEGIN
	INSERT INTO `skill_words` (`rowid`, `name`, `description`) VALUES (NEW.`id`, substr(NEW.`name`, instr(NEW.`name`, '/') + 1), NEW.`description`);
END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_out` AFTER DELETE ON `skills`
BEGIN
	INSERT INTO `skill_words` (`skill_words`, `rowid`, `name`, `description`) VALUES ('delete', OLD.`id`, substr(OLD.`name`, instr(OLD.`name`, '/') + 1), OLD.`description`);
END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_change` AFTER UPDATE ON `skills`
	WHEN OLD.`description` <> NEW.`description` OR OLD.`name` <> NEW.`name` OR OLD.`id` <> NEW.`id`
BEGIN
	INSERT INTO `skill_words` (`skill_words`, `rowid`, `name`, `description`) VALUES ('delete', OLD.`id`, substr(OLD.`name`, instr(OLD.`name`, '/') + 1), OLD.`description`);
	INSERT INTO `skill_words` (`rowid`, `name`, `description`) VALUES (NEW.`id`, substr(NEW.`name`, instr(NEW.`name`, '/') + 1), NEW.`description`);
END;
