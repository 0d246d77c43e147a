DROP INDEX `audit_version`;--> statement-breakpoint
CREATE INDEX `audit_to` ON `audit` (`to`,`at`);--> statement-breakpoint
CREATE INDEX `audit_kind` ON `audit` (`kind`,`at`);--> statement-breakpoint
CREATE INDEX `audit_version` ON `audit` (`versionId`,`kind`,`at`);--> statement-breakpoint
DROP INDEX `versions_status`;--> statement-breakpoint
ALTER TABLE `versions` ADD `logIndex` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `statements_version_type` ON `statements` (`versionId`,`predicateType`);--> statement-breakpoint
UPDATE `versions` SET `logIndex` = COALESCE((SELECT MIN(`logIndex`) FROM `statements` WHERE `versionId` = `versions`.`id` AND `predicateType` = 'https://skillgate.dev/attestation/publish/v1'), 0);--> statement-breakpoint
CREATE INDEX `versions_name` ON `versions` (`name`,`logIndex`);--> statement-breakpoint
CREATE INDEX `versions_publisher` ON `versions` (`publisher`,`logIndex`);--> statement-breakpoint
CREATE INDEX `versions_publisher_status` ON `versions` (`publisher`,`status`);--> statement-breakpoint
CREATE INDEX `versions_status` ON `versions` (`status`,`logIndex`);--> statement-breakpoint
ALTER TABLE `guard` ADD `lines` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `index_lines_unwritten` ON `index_lines` (`name`) WHERE "index_lines"."written" = 0;--> statement-breakpoint
CREATE INDEX `jobs_oldest` ON `jobs` (`state`,`createdAt`,`id`);--> statement-breakpoint
-- Two processes could write a file over each other and mark a line that it lacks: files of several lines are written once more.
UPDATE `index_lines` SET `written` = 0 WHERE `name` IN (SELECT `name` FROM `index_lines` GROUP BY `name` HAVING COUNT(*) > 1);--> statement-breakpoint
UPDATE `guard` SET `lines` = (SELECT COUNT(*) FROM `index_lines`);--> statement-breakpoint
CREATE TRIGGER `index_lines_counted` AFTER INSERT ON `index_lines` BEGIN UPDATE `guard` SET `lines` = `lines` + 1; END;
