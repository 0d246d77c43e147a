CREATE TABLE `ended_versions` (
	`versionId` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ended_versions_state` ON `ended_versions` (`state`,`at`);--> statement-breakpoint
CREATE TABLE `removed_blobs` (
	`digest` text PRIMARY KEY NOT NULL,
	`removedAt` integer
);
--> statement-breakpoint
CREATE INDEX `removed_blobs_at` ON `removed_blobs` (`removedAt`);--> statement-breakpoint
ALTER TABLE `guard` ADD `removals` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `versions` ADD `filesDeleted` integer;--> statement-breakpoint
INSERT OR IGNORE INTO `ended_versions` (`versionId`, `state`, `at`) SELECT `versions`.`id`, `audit`.`to`, `audit`.`at` FROM `audit` JOIN `versions` ON `versions`.`id` = `audit`.`versionId` AND `versions`.`status` = `audit`.`to` WHERE `audit`.`to` IN ('refused', 'withdrawn');--> statement-breakpoint
CREATE TRIGGER `audit_ended` AFTER INSERT ON `audit` WHEN NEW.`versionId` IS NOT NULL AND NEW.`to` IN ('refused', 'withdrawn') BEGIN INSERT OR IGNORE INTO `ended_versions` (`versionId`, `state`, `at`) VALUES (NEW.`versionId`, NEW.`to`, NEW.`at`); END;--> statement-breakpoint
-- Whoever asks for the files of a version that was approved, or may be, gets them.
CREATE TRIGGER `version_blobs_no_delete` BEFORE DELETE ON `version_blobs` WHEN (SELECT `status` FROM `versions` WHERE `id` = OLD.`versionId`) NOT IN ('refused', 'withdrawn') BEGIN SELECT RAISE(ABORT, 'the files of a version that may be approved stay'); END;
