-- A search makes the words near a typo itself, so the table has the words alone.
CREATE TABLE `new_name_words` (
	`word` text PRIMARY KEY NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_name_words` (`word`) SELECT DISTINCT `word` FROM `name_words` ORDER BY 1;--> statement-breakpoint
DROP TABLE `name_words`;--> statement-breakpoint
ALTER TABLE `new_name_words` RENAME TO `name_words`;--> statement-breakpoint
-- SQLite never chose this index before `audit_version_move`.
DROP INDEX `audit_version`;--> statement-breakpoint
-- The index has the types that somebody looks up alone.
DROP INDEX `statements_type`;--> statement-breakpoint
CREATE INDEX `statements_type` ON `statements` (`predicateType`) WHERE "statements"."predicateType" >= 5;--> statement-breakpoint
-- The index over bundles has their first eight bytes.
DROP INDEX `versions_bundle`;--> statement-breakpoint
CREATE INDEX `versions_bundle` ON `versions` (substr("bundle", 1, 8));
