CREATE TABLE `log_segments` (
	`first` integer PRIMARY KEY NOT NULL,
	`until` integer NOT NULL,
	`digest` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `log_segments_digest` ON `log_segments` (`digest`);--> statement-breakpoint
ALTER TABLE `statements` ADD `fact` text;
--> statement-breakpoint
CREATE TRIGGER `log_segments_no_update` BEFORE UPDATE ON `log_segments` BEGIN SELECT RAISE(ABORT, 'log segments are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `log_segments_no_delete` BEFORE DELETE ON `log_segments` BEGIN SELECT RAISE(ABORT, 'log segments are append-only'); END;
--> statement-breakpoint
-- A row with evidence is replaced by a row without, once a segment has the evidence: SQLite frees the
-- pages of a deleted row, and keeps those of a row that an UPDATE makes smaller.
DROP TRIGGER `log_no_delete`;--> statement-breakpoint
CREATE TRIGGER `log_no_delete` BEFORE DELETE ON `log` WHEN OLD.`body` = '' OR COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= OLD.`index` ORDER BY `first` DESC LIMIT 1), 0) <= OLD.`index` BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `log_body` BEFORE INSERT ON `log` WHEN (NEW.`body` = '') <> (COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= NEW.`index` ORDER BY `first` DESC LIMIT 1), 0) > NEW.`index`) BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
--> statement-breakpoint
DROP TRIGGER `log_map`;--> statement-breakpoint
CREATE TRIGGER `log_map` BEFORE INSERT ON `log` WHEN NEW.`laterInBatch` = 0 AND NEW.`map` IS NULL AND NEW.`body` <> '' BEGIN SELECT RAISE(ABORT, 'a log entry has no map'); END;
--> statement-breakpoint
DROP TRIGGER `statements_no_delete`;--> statement-breakpoint
CREATE TRIGGER `statements_no_delete` BEFORE DELETE ON `statements` WHEN OLD.`envelope` = '' OR OLD.`predicateType` NOT IN ('https://skillgate.dev/attestation/publish/v1', 'https://slsa.dev/provenance/v1', 'https://skillgate.dev/attestation/scan/v1', 'https://skillgate.dev/attestation/approval/v1', 'https://slsa.dev/verification_summary/v1') OR COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= OLD.`logIndex` ORDER BY `first` DESC LIMIT 1), 0) <= OLD.`logIndex` BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_envelope` BEFORE INSERT ON `statements` WHEN (NEW.`envelope` = '') <> (COALESCE((SELECT `until` FROM `log_segments` WHERE `first` <= NEW.`logIndex` ORDER BY `first` DESC LIMIT 1), 0) > NEW.`logIndex`) BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
--> statement-breakpoint
DROP TRIGGER `statements_approve_waiting`;--> statement-breakpoint
CREATE TRIGGER `statements_approve_waiting` AFTER INSERT ON `statements` WHEN NEW.`predicateType` = 'https://skillgate.dev/attestation/approval/v1' AND NEW.`envelope` <> '' BEGIN UPDATE `waiting` SET `approvals` = `approvals` + 1 WHERE `versionId` = NEW.`versionId`; END;
