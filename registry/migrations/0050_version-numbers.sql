-- The id of a version is the log index of its publication: a number, where a random id had 26 letters in some 40 rows
-- and keys of each version. Digests are 32 bytes in more tables, and a line of the audit has a number.
CREATE TABLE `version_numbers` (
	`id` text PRIMARY KEY NOT NULL,
	`number` integer NOT NULL
) WITHOUT ROWID;--> statement-breakpoint
-- A version whose publication somebody deleted gets a number that no log index is.
INSERT INTO `version_numbers` (`id`, `number`) SELECT `id`, IIF(row_number() OVER (PARTITION BY `logIndex` ORDER BY EXISTS (SELECT 1 FROM `statements` WHERE `statements`.`logIndex` = `versions`.`logIndex` AND `statements`.`versionId` = `versions`.`id`) DESC, `id`) = 1, `logIndex`, -1 - row_number() OVER (ORDER BY `id`)) FROM `versions`;--> statement-breakpoint
-- Rows about no version stay as they are: about none. A statement for each table: D1 takes
-- five SELECTs in one UNION at most.
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `statements` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `version_blobs` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `audit` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `open_doubts` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `jobs` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `scans` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `drafts` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `review_notes` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `index_lines` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `similarity` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `waiting` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `version_packages` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `package_backlog` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `advice` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `advisories` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `ended_versions` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `skills` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `plugin_packages` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
INSERT INTO `version_numbers` (`id`, `number`) SELECT `versionId`, (SELECT COALESCE(MIN(-1, MIN(`number`)), -1) FROM `version_numbers`) - row_number() OVER (ORDER BY `versionId`) FROM (SELECT DISTINCT `versionId` FROM `notices` WHERE `versionId` IS NOT NULL AND `versionId` NOT IN (SELECT `id` FROM `version_numbers`));--> statement-breakpoint
DROP TRIGGER `advice_change_skill`;--> statement-breakpoint
DROP TRIGGER `advice_back_change_skill`;--> statement-breakpoint
DROP TRIGGER `audit_no_update`;--> statement-breakpoint
DROP TRIGGER `audit_no_delete`;--> statement-breakpoint
DROP TRIGGER `audit_doubts`;--> statement-breakpoint
DROP TRIGGER `audit_settles_doubts`;--> statement-breakpoint
DROP TRIGGER `audit_advised`;--> statement-breakpoint
DROP TRIGGER `audit_ended`;--> statement-breakpoint
DROP TRIGGER `audit_no_replace`;--> statement-breakpoint
DROP TRIGGER `audit_notices`;--> statement-breakpoint
DROP TRIGGER `index_lines_no_update`;--> statement-breakpoint
DROP TRIGGER `index_lines_no_delete`;--> statement-breakpoint
DROP TRIGGER `index_lines_counted`;--> statement-breakpoint
DROP TRIGGER `index_lines_no_replace`;--> statement-breakpoint
DROP TRIGGER `log_segments_fit`;--> statement-breakpoint
DROP TRIGGER `log_segments_move`;--> statement-breakpoint
DROP TRIGGER `scans_inserted_prose`;--> statement-breakpoint
DROP TRIGGER `scans_updated_prose`;--> statement-breakpoint
DROP TRIGGER `scans_deleted_prose`;--> statement-breakpoint
DROP TRIGGER `scans_settle_doubts`;--> statement-breakpoint
DROP TRIGGER `similarity_sketched`;--> statement-breakpoint
DROP TRIGGER `skills_words_in`;--> statement-breakpoint
DROP TRIGGER `skills_words_out`;--> statement-breakpoint
DROP TRIGGER `skills_words_change`;--> statement-breakpoint
DROP TRIGGER `statements_named`;--> statement-breakpoint
DROP TRIGGER `statements_no_delete`;--> statement-breakpoint
DROP TRIGGER `statements_envelope`;--> statement-breakpoint
DROP TRIGGER `statements_approve_waiting`;--> statement-breakpoint
DROP TRIGGER `statements_no_update`;--> statement-breakpoint
DROP TRIGGER `statements_no_replace`;--> statement-breakpoint
DROP TRIGGER `statements_bundle_once`;--> statement-breakpoint
DROP TRIGGER `version_blobs_no_delete`;--> statement-breakpoint
DROP TRIGGER `version_packages_listed`;--> statement-breakpoint
DROP TRIGGER `versions_packages_backlog`;--> statement-breakpoint
DROP TRIGGER `versions_end_waiting`;--> statement-breakpoint
DROP TRIGGER `versions_waiting_counted`;--> statement-breakpoint
DROP TRIGGER `versions_judged_anew`;--> statement-breakpoint
DROP TRIGGER `versions_known_bad`;--> statement-breakpoint
DROP TRIGGER `versions_approved_before`;--> statement-breakpoint
DROP TRIGGER `versions_publisher_known`;--> statement-breakpoint
DROP TRIGGER `versions_inserted_bytes`;--> statement-breakpoint
DROP TRIGGER `versions_changed_bytes`;--> statement-breakpoint
DROP TRIGGER `versions_change_skill`;--> statement-breakpoint
DROP TRIGGER `versions_inserted_waiting`;--> statement-breakpoint
DROP TRIGGER `versions_begin_waiting`;--> statement-breakpoint
DROP TRIGGER `versions_no_rename`;--> statement-breakpoint
DROP TRIGGER `versions_no_delete`;--> statement-breakpoint
DROP TRIGGER `versions_no_replace`;--> statement-breakpoint
CREATE TABLE `new_versions` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`version` text NOT NULL,
	`bundle` blob NOT NULL,
	`status` text NOT NULL,
	`move` integer NOT NULL,
	`publisher` blob NOT NULL,
	`verdict` text,
	`report` blob,
	`createdAt` integer NOT NULL
