-- Each row has the scope of a version in the index. One lookup finds whether a scope shows a blob, however many
-- versions have the blob.
CREATE TABLE `new_version_blobs` (
	`digest` blob NOT NULL,
	`scope` text NOT NULL,
	`versionId` text NOT NULL,
	PRIMARY KEY(`digest`, `scope`, `versionId`),
	CONSTRAINT "version_blobs_bytes" CHECK(typeof(`digest`) = 'blob')
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_version_blobs` (`digest`, `scope`, `versionId`) SELECT `digest`, COALESCE((SELECT substr(`name`, 2, instr(`name`, '/') - 2) FROM `index_lines` WHERE `index_lines`.`versionId` = `version_blobs`.`versionId`), ''), `versionId` FROM `version_blobs`;--> statement-breakpoint
DROP TABLE `version_blobs`;--> statement-breakpoint
ALTER TABLE `new_version_blobs` RENAME TO `version_blobs`;--> statement-breakpoint
-- The trigger of 0031, which went with the table.
CREATE TRIGGER `version_blobs_no_delete` BEFORE DELETE ON `version_blobs` WHEN (SELECT `status` FROM `versions` WHERE `id` = OLD.`versionId`) NOT IN ('refused', 'withdrawn') OR EXISTS (SELECT 1 FROM `index_lines` WHERE `versionId` = OLD.`versionId`) BEGIN SELECT RAISE(ABORT, 'the files of a version that may be approved stay'); END;
