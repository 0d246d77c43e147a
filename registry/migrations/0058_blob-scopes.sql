-- The rows of blobs have numbers in place of scopes. A number is given with the first version of a scope in the index.
DROP TRIGGER `version_blobs_no_delete`;--> statement-breakpoint
CREATE TABLE `blob_scopes` (
	`number` integer PRIMARY KEY NOT NULL,
	`scope` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `blob_scopes_scope_unique` ON `blob_scopes` (`scope`);--> statement-breakpoint
INSERT INTO `blob_scopes` (`scope`) SELECT substr(`name`, 2, instr(`name`, '/') - 2) FROM `index_lines` GROUP BY 1 ORDER BY min(`logIndex`);--> statement-breakpoint
INSERT INTO `blob_scopes` (`scope`) SELECT DISTINCT `scope` FROM `version_blobs` WHERE `scope` <> '' AND `scope` NOT IN (SELECT `scope` FROM `blob_scopes`);--> statement-breakpoint
CREATE TABLE `new_version_blobs` (
	`digest` blob NOT NULL,
	`scope` integer NOT NULL,
	`versionId` integer NOT NULL,
	PRIMARY KEY(`digest`, `scope`, `versionId`),
	CONSTRAINT "version_blobs_bytes" CHECK(typeof(`digest`) = 'blob' AND typeof(`scope`) = 'integer')
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_version_blobs` (`digest`, `scope`, `versionId`) SELECT `digest`, COALESCE((SELECT `number` FROM `blob_scopes` WHERE `scope` = `version_blobs`.`scope`), 0), `versionId` FROM `version_blobs` ORDER BY 1, 2, 3;--> statement-breakpoint
DROP TABLE `version_blobs`;--> statement-breakpoint
ALTER TABLE `new_version_blobs` RENAME TO `version_blobs`;
--> statement-breakpoint
CREATE TRIGGER `version_blobs_no_delete` BEFORE DELETE ON `version_blobs` WHEN (SELECT `status` FROM `versions` WHERE `id` = OLD.`versionId`) NOT IN ('refused', 'withdrawn') OR EXISTS (SELECT 1 FROM `index_lines` WHERE `versionId` = OLD.`versionId`) BEGIN SELECT RAISE(ABORT, 'the files of a version that may be approved stay'); END;
--> statement-breakpoint
CREATE TRIGGER `blob_scopes_no_update` BEFORE UPDATE ON `blob_scopes` BEGIN SELECT RAISE(ABORT, 'a scope keeps its number'); END;
--> statement-breakpoint
CREATE TRIGGER `blob_scopes_no_delete` BEFORE DELETE ON `blob_scopes` BEGIN SELECT RAISE(ABORT, 'a scope keeps its number'); END;
--> statement-breakpoint
CREATE TRIGGER `blob_scopes_no_replace` BEFORE INSERT ON `blob_scopes` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: blob_scopes.scope') FROM `blob_scopes` WHERE `number` = NEW.`number` OR `scope` = NEW.`scope`; END;