, `logIndex` integer DEFAULT 0 NOT NULL, `bytes` integer, `filesDeleted` integer,
	CONSTRAINT "versions_bytes" CHECK(typeof(`publisher`) = 'blob')
);
--> statement-breakpoint
INSERT INTO `new_versions` (`id`, `name`, `version`, `bundle`, `status`, `move`, `publisher`, `verdict`, `report`, `createdAt`, `logIndex`, `bytes`, `filesDeleted`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `versions`.`id`), `name`, `version`, COALESCE(IIF(length(`bundle`) = 71, unhex(substr(`bundle`, 8)), NULL), CAST(`bundle` AS BLOB)), `status`, `move`, COALESCE(IIF(length(`publisher`) = 71, unhex(substr(`publisher`, 8)), NULL), CAST(`publisher` AS BLOB)), `verdict`, COALESCE(IIF(length(`report`) = 71, unhex(substr(`report`, 8)), NULL), CAST(`report` AS BLOB)), `createdAt`, `logIndex`, `bytes`, `filesDeleted` FROM `versions` ORDER BY 1;--> statement-breakpoint
CREATE TABLE `new_statements` (
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
	CONSTRAINT "statements_bytes" CHECK(typeof(`payload`) = 'blob' AND typeof(`bundle`) <> 'text')
);
--> statement-breakpoint
INSERT INTO `new_statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, `envelope`, (SELECT `number` FROM `version_numbers` WHERE `id` = `statements`.`versionId`), `bundle`, `createdAt`, `certificate`, `material`, `fact` FROM `statements` ORDER BY `logIndex`;--> statement-breakpoint
CREATE TABLE `new_version_blobs` (
	`digest` blob NOT NULL,
	`scope` text NOT NULL,
	`versionId` integer NOT NULL,
	PRIMARY KEY(`digest`, `scope`, `versionId`),
	CONSTRAINT "version_blobs_bytes" CHECK(typeof(`digest`) = 'blob')
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_version_blobs` (`digest`, `scope`, `versionId`) SELECT `digest`, `scope`, (SELECT `number` FROM `version_numbers` WHERE `id` = `version_blobs`.`versionId`) FROM `version_blobs` ORDER BY 1, 2, 3;--> statement-breakpoint
CREATE TABLE `new_audit` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`versionId` integer,
	`move` integer,
	`from` text,
	`to` text,
	`by` text NOT NULL,
	`why` text NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_audit` (`id`, `at`, `kind`, `versionId`, `move`, `from`, `to`, `by`, `why`) SELECT `rowid`, `at`, `kind`, (SELECT `number` FROM `version_numbers` WHERE `id` = `audit`.`versionId`), `move`, `from`, `to`, `by`, `why` FROM `audit` ORDER BY `rowid`;--> statement-breakpoint
CREATE TABLE `new_open_doubts` (
	`auditId` integer PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_open_doubts` (`auditId`, `versionId`, `at`) SELECT (SELECT `new`.`id` FROM `new_audit` AS `new` JOIN `audit` AS `old` ON `old`.`rowid` = `new`.`id` WHERE `old`.`id` = `open_doubts`.`auditId`), (SELECT `number` FROM `version_numbers` WHERE `id` = `open_doubts`.`versionId`), `at` FROM `open_doubts`;--> statement-breakpoint
CREATE TABLE `new_jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`state` text NOT NULL,
	`lease` blob,
	`worker` text,
	`leaseUntil` integer NOT NULL,
	`attempts` integer NOT NULL,
	`detail` text,
	`createdAt` integer NOT NULL
, `ruleSet` blob);
--> statement-breakpoint
INSERT INTO `new_jobs` (`id`, `versionId`, `state`, `lease`, `worker`, `leaseUntil`, `attempts`, `detail`, `createdAt`, `ruleSet`) SELECT `id`, (SELECT `number` FROM `version_numbers` WHERE `id` = `jobs`.`versionId`), `state`, COALESCE(IIF(length(`lease`) = 71, unhex(substr(`lease`, 8)), NULL), CAST(`lease` AS BLOB)), `worker`, `leaseUntil`, `attempts`, `detail`, `createdAt`, COALESCE(IIF(length(`ruleSet`) = 71, unhex(substr(`ruleSet`, 8)), NULL), CAST(`ruleSet` AS BLOB)) FROM `jobs`;--> statement-breakpoint
CREATE TABLE `new_scans` (
	`versionId` integer NOT NULL,
	`ruleSet` blob NOT NULL,
	`report` blob NOT NULL,
	`verdict` text NOT NULL,
	`logIndex` integer NOT NULL, `selectors` text, `prose` blob,
	PRIMARY KEY(`versionId`, `ruleSet`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_scans` (`versionId`, `ruleSet`, `report`, `verdict`, `logIndex`, `selectors`, `prose`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `scans`.`versionId`), COALESCE(IIF(length(`ruleSet`) = 71, unhex(substr(`ruleSet`, 8)), NULL), CAST(`ruleSet` AS BLOB)), COALESCE(IIF(length(`report`) = 71, unhex(substr(`report`, 8)), NULL), CAST(`report` AS BLOB)), `verdict`, `logIndex`, `selectors`, COALESCE(IIF(length(`prose`) = 71, unhex(substr(`prose`, 8)), NULL), CAST(`prose` AS BLOB)) FROM `scans` ORDER BY 1, 2;--> statement-breakpoint
