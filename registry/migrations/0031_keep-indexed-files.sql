-- Somebody who edits the state of a version in the index takes none of its files.
DROP TRIGGER `version_blobs_no_delete`;
--> statement-breakpoint
CREATE TRIGGER `version_blobs_no_delete` BEFORE DELETE ON `version_blobs` WHEN (SELECT `status` FROM `versions` WHERE `id` = OLD.`versionId`) NOT IN ('refused', 'withdrawn') OR EXISTS (SELECT 1 FROM `index_lines` WHERE `versionId` = OLD.`versionId`) BEGIN SELECT RAISE(ABORT, 'the files of a version that may be approved stay'); END;
