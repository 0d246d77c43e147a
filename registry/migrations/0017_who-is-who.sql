CREATE TABLE `identity_names` (
	`name` text NOT NULL,
	`logIndex` integer NOT NULL,
	PRIMARY KEY(`name`, `logIndex`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `identity_names_log` ON `identity_names` (`logIndex`);--> statement-breakpoint
CREATE TABLE `names_filled` (
	`predicateType` text PRIMARY KEY NOT NULL,
	`upTo` integer NOT NULL,
	`until` integer NOT NULL,
	`checked` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TRIGGER `identity_names_no_update` BEFORE UPDATE ON `identity_names` BEGIN SELECT RAISE(ABORT, 'identity names are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `identity_names_no_delete` BEFORE DELETE ON `identity_names` BEGIN SELECT RAISE(ABORT, 'identity names are append-only'); END;
--> statement-breakpoint
-- A writer of an earlier release logs statements without names: nobody would find the end of a key.
CREATE TRIGGER `statements_named` BEFORE INSERT ON `statements` WHEN (NEW.`predicateType` IN ('https://skillgate.dev/attestation/scope/v1', 'https://skillgate.dev/attestation/key/v1') OR (NEW.`predicateType` = 'https://skillgate.dev/attestation/revocation/v1' AND NEW.`versionId` IS NULL)) AND NOT EXISTS (SELECT 1 FROM `identity_names` WHERE `logIndex` = NEW.`logIndex`) BEGIN SELECT RAISE(ABORT, 'an identity statement has no name'); END;
--> statement-breakpoint
INSERT INTO `names_filled` (`predicateType`, `upTo`, `until`) SELECT `value`, 0, (SELECT COALESCE(MAX(`logIndex`) + 1, 0) FROM `statements`) FROM json_each('["https://skillgate.dev/attestation/scope/v1","https://skillgate.dev/attestation/key/v1","https://skillgate.dev/attestation/revocation/v1"]');
