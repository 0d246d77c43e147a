-- Digests are 32 bytes instead of a text, and a type is a number instead of an address. No row goes: a damaged
-- digest stays as the bytes of its text. The check refuses a writer of an earlier release.
DROP TRIGGER `versions_inserted_waiting`;--> statement-breakpoint
DROP TRIGGER `versions_begin_waiting`;--> statement-breakpoint
DROP TRIGGER `log_segments_move`;--> statement-breakpoint
DROP TRIGGER `log_segments_fit`;--> statement-breakpoint
CREATE TABLE `new_statements` (
	`logIndex` integer PRIMARY KEY NOT NULL,
	`predicateType` integer NOT NULL,
	`payload` blob NOT NULL,
	`signer` blob NOT NULL,
	`envelope` text NOT NULL,
	`versionId` text,
	`bundle` blob,
	`createdAt` integer NOT NULL,
	`certificate` blob,
	`material` text,
	`fact` text,
	CONSTRAINT "statements_bytes" CHECK(typeof(`payload`) = 'blob' AND typeof(`bundle`) <> 'text')
);
--> statement-breakpoint
INSERT INTO `new_statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, CASE `predicateType` WHEN 'https://skillgate.dev/attestation/publish/v1' THEN 1 WHEN 'https://slsa.dev/provenance/v1' THEN 2 WHEN 'https://skillgate.dev/attestation/scan/v1' THEN 3 WHEN 'https://skillgate.dev/attestation/approval/v1' THEN 4 WHEN 'https://slsa.dev/verification_summary/v1' THEN 5 WHEN 'https://skillgate.dev/attestation/revocation/v1' THEN 6 WHEN 'https://skillgate.dev/attestation/advice/v1' THEN 7 WHEN 'https://skillgate.dev/attestation/member/v1' THEN 8 WHEN 'https://skillgate.dev/attestation/scope/v1' THEN 9 WHEN 'https://skillgate.dev/attestation/key/v1' THEN 10 END, COALESCE(unhex(substr(`payload`, 8)), CAST(`payload` AS BLOB)), COALESCE(unhex(substr(`signer`, 8)), CAST(`signer` AS BLOB)), `envelope`, `versionId`, COALESCE(unhex(substr(`bundle`, 8)), CAST(`bundle` AS BLOB)), `createdAt`, COALESCE(unhex(substr(`certificate`, 8)), CAST(`certificate` AS BLOB)), `material`, CASE WHEN `fact` LIKE 'sha256:%' THEN unhex(substr(`fact`, 8)) ELSE `fact` END FROM `statements` ORDER BY `logIndex`;--> statement-breakpoint
DROP TABLE `statements`;--> statement-breakpoint
ALTER TABLE `new_statements` RENAME TO `statements`;--> statement-breakpoint
DROP TABLE `moving_statements`;--> statement-breakpoint
CREATE TABLE `moving_statements` AS SELECT * FROM `statements` WHERE FALSE;--> statement-breakpoint
-- `statements_no_replace` keeps pairs of payload and signer apart. So the index needs no whole digest.
CREATE INDEX `statements_payload` ON `statements` (substr(`payload`, 1, 8));--> statement-breakpoint
CREATE UNIQUE INDEX `statements_certificate` ON `statements` (`certificate`,`predicateType`) WHERE "statements"."certificate" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `statements_bundle` ON `statements` (`bundle`);--> statement-breakpoint
CREATE INDEX `statements_version_type` ON `statements` (`versionId`,`predicateType`);--> statement-breakpoint
CREATE INDEX `statements_type` ON `statements` (`predicateType`);--> statement-breakpoint
-- The triggers as they were, and one against UPDATE OR REPLACE, which deletes a row without the triggers on DELETE.
CREATE TRIGGER `versions_inserted_waiting` AFTER INSERT ON `versions` WHEN NEW.`status` IN ('in review', 'quarantined') BEGIN INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 4)); UPDATE `guard` SET `waiting` = `waiting` + 1, `quarantined` = `quarantined` + (NEW.`status` = 'quarantined'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_begin_waiting` AFTER UPDATE OF `status` ON `versions` WHEN NEW.`status` IN ('in review', 'quarantined') AND OLD.`status` NOT IN ('in review', 'quarantined') BEGIN INSERT OR IGNORE INTO `waiting` (`versionId`, `name`, `publisher`, `logIndex`, `approvals`) VALUES (NEW.`id`, NEW.`name`, NEW.`publisher`, NEW.`logIndex`, (SELECT COUNT(*) FROM `statements` WHERE `versionId` = NEW.`id` AND `predicateType` = 4)); END;
--> statement-breakpoint
CREATE TRIGGER `log_segments_move` AFTER INSERT ON `log_segments` BEGIN INSERT INTO `moving_log` (`index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map`) SELECT `index`, `leafHash`, '', `root`, IIF(`index` = NEW.`until` - 1, `peaks`, '[]'), IIF(`index` = NEW.`until` - 1, `note`, NULL), `laterInBatch`, `map` FROM `log` WHERE `index` >= NEW.`first` AND `index` < NEW.`until`; DELETE FROM `log` WHERE `index` >= NEW.`first` AND `index` < NEW.`until`; INSERT INTO `log` (`index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map`) SELECT `index`, `leafHash`, `body`, `root`, `peaks`, `note`, `laterInBatch`, `map` FROM `moving_log`; DELETE FROM `moving_log`; INSERT INTO `moving_statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, '', `versionId`, `bundle`, `createdAt`, `certificate`, IIF(`material` IS NULL, NULL, json_object('certificate', json_object('rawBytes', `material` ->> '$.certificate.rawBytes'))), `fact` FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND `predicateType` IN (1, 2, 3, 4, 5); DELETE FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND `predicateType` IN (1, 2, 3, 4, 5); INSERT INTO `statements` (`logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact`) SELECT `logIndex`, `predicateType`, `payload`, `signer`, `envelope`, `versionId`, `bundle`, `createdAt`, `certificate`, `material`, `fact` FROM `moving_statements`; DELETE FROM `moving_statements`; END;
--> statement-breakpoint
CREATE TRIGGER `log_segments_fit` BEFORE INSERT ON `log_segments` WHEN NEW.`first` <> COALESCE((SELECT `until` FROM `log_segments` ORDER BY `first` DESC LIMIT 1), 0) OR NEW.`until` <= NEW.`first` OR NOT EXISTS (SELECT 1 FROM `log` WHERE `index` = NEW.`until` - 1 AND `laterInBatch` = 0 AND `note` IS NOT NULL) OR EXISTS (SELECT 1 FROM `statements` WHERE `logIndex` >= NEW.`first` AND `logIndex` < NEW.`until` AND (`bundle` IS NULL OR (`fact` IS NULL AND `predicateType` IN (3, 4, 5)))) BEGIN SELECT RAISE(ABORT, 'a log segment does not fit the log'); END;
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
