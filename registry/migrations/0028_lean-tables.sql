-- Digests are 32 bytes instead of a text. The key begins with the digest, by which everybody asks, and is the table.
-- The check refuses a writer of an earlier release.
CREATE TABLE `new_version_blobs` (
	`digest` blob NOT NULL,
	`versionId` text NOT NULL,
	PRIMARY KEY(`digest`, `versionId`),
	CONSTRAINT "version_blobs_bytes" CHECK(typeof(`digest`) = 'blob')
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_version_blobs` (`digest`, `versionId`) SELECT unhex(substr(`digest`, 8)) AS `bytes`, `versionId` FROM `version_blobs` WHERE `bytes` IS NOT NULL ORDER BY `bytes`, `versionId`;--> statement-breakpoint
DROP TABLE `version_blobs`;--> statement-breakpoint
ALTER TABLE `new_version_blobs` RENAME TO `version_blobs`;--> statement-breakpoint
CREATE INDEX `drafts_version` ON `drafts` (`versionId`);
