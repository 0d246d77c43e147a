-- A sketch is 128 bytes, where a signature in base64 has 693 characters, and has 21 keys in place of 32. Signatures of
-- earlier releases become sketches in slices (registry/review/earlier-signatures.ts).
CREATE TABLE `sketch_bands` (
	`key` integer NOT NULL,
	`versionId` integer NOT NULL,
	PRIMARY KEY(`key`, `versionId`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sketches` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`sketch` blob NOT NULL
);
--> statement-breakpoint
-- The sketch of a whole signature tells nobody anything new.
CREATE TRIGGER `sketches_made` AFTER INSERT ON `sketches` WHEN NOT EXISTS (SELECT 1 FROM `similarity` WHERE `versionId` = NEW.`versionId`) BEGIN UPDATE `waiting` SET `changes` = `changes` + 1 WHERE `versionId` = NEW.`versionId`; INSERT INTO `renewals` (`kind`, `value`) VALUES ('sketch', NEW.`versionId`) ON CONFLICT (`kind`, `value`) DO UPDATE SET `after` = '', `turn` = `turn` + 1; END;
