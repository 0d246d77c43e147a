CREATE TABLE `renewals` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`after` text DEFAULT '',
	`turn` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `renewals_event` ON `renewals` (`kind`,`value`);--> statement-breakpoint
CREATE INDEX `renewals_open` ON `renewals` (`id`) WHERE "renewals"."after" IS NOT NULL AND "renewals"."kind" <> 'all';--> statement-breakpoint
CREATE TABLE `waiting` (
	`versionId` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`publisher` text NOT NULL,
	`logIndex` integer NOT NULL,
	`rank` integer DEFAULT 1 NOT NULL,
	`judged` text,
	`changes` integer DEFAULT 1 NOT NULL,
	`known` integer DEFAULT 0 NOT NULL,
	`approvals` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `waiting_rank` ON `waiting` (`rank`,`logIndex`,`versionId`);--> statement-breakpoint
CREATE INDEX `waiting_oldest` ON `waiting` (`logIndex`);--> statement-breakpoint
CREATE INDEX `waiting_name` ON `waiting` (`name`,`versionId`);--> statement-breakpoint
CREATE INDEX `waiting_publisher` ON `waiting` (`publisher`,`versionId`);--> statement-breakpoint
CREATE INDEX `waiting_due` ON `waiting` (`rank`,`logIndex`) WHERE "waiting"."changes" <> "waiting"."known";--> statement-breakpoint
CREATE INDEX `waiting_approved` ON `waiting` (`logIndex`) WHERE "waiting"."approvals" > 0;--> statement-breakpoint
ALTER TABLE `guard` ADD `waiting` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `guard` ADD `quarantined` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- Versions that wait now. Their risk is judged in slices after the migration.
INSERT INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) SELECT `id`, `name`, `publisher`, `logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = `versions`.`id` AND `predicateType` = 'https://skillgate.dev/attestation/approval/v1') FROM `versions` WHERE `status` IN ('in review', 'quarantined');--> statement-breakpoint
UPDATE `guard` SET `waiting` = (SELECT COUNT(*) FROM `waiting`), `quarantined` = (SELECT COUNT(*) FROM `versions` WHERE `status` = 'quarantined');--> statement-breakpoint
-- A version enters and leaves the queue.
CREATE TRIGGER `versions_inserted_waiting` AFTER INSERT ON `versions` WHEN NEW.`status` IN ('in review', 'quarantined') BEGIN INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 'https://skillgate.dev/attestation/approval/v1')); UPDATE `guard` SET `waiting` = `waiting` + 1, `quarantined` = `quarantined` + (NEW.`status` = 'quarantined'); END;--> statement-breakpoint
CREATE TRIGGER `versions_begin_waiting` AFTER UPDATE OF `status` ON `versions` WHEN NEW.`status` IN ('in review', 'quarantined') AND OLD.`status` NOT IN ('in review', 'quarantined') BEGIN INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 'https://skillgate.dev/attestation/approval/v1')); END;--> statement-breakpoint
CREATE TRIGGER `versions_end_waiting` AFTER UPDATE OF `status` ON `versions` WHEN OLD.`status` IN ('in review', 'quarantined') AND NEW.`status` NOT IN ('in review', 'quarantined') BEGIN DELETE FROM `waiting` WHERE `versionId` = NEW.`id`; END;--> statement-breakpoint
CREATE TRIGGER `versions_waiting_counted` AFTER UPDATE OF `status` ON `versions` WHEN OLD.`status` <> NEW.`status` AND (OLD.`status` IN ('in review', 'quarantined') OR NEW.`status` IN ('in review', 'quarantined')) BEGIN UPDATE `guard` SET `waiting` = `waiting` + (NEW.`status` IN ('in review', 'quarantined')) - (OLD.`status` IN ('in review', 'quarantined')), `quarantined` = `quarantined` + (NEW.`status` = 'quarantined') - (OLD.`status` = 'quarantined'); END;--> statement-breakpoint
CREATE TRIGGER `statements_approve_waiting` AFTER INSERT ON `statements` WHEN NEW.`predicateType` = 'https://skillgate.dev/attestation/approval/v1' BEGIN UPDATE `waiting` SET `approvals` = `approvals` + 1 WHERE `versionId` = NEW.`versionId`; END;--> statement-breakpoint
-- Whatever the risk of a version depends on.
CREATE TRIGGER `versions_judged_anew` AFTER UPDATE OF `report`, `verdict` ON `versions` WHEN OLD.`report` IS NOT NEW.`report` OR OLD.`verdict` IS NOT NEW.`verdict` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`id`; END;--> statement-breakpoint
CREATE TRIGGER `versions_known_bad` AFTER UPDATE OF `status`, `verdict` ON `versions` WHEN (OLD.`status` = 'revoked' OR (OLD.`status` IN ('refused', 'quarantined') AND OLD.`verdict` IS 'block')) <> (NEW.`status` = 'revoked' OR (NEW.`status` IN ('refused', 'quarantined') AND NEW.`verdict` IS 'block')) BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('alike', NEW.`id`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `versions_approved_before` AFTER UPDATE OF `status` ON `versions` WHEN (OLD.`status` = 'approved') <> (NEW.`status` = 'approved') AND EXISTS (SELECT 1 FROM `waiting` WHERE `name` = NEW.`name` AND `versionId` <> NEW.`id`) BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('name', NEW.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `versions_publisher_known` AFTER UPDATE OF `status` ON `versions` WHEN NEW.`status` IN ('approved', 'suspended', 'revoked') AND OLD.`status` NOT IN ('approved', 'suspended', 'revoked') AND EXISTS (SELECT 1 FROM `waiting` WHERE `publisher` = NEW.`publisher` AND `versionId` <> NEW.`id`) AND NOT EXISTS (SELECT 1 FROM `versions` WHERE `publisher` = NEW.`publisher` AND `status` IN ('approved', 'suspended', 'revoked') AND `id` <> NEW.`id`) BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('publisher', NEW.`publisher`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `similarity_sketched` AFTER INSERT ON `similarity` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; INSERT INTO `renewals` (`kind`, `value`) VALUES ('sketch', NEW.`versionId`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `scans_inserted_prose` AFTER INSERT ON `scans` WHEN NEW.`prose` IS NOT NULL BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = NEW.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `scans_updated_prose` AFTER UPDATE OF `prose`, `logIndex` ON `scans` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = NEW.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `scans_deleted_prose` AFTER DELETE ON `scans` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = OLD.`versionId`; INSERT INTO `renewals` (`kind`, `value`) SELECT 'name', `name` FROM `versions` WHERE `id` = OLD.`versionId` AND `status` = 'approved' AND EXISTS (SELECT 1 FROM `waiting` WHERE `waiting`.`name` = `versions`.`name`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `packages_scanned` AFTER UPDATE OF `scan` ON `packages` WHEN (OLD.`scan` ->> '$.verdict' IS 'block') <> (NEW.`scan` ->> '$.verdict' IS 'block') BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('package', NEW.`id`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `package_advisories_inserted` AFTER INSERT ON `package_advisories` WHEN NEW.`isMalware` = 1 BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('package', NEW.`packageId`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `package_advisories_deleted` AFTER DELETE ON `package_advisories` WHEN OLD.`isMalware` = 1 BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('package', OLD.`packageId`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;--> statement-breakpoint
CREATE TRIGGER `version_packages_listed` AFTER INSERT ON `version_packages` BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; END;
