-- The row of a statement has the first eight bytes of the digest of its payload, and a short fact of an
-- approval. Nobody asks when another lean statement came. The indexes over publishers have their first eight bytes.
DROP TRIGGER `log_segments_fit`;--> statement-breakpoint
DROP TRIGGER `log_segments_move`;--> statement-breakpoint
DROP TRIGGER `statements_named`;--> statement-breakpoint
DROP TRIGGER `statements_no_delete`;--> statement-breakpoint
DROP TRIGGER `statements_envelope`;--> statement-breakpoint
DROP TRIGGER `statements_approve_waiting`;--> statement-breakpoint
DROP TRIGGER `statements_no_update`;--> statement-breakpoint
DROP TRIGGER `versions_inserted_waiting`;--> statement-breakpoint
DROP TRIGGER `versions_begin_waiting`;--> statement-breakpoint
DROP TRIGGER `statements_no_replace`;--> statement-breakpoint
DROP TRIGGER `statements_bundle_once`;--> statement-breakpoint
DROP TRIGGER `versions_publisher_known`;--> statement-breakpoint
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
	CONSTRAINT "statements_bytes" CHECK(typeof(`payload`) = 'blob' AND length(`payload`) <= 8 AND typeof(`bundle`) <> 'text')
);
--> statement-breakpoint
INSERT INTO `new_statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, substr(`payload`, 1, 8), `signer`, `envelope`, `versionId`, `bundle`, IIF(`envelope` = '' AND `predicateType` <> 4, 0, `createdAt`), `certificate`, `material`, CASE WHEN typeof(`fact`) = 'text' AND `fact` LIKE '{"basis":"sha256:%' AND json_valid(`fact`) THEN COALESCE(unhex(substr(`fact` ->> '$.basis', 8) || hex(IIF(`fact` ->> '$.credentialId' IS NULL, json_array(`fact` ->> '$.expires', `fact` ->> '$.reviewer'), json_array(`fact` ->> '$.expires', `fact` ->> '$.reviewer', `fact` ->> '$.credentialId')))), `fact`) ELSE `fact` END FROM `statements` ORDER BY `logIndex`;--> statement-breakpoint
DROP TABLE `statements`;--> statement-breakpoint
ALTER TABLE `new_statements` RENAME TO `statements`;--> statement-breakpoint
CREATE INDEX `statements_payload` ON `statements` (`payload`);--> statement-breakpoint
CREATE UNIQUE INDEX `statements_certificate` ON `statements` (`certificate`,`predicateType`) WHERE "statements"."certificate" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `statements_version_type` ON `statements` (`versionId`,`predicateType`);--> statement-breakpoint
CREATE INDEX `statements_bundle` ON `statements` (substr("bundle", 1, 8));--> statement-breakpoint
CREATE INDEX `statements_type` ON `statements` (`predicateType`) WHERE "statements"."predicateType" >= 5;--> statement-breakpoint
DROP INDEX `versions_publisher`;--> statement-breakpoint
CREATE INDEX `versions_publisher` ON `versions` (substr("publisher", 1, 8),`logIndex`);--> statement-breakpoint
DROP INDEX `versions_publisher_status`;--> statement-breakpoint
CREATE INDEX `versions_publisher_status` ON `versions` (substr("publisher", 1, 8),`status`);
--> statement-breakpoint
CREATE TRIGGER `log_segments_fit` BEFORE INSERT ON `log_segments` WHEN NEW.`first` <> COALESCE((SELECT `until` FROM `log_segments` ORDER BY `first` DESC LIMIT 1), 0) OR NEW.`until` <= NEW.`first` OR NOT EXISTS (SELECT 1 FROM `log` WHERE `index` = NEW.`until` - 1 AND `laterInBatch` = 0 AND `note` IS NOT NULL) OR EXISTS (SELECT 1 FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND (`bundle` IS NULL OR (`fact` IS NULL AND `predicateType` IN (3, 4, 5)))) BEGIN SELECT RAISE(ABORT, 'a log segment does not fit the log'); END;
--> statement-breakpoint
CREATE TRIGGER `log_segments_move` AFTER INSERT ON `log_segments` BEGIN INSERT INTO `moving_log` (`index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map`) SELECT `index`, `leafHash`, '', IIF(`index` = NEW.`until` - 1, `root`, ''), IIF(`index` = NEW.`until` - 1, `peaks`, '[]'), IIF(`index` = NEW.`until` - 1, `note`, NULL), `laterInBatch`, IIF(`index` = NEW.`until` - 1, `map`, NULL) FROM `log` WHERE `index` >= NEW.`first` AND `index` < NEW.`until`; DELETE FROM `log` WHERE `index` >= NEW.`first` AND `index` < NEW.`until`; INSERT INTO `log` (`index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map`) SELECT `index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map` FROM `moving_log`; DELETE FROM `moving_log`; INSERT INTO `moving_statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, '', `versionId`, `bundle`, IIF(`predicateType` = 4, `createdAt`, 0), `certificate`, IIF(`material` IS NULL, NULL, json_object('certificate', json_object('rawBytes', `material` ->> '$.certificate.rawBytes'))), `fact` FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND `predicateType` IN (1, 2, 3, 4, 5); DELETE FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND `predicateType` IN (1, 2, 3, 4, 5); INSERT INTO `statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact` FROM `moving_statements`; DELETE FROM `moving_statements`; END;
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
CREATE TRIGGER `versions_inserted_waiting` AFTER INSERT ON `versions` WHEN NEW.`status` IN ('in review', 'quarantined') BEGIN INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 4)); UPDATE `guard` SET `waiting` = `waiting` + 1, `quarantined` = `quarantined` + (NEW.`status` = 'quarantined'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_begin_waiting` AFTER UPDATE OF `status` ON `versions` WHEN NEW.`status` IN ('in review', 'quarantined') AND OLD.`status` NOT IN ('in review', 'quarantined') BEGIN INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 4)); END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_replace` BEFORE INSERT ON `statements` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.logIndex') FROM `statements` WHERE `logIndex` = NEW.`logIndex`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.payload, statements.signer') FROM `statements` WHERE `payload` = NEW.`payload` AND `signer` = NEW.`signer`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.certificate, statements.predicateType') FROM `statements` WHERE `certificate` = NEW.`certificate` AND `predicateType` = NEW.`predicateType`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.bundle') FROM `statements` WHERE substr(`bundle`, 1, 8) = substr(NEW.`bundle`, 1, 8) AND `bundle` = NEW.`bundle`; END;
--> statement-breakpoint
CREATE TRIGGER `statements_bundle_once` BEFORE UPDATE OF `bundle` ON `statements` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.bundle') FROM `statements` WHERE substr(`bundle`, 1, 8) = substr(NEW.`bundle`, 1, 8) AND `bundle` = NEW.`bundle` AND `logIndex` <> OLD.`logIndex`; END;
--> statement-breakpoint
CREATE TRIGGER `versions_publisher_known` AFTER UPDATE OF `status` ON `versions` WHEN NEW.`status` IN ('approved', 'suspended', 'revoked') AND OLD.`status` NOT IN ('approved', 'suspended', 'revoked') AND EXISTS (SELECT 1 FROM `waiting` WHERE `publisher` = NEW.`publisher` AND `versionId` <> NEW.`id`) AND NOT EXISTS (SELECT 1 FROM `versions` WHERE substr(`publisher`, 1, 8) = substr(NEW.`publisher`, 1, 8) AND `publisher` = NEW.`publisher` AND `status` IN ('approved', 'suspended', 'revoked') AND `id` <> NEW.`id`) BEGIN INSERT INTO `renewals` (`kind`, `value`) VALUES ('publisher', 'sha256:' || lower(hex(NEW.`publisher`))) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
