-- Kinds and states of the audit are numbers, a key is 32 bytes, and one character stands for the beginning of a common
-- reason.
DROP TRIGGER `audit_no_update`;--> statement-breakpoint
DROP TRIGGER `audit_no_delete`;--> statement-breakpoint
DROP TRIGGER `audit_doubts`;--> statement-breakpoint
DROP TRIGGER `audit_settles_doubts`;--> statement-breakpoint
DROP TRIGGER `audit_advised`;--> statement-breakpoint
DROP TRIGGER `audit_ended`;--> statement-breakpoint
DROP TRIGGER `audit_no_replace`;--> statement-breakpoint
DROP TRIGGER `audit_notices`;--> statement-breakpoint
CREATE TABLE `new_audit` (
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
INSERT INTO `new_audit` (`id`, `at`, `kind`, `versionId`, `move`, `from`, `to`, `by`, `why`) SELECT `id`, `at`, CASE `kind` WHEN 'move' THEN 1 WHEN 'statement' THEN 2 WHEN 'job' THEN 3 WHEN 'incident' THEN 4 WHEN 'asked' THEN 5 WHEN 'answered' THEN 6 WHEN 'claimed' THEN 7 WHEN 'refused-intake' THEN 8 WHEN 'deleted' THEN 9 WHEN 'upload' THEN 10 ELSE 0 END, `versionId`, `move`, CASE `from` WHEN 'received' THEN 1 WHEN 'scanning' THEN 2 WHEN 'in review' THEN 3 WHEN 'quarantined' THEN 4 WHEN 'approved' THEN 5 WHEN 'refused' THEN 6 WHEN 'suspended' THEN 7 WHEN 'revoked' THEN 8 WHEN 'withdrawn' THEN 9 END, CASE `to` WHEN 'received' THEN 1 WHEN 'scanning' THEN 2 WHEN 'in review' THEN 3 WHEN 'quarantined' THEN 4 WHEN 'approved' THEN 5 WHEN 'refused' THEN 6 WHEN 'suspended' THEN 7 WHEN 'revoked' THEN 8 WHEN 'withdrawn' THEN 9 END, CASE WHEN `by` = 'registry' THEN char(1) WHEN `by` LIKE 'key:sha256:%' AND length(`by`) = 75 THEN COALESCE(unhex(substr(`by`, 12)), `by`) WHEN `by` < ' ' AND `by` <> '' THEN char(31) || `by` ELSE `by` END, CASE WHEN substr(`why`, 1, 52) = 'enough approvals; verification summary at log index ' THEN char(1) || substr(`why`, 53) WHEN substr(`why`, 1, 17) = 'a scanner took it' THEN char(2) || substr(`why`, 18) WHEN substr(`why`, 1, 14) = 'scan verdict: ' THEN char(3) || substr(`why`, 15) WHEN substr(`why`, 1, 9) = 'published' THEN char(4) || substr(`why`, 10) WHEN `why` < ' ' AND `why` <> '' THEN char(31) || `why` ELSE `why` END FROM `audit` ORDER BY `id`;--> statement-breakpoint
DROP TABLE `audit`;--> statement-breakpoint
ALTER TABLE `new_audit` RENAME TO `audit`;--> statement-breakpoint
CREATE UNIQUE INDEX `audit_version_move` ON `audit` (`versionId`,`move`);--> statement-breakpoint
CREATE INDEX `audit_to` ON `audit` (`to`,`at`) WHERE "audit"."to" >= 5;--> statement-breakpoint
CREATE INDEX `audit_deleted` ON `audit` (`kind`,`at`) WHERE "audit"."kind" = 9;
--> statement-breakpoint
CREATE TRIGGER `audit_no_update` BEFORE UPDATE ON `audit` BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_delete` BEFORE DELETE ON `audit` BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_doubts` AFTER INSERT ON `audit` WHEN NEW.`kind` = 3 AND NEW.`versionId` IS NOT NULL BEGIN INSERT INTO `open_doubts` (`auditId`, `versionId`, `at`) VALUES (NEW.`id`, NEW.`versionId`, NEW.`at`); END;
--> statement-breakpoint
CREATE TRIGGER `audit_settles_doubts` AFTER INSERT ON `audit` WHEN NEW.`kind` = 1 BEGIN DELETE FROM `open_doubts` WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `audit_advised` AFTER INSERT ON `audit` WHEN NEW.`kind` = 1 AND (NEW.`to` IN (7, 8) OR NEW.`from` = 7) BEGIN INSERT INTO `advisories` (`versionId`, `published`, `modified`) VALUES (NEW.`versionId`, NEW.`at`, NEW.`at`) ON CONFLICT (`versionId`) DO UPDATE SET `modified` = MAX(`modified` + 1, excluded.`modified`); END;
--> statement-breakpoint
CREATE TRIGGER `audit_ended` AFTER INSERT ON `audit` WHEN NEW.`versionId` IS NOT NULL AND NEW.`to` IN (6, 9) BEGIN INSERT OR IGNORE INTO `ended_versions` (`versionId`, `state`, `at`) VALUES (NEW.`versionId`, IIF(NEW.`to` = 6, 'refused', 'withdrawn'), NEW.`at`); END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_replace` BEFORE INSERT ON `audit` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: audit.id') FROM `audit` WHERE `id` = NEW.`id`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: audit.versionId, audit.move') FROM `audit` WHERE `versionId` = NEW.`versionId` AND `move` = NEW.`move`; END;
--> statement-breakpoint
CREATE TRIGGER `audit_notices` AFTER INSERT ON `audit` WHEN NEW.`versionId` IS NOT NULL AND (NEW.`kind` IN (5, 6) OR (NEW.`kind` = 1 AND NEW.`to` >= 3)) BEGIN INSERT INTO `notices` (`kind`, `state`, `versionId`, `by`, `at`, `scope`) VALUES (CASE WHEN NEW.`kind` = 5 THEN 'asked' WHEN NEW.`kind` = 6 THEN 'answered' WHEN NEW.`to` IN (3, 4) THEN 'waiting' WHEN NEW.`to` IN (7, 8) THEN 'stopped' ELSE 'decided' END, CASE NEW.`to` WHEN 3 THEN 'in review' WHEN 4 THEN 'quarantined' WHEN 5 THEN 'approved' WHEN 6 THEN 'refused' WHEN 7 THEN 'suspended' WHEN 8 THEN 'revoked' WHEN 9 THEN 'withdrawn' END, NEW.`versionId`, CASE WHEN typeof(NEW.`by`) = 'blob' THEN 'key:sha256:' || lower(hex(NEW.`by`)) WHEN NEW.`by` = char(1) THEN 'registry' WHEN substr(NEW.`by`, 1, 1) = char(31) THEN substr(NEW.`by`, 2) ELSE NEW.`by` END, NEW.`at`, (SELECT substr(`name`, 2, instr(`name`, '/') - 2) FROM `versions` WHERE `id` = NEW.`versionId`)) ON CONFLICT (`at`, `by`, `state`, `scope`) WHERE `kind` = 'stopped' DO UPDATE SET `more` = `more` + 1; END;
