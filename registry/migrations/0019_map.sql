CREATE TABLE `map_nodes` (
	`path` text NOT NULL,
	`size` integer NOT NULL,
	`node` text NOT NULL,
	PRIMARY KEY(`path`, `size`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `map_filled` (
	`id` integer PRIMARY KEY NOT NULL,
	`upTo` text NOT NULL,
	`size` integer NOT NULL,
	`root` text
);
--> statement-breakpoint
ALTER TABLE `log` ADD `map` text;--> statement-breakpoint
DROP TRIGGER `log_no_update`;--> statement-breakpoint
CREATE TRIGGER `log_no_update` BEFORE UPDATE ON `log` WHEN OLD.`note` IS NOT NULL OR NEW.`index` IS NOT OLD.`index` OR NEW.`leafHash` IS NOT OLD.`leafHash` OR NEW.`body` IS NOT OLD.`body` OR NEW.`root` IS NOT OLD.`root` OR NEW.`peaks` IS NOT OLD.`peaks` OR NEW.`laterInBatch` IS NOT OLD.`laterInBatch` OR NEW.`map` IS NOT OLD.`map` BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
--> statement-breakpoint
-- A writer of an earlier release knows no map: its checkpoints would leave out statements.
CREATE TRIGGER `log_map` BEFORE INSERT ON `log` WHEN NEW.`laterInBatch` = 0 AND NEW.`map` IS NULL BEGIN SELECT RAISE(ABORT, 'a log entry has no map'); END;
--> statement-breakpoint
INSERT INTO `map_filled` (`id`, `upTo`, `size`) SELECT 1, '', MAX(`index`) + 1 FROM `log` HAVING COUNT(*) > 0;
--> statement-breakpoint
-- Statements on members and on single versions have names from now on, and other statements more.
UPDATE `names_filled` SET `upTo` = 0, `checked` = 0, `until` = (SELECT COALESCE(MAX(`logIndex`) + 1, 0) FROM `statements`);
--> statement-breakpoint
INSERT INTO `names_filled` (`predicateType`, `upTo`, `until`) SELECT 'https://skillgate.dev/attestation/member/v1', 0, COALESCE(MAX(`logIndex`) + 1, 0) FROM `statements`;
--> statement-breakpoint
DROP TRIGGER `statements_named`;--> statement-breakpoint
CREATE TRIGGER `statements_named` BEFORE INSERT ON `statements` WHEN NEW.`predicateType` IN ('https://skillgate.dev/attestation/scope/v1', 'https://skillgate.dev/attestation/key/v1', 'https://skillgate.dev/attestation/member/v1', 'https://skillgate.dev/attestation/revocation/v1') AND NOT EXISTS (SELECT 1 FROM `identity_names` WHERE `logIndex` = NEW.`logIndex`) BEGIN SELECT RAISE(ABORT, 'an identity statement has no name'); END;