CREATE TABLE `new_drafts` (
	`digest` text PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`statement` text NOT NULL,
	`by` text NOT NULL,
	`expiresAt` integer NOT NULL,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_drafts` (`digest`, `versionId`, `statement`, `by`, `expiresAt`, `createdAt`) SELECT `digest`, (SELECT `number` FROM `version_numbers` WHERE `id` = `drafts`.`versionId`), `statement`, `by`, `expiresAt`, `createdAt` FROM `drafts`;--> statement-breakpoint
CREATE TABLE `new_review_notes` (
	`id` text PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`kind` text NOT NULL,
	`by` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_review_notes` (`id`, `versionId`, `kind`, `by`, `text`, `at`) SELECT `id`, (SELECT `number` FROM `version_numbers` WHERE `id` = `review_notes`.`versionId`), `kind`, `by`, `text`, `at` FROM `review_notes`;--> statement-breakpoint
CREATE TABLE `new_index_lines` (
	`logIndex` integer PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`name` text NOT NULL,
	`line` text NOT NULL,
	`written` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_index_lines` (`logIndex`, `versionId`, `name`, `line`, `written`) SELECT `logIndex`, (SELECT `number` FROM `version_numbers` WHERE `id` = `index_lines`.`versionId`), `name`, `line`, `written` FROM `index_lines` ORDER BY `logIndex`;--> statement-breakpoint
CREATE TABLE `new_similarity` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`signature` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `similarity` RENAME TO `similarity_places`;--> statement-breakpoint
CREATE TABLE `place_numbers` (
	`place` integer PRIMARY KEY NOT NULL,
	`number` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `place_numbers` (`place`, `number`) SELECT `place`, (SELECT `number` FROM `version_numbers` WHERE `id` = `similarity_places`.`versionId`) FROM `similarity_places`;--> statement-breakpoint
INSERT INTO `new_similarity` (`versionId`, `signature`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `similarity_places`.`versionId`), `signature` FROM `similarity_places` ORDER BY 1;--> statement-breakpoint
CREATE TABLE `new_similarity_bands` (
	`key` integer NOT NULL,
	`versionId` integer NOT NULL,
	PRIMARY KEY(`key`, `versionId`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_similarity_bands` (`key`, `versionId`) SELECT `key`, `number` FROM `similarity_bands` CROSS JOIN `place_numbers` ON `place_numbers`.`place` = `similarity_bands`.`place`;--> statement-breakpoint
CREATE TABLE `new_waiting` (
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
INSERT INTO `new_waiting` (`versionId`, `name`, `publisher`, `logIndex`, `rank`, `judged`, `changes`, `known`, `approvals`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `waiting`.`versionId`), `name`, COALESCE(IIF(length(`publisher`) = 71, unhex(substr(`publisher`, 8)), NULL), CAST(`publisher` AS BLOB)), `logIndex`, `rank`, `judged`, `changes`, `known`, `approvals` FROM `waiting`;--> statement-breakpoint
CREATE TABLE `new_version_packages` (
	`versionId` integer NOT NULL,
	`packageId` integer NOT NULL,
	PRIMARY KEY(`versionId`, `packageId`)
);
--> statement-breakpoint
INSERT INTO `new_version_packages` (`versionId`, `packageId`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `version_packages`.`versionId`), `packageId` FROM `version_packages`;--> statement-breakpoint
CREATE TABLE `new_package_backlog` (
	`versionId` integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_package_backlog` (`versionId`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `package_backlog`.`versionId`) FROM `package_backlog`;--> statement-breakpoint
CREATE TABLE `new_advice` (
	`versionId` integer NOT NULL,
	`kind` text NOT NULL,
	`logIndex` integer NOT NULL,
	PRIMARY KEY(`versionId`, `kind`)
);
--> statement-breakpoint
INSERT INTO `new_advice` (`versionId`, `kind`, `logIndex`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `advice`.`versionId`), `kind`, `logIndex` FROM `advice`;--> statement-breakpoint
CREATE TABLE `new_advisories` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`published` integer NOT NULL,
	`modified` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_advisories` (`versionId`, `published`, `modified`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `advisories`.`versionId`), `published`, `modified` FROM `advisories`;--> statement-breakpoint
CREATE TABLE `new_ended_versions` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_ended_versions` (`versionId`, `state`, `at`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `ended_versions`.`versionId`), `state`, `at` FROM `ended_versions`;--> statement-breakpoint
CREATE TABLE `new_skills` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`scope` text NOT NULL,
	`versionId` integer NOT NULL,
	`version` text NOT NULL,
	`description` text NOT NULL,
	`capabilities` text NOT NULL,
	`offeredSince` integer NOT NULL
, `shortName` text DEFAULT '' NOT NULL, `vectorMark` text DEFAULT '' NOT NULL);
--> statement-breakpoint
INSERT INTO `new_skills` (`id`, `name`, `scope`, `versionId`, `version`, `description`, `capabilities`, `offeredSince`, `shortName`, `vectorMark`) SELECT `id`, `name`, `scope`, (SELECT `number` FROM `version_numbers` WHERE `id` = `skills`.`versionId`), `version`, `description`, `capabilities`, `offeredSince`, `shortName`, `vectorMark` FROM `skills` ORDER BY `id`;--> statement-breakpoint
CREATE TABLE `new_plugin_packages` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`digest` blob NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_plugin_packages` (`versionId`, `digest`) SELECT (SELECT `number` FROM `version_numbers` WHERE `id` = `plugin_packages`.`versionId`), `digest` FROM `plugin_packages`;--> statement-breakpoint
-- The numbers of notices go on, so their table stays.
UPDATE `notices` SET `versionId` = (SELECT `number` FROM `version_numbers` WHERE `id` = `notices`.`versionId`);--> statement-breakpoint
DROP TABLE `versions`;--> statement-breakpoint
DROP TABLE `statements`;--> statement-breakpoint
DROP TABLE `version_blobs`;--> statement-breakpoint
DROP TABLE `audit`;--> statement-breakpoint
DROP TABLE `open_doubts`;--> statement-breakpoint
DROP TABLE `jobs`;--> statement-breakpoint
DROP TABLE `scans`;--> statement-breakpoint
DROP TABLE `drafts`;--> statement-breakpoint
DROP TABLE `review_notes`;--> statement-breakpoint
DROP TABLE `index_lines`;--> statement-breakpoint
DROP TABLE `similarity_bands`;--> statement-breakpoint
DROP TABLE `waiting`;--> statement-breakpoint
DROP TABLE `version_packages`;--> statement-breakpoint
DROP TABLE `package_backlog`;--> statement-breakpoint
DROP TABLE `advice`;--> statement-breakpoint
DROP TABLE `advisories`;--> statement-breakpoint
DROP TABLE `ended_versions`;--> statement-breakpoint
DROP TABLE `skills`;--> statement-breakpoint
DROP TABLE `plugin_packages`;--> statement-breakpoint
DROP TABLE `similarity_places`;--> statement-breakpoint
ALTER TABLE `new_versions` RENAME TO `versions`;--> statement-breakpoint
ALTER TABLE `new_statements` RENAME TO `statements`;--> statement-breakpoint
ALTER TABLE `new_version_blobs` RENAME TO `version_blobs`;--> statement-breakpoint
ALTER TABLE `new_audit` RENAME TO `audit`;--> statement-breakpoint
ALTER TABLE `new_open_doubts` RENAME TO `open_doubts`;--> statement-breakpoint
ALTER TABLE `new_jobs` RENAME TO `jobs`;--> statement-breakpoint
ALTER TABLE `new_scans` RENAME TO `scans`;--> statement-breakpoint
ALTER TABLE `new_drafts` RENAME TO `drafts`;--> statement-breakpoint
ALTER TABLE `new_review_notes` RENAME TO `review_notes`;--> statement-breakpoint
ALTER TABLE `new_index_lines` RENAME TO `index_lines`;--> statement-breakpoint
ALTER TABLE `new_similarity` RENAME TO `similarity`;--> statement-breakpoint
ALTER TABLE `new_similarity_bands` RENAME TO `similarity_bands`;--> statement-breakpoint
ALTER TABLE `new_waiting` RENAME TO `waiting`;--> statement-breakpoint
ALTER TABLE `new_version_packages` RENAME TO `version_packages`;--> statement-breakpoint
ALTER TABLE `new_package_backlog` RENAME TO `package_backlog`;--> statement-breakpoint
ALTER TABLE `new_advice` RENAME TO `advice`;--> statement-breakpoint
ALTER TABLE `new_advisories` RENAME TO `advisories`;--> statement-breakpoint
ALTER TABLE `new_ended_versions` RENAME TO `ended_versions`;--> statement-breakpoint
ALTER TABLE `new_skills` RENAME TO `skills`;--> statement-breakpoint
ALTER TABLE `new_plugin_packages` RENAME TO `plugin_packages`;--> statement-breakpoint
DROP TABLE `version_numbers`;--> statement-breakpoint
DROP TABLE `place_numbers`;--> statement-breakpoint
DROP TABLE `moving_statements`;--> statement-breakpoint
CREATE TABLE `moving_statements` AS SELECT * FROM `statements` WHERE FALSE;
--> statement-breakpoint
CREATE INDEX `advisories_modified` ON `advisories` (`modified`,`versionId`);--> statement-breakpoint
CREATE UNIQUE INDEX `audit_version_move` ON `audit` (`versionId`,`move`);--> statement-breakpoint
CREATE INDEX `audit_deleted` ON `audit` (`kind`,`at`) WHERE "audit"."kind" = 'deleted';--> statement-breakpoint
CREATE INDEX `audit_version` ON `audit` (`versionId`,`kind`,`at`) WHERE "audit"."move" IS NULL;--> statement-breakpoint
CREATE INDEX `audit_to` ON `audit` (`to`,`at`) WHERE "audit"."to" IN ('approved', 'refused', 'suspended', 'revoked', 'withdrawn');--> statement-breakpoint
CREATE INDEX `drafts_expires` ON `drafts` (`expiresAt`);--> statement-breakpoint
CREATE INDEX `drafts_version` ON `drafts` (`versionId`);--> statement-breakpoint
CREATE INDEX `ended_versions_state` ON `ended_versions` (`state`,`at`);--> statement-breakpoint
CREATE UNIQUE INDEX `index_lines_version` ON `index_lines` (`versionId`);--> statement-breakpoint
CREATE INDEX `index_lines_name` ON `index_lines` (`name`);--> statement-breakpoint
CREATE INDEX `index_lines_unwritten` ON `index_lines` (`name`) WHERE "index_lines"."written" = 0;--> statement-breakpoint
CREATE INDEX `jobs_version` ON `jobs` (`versionId`);--> statement-breakpoint
CREATE INDEX `jobs_next` ON `jobs` (`state`,`leaseUntil`) WHERE "jobs"."state" IN ('waiting', 'leased');--> statement-breakpoint
CREATE INDEX `jobs_oldest` ON `jobs` (`state`,`createdAt`,`id`) WHERE "jobs"."state" IN ('waiting', 'leased');--> statement-breakpoint
CREATE INDEX `jobs_fitting` ON `jobs` (`state`,`ruleSet`,`createdAt`,`id`) WHERE "jobs"."state" IN ('waiting', 'leased');--> statement-breakpoint
CREATE INDEX `open_doubts_at` ON `open_doubts` (`at`);--> statement-breakpoint
CREATE INDEX `open_doubts_version` ON `open_doubts` (`versionId`);--> statement-breakpoint
CREATE INDEX `review_notes_version` ON `review_notes` (`versionId`);--> statement-breakpoint
CREATE UNIQUE INDEX `skills_name_unique` ON `skills` (`name`);--> statement-breakpoint
CREATE INDEX `skills_scope` ON `skills` (`scope`,`name`);--> statement-breakpoint
CREATE INDEX `skills_newest` ON `skills` (`offeredSince`,`name`);--> statement-breakpoint
CREATE INDEX `skills_short_name` ON `skills` (`shortName`,`name`);--> statement-breakpoint
CREATE INDEX `skills_vector_mark` ON `skills` (`vectorMark`);--> statement-breakpoint
CREATE INDEX `statements_payload` ON `statements` (substr(`payload`, 1, 8));--> statement-breakpoint
CREATE UNIQUE INDEX `statements_certificate` ON `statements` (`certificate`,`predicateType`) WHERE "statements"."certificate" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `statements_bundle` ON `statements` (`bundle`);--> statement-breakpoint
CREATE INDEX `statements_version_type` ON `statements` (`versionId`,`predicateType`);--> statement-breakpoint
CREATE INDEX `statements_type` ON `statements` (`predicateType`);--> statement-breakpoint
CREATE INDEX `version_packages_package` ON `version_packages` (`packageId`,`versionId`);--> statement-breakpoint
CREATE UNIQUE INDEX `versions_name_version` ON `versions` (`name`,`version`);--> statement-breakpoint
CREATE INDEX `versions_bundle` ON `versions` (`bundle`);--> statement-breakpoint
CREATE INDEX `versions_name` ON `versions` (`name`,`logIndex`);--> statement-breakpoint
CREATE INDEX `versions_publisher` ON `versions` (`publisher`,`logIndex`);--> statement-breakpoint
CREATE INDEX `versions_publisher_status` ON `versions` (`publisher`,`status`);--> statement-breakpoint
CREATE INDEX `versions_status` ON `versions` (`status`,`logIndex`);--> statement-breakpoint
CREATE INDEX `versions_name_status` ON `versions` (`name`,`status`,`logIndex`);--> statement-breakpoint
CREATE INDEX `versions_uncounted` ON `versions` (`logIndex`) WHERE "versions"."bytes" IS NULL;--> statement-breakpoint
CREATE INDEX `waiting_rank` ON `waiting` (`rank`,`logIndex`,`versionId`);--> statement-breakpoint
CREATE INDEX `waiting_oldest` ON `waiting` (`logIndex`);--> statement-breakpoint
CREATE INDEX `waiting_name` ON `waiting` (`name`,`versionId`);--> statement-breakpoint
CREATE INDEX `waiting_publisher` ON `waiting` (`publisher`,`versionId`);--> statement-breakpoint
CREATE INDEX `waiting_due` ON `waiting` (`rank`,`logIndex`) WHERE "waiting"."changes" <> "waiting"."known";--> statement-breakpoint
CREATE INDEX `waiting_approved` ON `waiting` (`logIndex`) WHERE "waiting"."approvals" > 0;--> statement-breakpoint
-- Places of work that goes on in the order of ids: it begins again.
UPDATE `packages` SET `judgedUpTo` = '' WHERE `judgedUpTo` IS NOT NULL;--> statement-breakpoint
UPDATE `rule_sets` SET `looked` = '' WHERE `looked` IS NOT NULL;--> statement-breakpoint
UPDATE `renewals` SET `after` = '' WHERE `after` IS NOT NULL AND `kind` <> 'resume';--> statement-breakpoint
CREATE TRIGGER `advice_change_skill` AFTER INSERT ON `advice` BEGIN INSERT INTO `changed_skills` (`name`) SELECT `name` FROM `versions` WHERE `id` = NEW.`versionId` ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `advice_back_change_skill` AFTER DELETE ON `advice` BEGIN INSERT INTO `changed_skills` (`name`) SELECT `name` FROM `versions` WHERE `id` = OLD.`versionId` ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_update` BEFORE UPDATE ON `audit` BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_delete` BEFORE DELETE ON `audit` BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_doubts` AFTER INSERT ON `audit` WHEN NEW.`kind` = 'job' AND NEW.`versionId` IS NOT NULL BEGIN INSERT INTO `open_doubts` (`auditId`, `versionId`, `at`) VALUES (NEW.`id`, NEW.`versionId`, NEW.`at`); END;
--> statement-breakpoint
CREATE TRIGGER `audit_settles_doubts` AFTER INSERT ON `audit` WHEN NEW.`kind` = 'move' BEGIN DELETE FROM `open_doubts` WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `audit_advised` AFTER INSERT ON `audit` WHEN NEW.`kind` = 'move' AND (NEW.`to` IN ('suspended', 'revoked') OR NEW.`from` = 'suspended') BEGIN INSERT INTO `advisories` (`versionId`, `published`, `modified`) VALUES (NEW.`versionId`, NEW.`at`, NEW.`at`) ON CONFLICT (`versionId`) DO UPDATE SET `modified` = MAX(`modified` + 1, excluded.`modified`); END;
--> statement-breakpoint
CREATE TRIGGER `audit_ended` AFTER INSERT ON `audit` WHEN NEW.`versionId` IS NOT NULL AND NEW.`to` IN ('refused', 'withdrawn') BEGIN INSERT OR IGNORE INTO `ended_versions` (`versionId`, `state`, `at`) VALUES (NEW.`versionId`, NEW.`to`, NEW.`at`); END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_replace` BEFORE INSERT ON `audit` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: audit.id') FROM `audit` WHERE `id` = NEW.`id`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: audit.versionId, audit.move') FROM `audit` WHERE `versionId` = NEW.`versionId` AND `move` = NEW.`move`; END;
--> statement-breakpoint
CREATE TRIGGER `audit_notices` AFTER INSERT ON `audit` WHEN NEW.`versionId` IS NOT NULL AND (NEW.`kind` IN ('asked', 'answered') OR (NEW.`kind` = 'move' AND NEW.`to` IN ('in review', 'quarantined', 'approved', 'refused', 'withdrawn', 'suspended', 'revoked'))) BEGIN INSERT INTO `notices` (`kind`, `state`, `versionId`, `by`, `at`, `scope`) VALUES (CASE WHEN NEW.`kind` <> 'move' THEN NEW.`kind` WHEN NEW.`to` IN ('in review', 'quarantined') THEN 'waiting' WHEN NEW.`to` IN ('suspended', 'revoked') THEN 'stopped' ELSE 'decided' END, NEW.`to`, NEW.`versionId`, NEW.`by`, NEW.`at`, (SELECT substr(`name`, 2, instr(`name`, '/') - 2) FROM `versions` WHERE `id` = NEW.`versionId`)) ON CONFLICT (`at`, `by`, `state`, `scope`) WHERE `kind` = 'stopped' DO UPDATE SET `more` = `more` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_update` BEFORE UPDATE ON `index_lines` WHEN NEW.`line` IS NOT OLD.`line` OR NEW.`logIndex` IS NOT OLD.`logIndex` OR NEW.`versionId` IS NOT OLD.`versionId` OR NEW.`name` IS NOT OLD.`name` BEGIN SELECT RAISE(ABORT, 'index lines are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_delete` BEFORE DELETE ON `index_lines` BEGIN SELECT RAISE(ABORT, 'index lines are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_counted` AFTER INSERT ON `index_lines` BEGIN UPDATE `guard` SET `lines` = `lines` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_replace` BEFORE INSERT ON `index_lines` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.logIndex') FROM `index_lines` WHERE `logIndex` = NEW.`logIndex`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.versionId') FROM `index_lines` WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `log_segments_fit` BEFORE INSERT ON `log_segments` WHEN NEW.`first` <> COALESCE((SELECT `until` FROM `log_segments` ORDER BY `first` DESC LIMIT 1), 0) OR NEW.`until` <= NEW.`first` OR NOT EXISTS (SELECT 1 FROM `log` WHERE `index` = NEW.`until` - 1 AND `laterInBatch` = 0 AND `note` IS NOT NULL) OR EXISTS (SELECT 1 FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND (`bundle` IS NULL OR (`fact` IS NULL AND `predicateType` IN (3, 4, 5)))) BEGIN SELECT RAISE(ABORT, 'a log segment does not fit the log'); END;
--> statement-breakpoint
CREATE TRIGGER `log_segments_move` AFTER INSERT ON `log_segments` BEGIN INSERT INTO `moving_log` (`index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map`) SELECT `index`, `leafHash`, '', IIF(`index` = NEW.`until` - 1, `root`, ''), IIF(`index` = NEW.`until` - 1, `peaks`, '[]'), IIF(`index` = NEW.`until` - 1, `note`, NULL), `laterInBatch`, IIF(`index` = NEW.`until` - 1, `map`, NULL) FROM `log` WHERE `index` >= NEW.`first` AND `index` < NEW.`until`; DELETE FROM `log` WHERE `index` >= NEW.`first` AND `index` < NEW.`until`; INSERT INTO `log` (`index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map`) SELECT `index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map` FROM `moving_log`; DELETE FROM `moving_log`; INSERT INTO `moving_statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, '', `versionId`, `bundle`, `createdAt`, `certificate`, IIF(`material` IS NULL, NULL, json_object('certificate', json_object('rawBytes', `material` ->> '$.certificate.rawBytes'))), `fact` FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND `predicateType` IN (1, 2, 3, 4, 5); DELETE FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND `predicateType` IN (1, 2, 3, 4, 5); INSERT INTO `statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact` FROM `moving_statements`; DELETE FROM `moving_statements`; END;
--> statement-breakpoint
CREATE TRIGGER `scans_inserted_prose` AFTER INSERT ON `scans` WHEN NEW.`prose` IS NOT NULL BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = NEW.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `scans_updated_prose` AFTER UPDATE OF `prose`, `logIndex` ON `scans` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = NEW.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `scans_deleted_prose` AFTER DELETE ON `scans` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = OLD.`versionId`; INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = OLD.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `scans_settle_doubts` AFTER INSERT ON `scans` BEGIN DELETE FROM `open_doubts` WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `similarity_sketched` AFTER INSERT ON `similarity` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; INSERT INTO `renewals` (`kind`, `value`) VALUES ('sketch', NEW.`versionId`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_in` AFTER INSERT ON `skills` BEGIN INSERT INTO `skill_words` (`rowid`, `name`, `description`) VALUES (NEW.`id`, substr(NEW.`name`, instr(NEW.`name`, '/') + 1), NEW.`description`); END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_out` AFTER DELETE ON `skills` BEGIN INSERT INTO `skill_words` (`skill_words`, `rowid`, `name`, `description`) VALUES ('delete', OLD.`id`, substr(OLD.`name`, instr(OLD.`name`, '/') + 1), OLD.`description`); END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_change` AFTER UPDATE ON `skills` WHEN OLD.`description` <> NEW.`description` OR OLD.`name` <> NEW.`name` OR OLD.`id` <> NEW.`id` BEGIN INSERT INTO `skill_words` (`skill_words`, `rowid`, `name`, `description`) VALUES ('delete', OLD.`id`, substr(OLD.`name`, instr(OLD.`name`, '/') + 1), OLD.`description`); INSERT INTO `skill_words` (`rowid`, `name`, `description`) VALUES (NEW.`id`, substr(NEW.`name`, instr(NEW.`name`, '/') + 1), NEW.`description`); END;
--> statement-breakpoint
CREATE TRIGGER `statements_named` BEFORE INSERT ON `statements` WHEN NEW.`predicateType` IN (9, 10, 8, 6) AND NOT EXISTS (SELECT 1 FROM `identity_names` WHERE `logIndex` = NEW.`logIndex`) BEGIN SELECT RAISE(ABORT, 'an identity statement has no name'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_delete` BEFORE DELETE ON `statements` WHEN OLD.`envelope` = '' OR OLD.`predicateType` NOT IN (1, 2, 3, 4, 5) OR COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= OLD.`logIndex` ORDER BY `first` DESC LIMIT 1), 0) <= OLD.`logIndex` BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_envelope` BEFORE INSERT ON `statements` WHEN (NEW.`envelope` = '') <> (COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= NEW.`logIndex` ORDER BY `first` DESC LIMIT 1), 0) > NEW.`logIndex`) BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_approve_waiting` AFTER INSERT ON `statements` WHEN NEW.`predicateType` = 4 AND NEW.`envelope` <> '' BEGIN UPDATE `waiting` SET `approvals` = `approvals` + 1 WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_update` BEFORE UPDATE ON `statements` WHEN (OLD.`bundle` IS NOT NULL AND (OLD.`fact` IS NOT NULL OR OLD.`envelope` = '' OR NEW.`bundle` IS NOT OLD.`bundle`)) OR NEW.`logIndex` IS NOT OLD.`logIndex` OR NEW.`predicateType` IS NOT OLD.`predicateType` OR NEW.`payload` IS NOT OLD.`payload` OR NEW.`signer` IS NOT OLD.`signer` OR NEW.`envelope` IS NOT OLD.`envelope` OR NEW.`versionId` IS NOT OLD.`versionId` OR NEW.`createdAt` IS NOT OLD.`createdAt` OR NEW.`certificate` IS NOT OLD.`certificate` OR NEW.`material` IS NOT OLD.`material` BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_replace` BEFORE INSERT ON `statements` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.logIndex') FROM `statements` WHERE `logIndex` = NEW.`logIndex`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.payload, statements.signer') FROM `statements` WHERE substr(`payload`, 1, 8) = substr(NEW.`payload`, 1, 8) AND `payload` = NEW.`payload` AND `signer` = NEW.`signer`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.certificate, statements.predicateType') FROM `statements` WHERE `certificate` = NEW.`certificate` AND `predicateType` = NEW.`predicateType`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.bundle') FROM `statements` WHERE `bundle` = NEW.`bundle`; END;
--> statement-breakpoint
CREATE TRIGGER `statements_bundle_once` BEFORE UPDATE OF `bundle` ON `statements` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.bundle') FROM `statements` WHERE `bundle` = NEW.`bundle` AND `logIndex` <> OLD.`logIndex`; END;
--> statement-breakpoint
CREATE TRIGGER `version_blobs_no_delete` BEFORE DELETE ON `version_blobs` WHEN (SELECT `status` FROM `versions` WHERE `id` = OLD.`versionId`) NOT IN ('refused', 'withdrawn') OR EXISTS (SELECT 1 FROM `index_lines` WHERE `versionId` = OLD.`versionId`) BEGIN SELECT RAISE(ABORT, 'the files of a version that may be approved stay'); END;
--> statement-breakpoint
CREATE TRIGGER `version_packages_listed` AFTER INSERT ON `version_packages` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `versions_packages_backlog` AFTER INSERT ON `versions` BEGIN INSERT OR IGNORE INTO `package_backlog` VALUES (NEW.`id`); END;
--> statement-breakpoint
CREATE TRIGGER `versions_end_waiting` AFTER UPDATE OF `status` ON `versions` WHEN OLD.`status` IN ('in review', 'quarantined') AND NEW.`status` NOT IN ('in review', 'quarantined') BEGIN DELETE FROM `waiting` WHERE `versionId` = NEW.`id`; END;
--> statement-breakpoint
CREATE TRIGGER `versions_waiting_counted` AFTER UPDATE OF `status` ON `versions` WHEN OLD.`status` <> NEW.`status` AND (OLD.`status` IN ('in review', 'quarantined') OR NEW.`status` IN ('in review', 'quarantined')) BEGIN UPDATE `guard` SET `waiting` = `waiting` + (NEW.`status` IN ('in review', 'quarantined')) - (OLD.`status` IN ('in review', 'quarantined')), `quarantined` = `quarantined` + (NEW.`status` = 'quarantined') - (OLD.`status` = 'quarantined'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_judged_anew` AFTER UPDATE OF `report`, `verdict` ON `versions` WHEN OLD.`report` IS NOT NEW.`report` OR OLD.`verdict` IS NOT NEW.`verdict` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`id`; END;
--> statement-breakpoint
CREATE TRIGGER `versions_known_bad` AFTER UPDATE OF `status`, `verdict` ON `versions` WHEN (OLD.`status` = 'revoked' OR (OLD.`status` IN ('refused', 'quarantined') AND OLD.`verdict` IS 'block')) <> (NEW.`status` = 'revoked' OR (NEW.`status` IN ('refused', 'quarantined') AND NEW.`verdict` IS 'block')) BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('alike', NEW.`id`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `versions_approved_before` AFTER UPDATE OF `status` ON `versions` WHEN (OLD.`status` = 'approved') <> (NEW.`status` = 'approved') AND EXISTS (SELECT 1 FROM `waiting` WHERE `name` = NEW.`name` AND `versionId` <> NEW.`id`) BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('name', NEW.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `versions_publisher_known` AFTER UPDATE OF `status` ON `versions` WHEN NEW.`status` IN ('approved', 'suspended', 'revoked') AND OLD.`status` NOT IN ('approved', 'suspended', 'revoked') AND EXISTS (SELECT 1 FROM `waiting` WHERE `publisher` = NEW.`publisher` AND `versionId` <> NEW.`id`) AND NOT EXISTS (SELECT 1 FROM `versions` WHERE `publisher` = NEW.`publisher` AND `status` IN ('approved', 'suspended', 'revoked') AND `id` <> NEW.`id`) BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('publisher', 'sha256:' || lower(hex(NEW.`publisher`))) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `versions_inserted_bytes` AFTER INSERT ON `versions` WHEN NEW.`bytes` IS NOT NULL BEGIN INSERT INTO `stored_bytes` (`owner`, `bytes`, `waiting`) VALUES ('sha256:' || lower(hex(NEW.`publisher`)), NEW.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined'))), (substr(NEW.`name`, 1, instr(NEW.`name`, '/') - 1), NEW.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined'))), ('', NEW.`bytes`, NEW.`bytes` * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined'))) ON CONFLICT (`owner`) DO UPDATE SET `bytes` = `bytes` + excluded.`bytes`, `waiting` = `waiting` + excluded.`waiting`; END;
--> statement-breakpoint
CREATE TRIGGER `versions_changed_bytes` AFTER UPDATE OF `bytes`, `status` ON `versions` WHEN OLD.`bytes` IS NOT NEW.`bytes` OR (OLD.`status` IN ('received', 'scanning', 'in review', 'quarantined')) <> (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined')) BEGIN INSERT INTO `stored_bytes` (`owner`, `bytes`, `waiting`) VALUES ('sha256:' || lower(hex(NEW.`publisher`)), COALESCE(NEW.`bytes`, 0) - COALESCE(OLD.`bytes`, 0), COALESCE(NEW.`bytes`, 0) * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined')) - COALESCE(OLD.`bytes`, 0) * (OLD.`status` IN ('received', 'scanning', 'in review', 'quarantined'))), (substr(NEW.`name`, 1, instr(NEW.`name`, '/') - 1), COALESCE(NEW.`bytes`, 0) - COALESCE(OLD.`bytes`, 0), COALESCE(NEW.`bytes`, 0) * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined')) - COALESCE(OLD.`bytes`, 0) * (OLD.`status` IN ('received', 'scanning', 'in review', 'quarantined'))), ('', COALESCE(NEW.`bytes`, 0) - COALESCE(OLD.`bytes`, 0), COALESCE(NEW.`bytes`, 0) * (NEW.`status` IN ('received', 'scanning', 'in review', 'quarantined')) - COALESCE(OLD.`bytes`, 0) * (OLD.`status` IN ('received', 'scanning', 'in review', 'quarantined'))) ON CONFLICT (`owner`) DO UPDATE SET `bytes` = `bytes` + excluded.`bytes`, `waiting` = `waiting` + excluded.`waiting`; END;
--> statement-breakpoint
CREATE TRIGGER `versions_change_skill` AFTER UPDATE OF `status` ON `versions` WHEN OLD.`status` <> NEW.`status` AND 'approved' IN (OLD.`status`, NEW.`status`) BEGIN INSERT INTO `changed_skills` (`name`) VALUES (NEW.`name`) ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `versions_inserted_waiting` AFTER INSERT ON `versions` WHEN NEW.`status` IN ('in review', 'quarantined') BEGIN INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 4)); UPDATE `guard` SET `waiting` = `waiting` + 1, `quarantined` = `quarantined` + (NEW.`status` = 'quarantined'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_begin_waiting` AFTER UPDATE OF `status` ON `versions` WHEN NEW.`status` IN ('in review', 'quarantined') AND OLD.`status` NOT IN ('in review', 'quarantined') BEGIN INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 4)); END;
--> statement-breakpoint
CREATE TRIGGER `versions_no_rename` BEFORE UPDATE OF `id`, `name`, `version`, `bundle`, `publisher` ON `versions` WHEN NEW.`id` IS NOT OLD.`id` OR NEW.`name` IS NOT OLD.`name` OR NEW.`version` IS NOT OLD.`version` OR NEW.`bundle` IS NOT OLD.`bundle` OR NEW.`publisher` IS NOT OLD.`publisher` BEGIN SELECT RAISE(ABORT, 'a version keeps its name, bundle and publisher'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_no_delete` BEFORE DELETE ON `versions` BEGIN SELECT RAISE(ABORT, 'a version keeps its row'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_no_replace` BEFORE INSERT ON `versions` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: versions.name, versions.version') FROM `versions` WHERE `name` = NEW.`name` AND `version` = NEW.`version`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: versions.id') FROM `versions` WHERE `id` = NEW.`id`; END;
