CREATE TABLE `open_doubts` (
	`auditId` text PRIMARY KEY NOT NULL,
	`versionId` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `open_doubts_at` ON `open_doubts` (`at`);--> statement-breakpoint
CREATE INDEX `open_doubts_version` ON `open_doubts` (`versionId`);--> statement-breakpoint
DROP INDEX `renewals_open`;--> statement-breakpoint
CREATE INDEX `renewals_open` ON `renewals` (`id`) WHERE "renewals"."after" IS NOT NULL AND "renewals"."kind" NOT IN ('all', 'resume');--> statement-breakpoint
CREATE INDEX `versions_name_status` ON `versions` (`name`,`status`,`logIndex`);--> statement-breakpoint
-- Doubts that nothing has settled yet.
INSERT INTO `open_doubts` (`auditId`, `versionId`, `at`) SELECT `id`, `versionId`, `at` FROM `audit` WHERE `kind` = 'job' AND `versionId` IS NOT NULL AND `at` >= COALESCE((SELECT MAX(`later`.`at`) FROM `audit` AS `later` WHERE `later`.`versionId` = `audit`.`versionId` AND `later`.`kind` = 'move'), 0) AND `at` >= COALESCE((SELECT MAX(`statements`.`createdAt`) FROM `scans` JOIN `statements` ON `statements`.`logIndex` = `scans`.`logIndex` WHERE `scans`.`versionId` = `audit`.`versionId`), 0);--> statement-breakpoint
CREATE TRIGGER `audit_doubts` AFTER INSERT ON `audit` WHEN NEW.`kind` = 'job' AND NEW.`versionId` IS NOT NULL BEGIN INSERT INTO `open_doubts` (`auditId`, `versionId`, `at`) VALUES (NEW.`id`, NEW.`versionId`, NEW.`at`); END;--> statement-breakpoint
CREATE TRIGGER `audit_settles_doubts` AFTER INSERT ON `audit` WHEN NEW.`kind` = 'move' BEGIN DELETE FROM `open_doubts` WHERE `versionId` = NEW.`versionId`; END;--> statement-breakpoint
CREATE TRIGGER `scans_settle_doubts` AFTER INSERT ON `scans` BEGIN DELETE FROM `open_doubts` WHERE `versionId` = NEW.`versionId`; END;
