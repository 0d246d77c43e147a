-- The row of an index line has what no other row has: a line repeats the row of its version, and the addresses of
-- statements, for which log indexes stand here. A line that these rows do not give byte for byte stays whole.
DROP TRIGGER `version_blobs_no_delete`;--> statement-breakpoint
CREATE TABLE `new_index_lines` (
	`logIndex` integer PRIMARY KEY NOT NULL,
	`versionId` text NOT NULL,
	`name` text NOT NULL,
	`line` text NOT NULL,
	`written` integer NOT NULL
);
--> statement-breakpoint
WITH `parsed` AS (
	SELECT `index_lines`.*, `versions`.`version`, `versions`.`bundle`, `versions`.`publisher`, IIF(json_valid(`line`), `line`, '{}') AS `text`
	FROM `index_lines` LEFT JOIN `versions` ON `versions`.`id` = `index_lines`.`versionId` AND `versions`.`name` = `index_lines`.`name`
), `placed` AS (
	SELECT *, `text` -> '$.capabilities' AS `capabilities`, `text` -> '$.description' AS `description`, `text` -> '$.requires' AS `requires`,
	(SELECT json_group_array(`logIndex`) FROM (SELECT `statements`.`logIndex` FROM json_each(`text`, '$.statements') JOIN `statements` ON `statements`.`bundle` = unhex(substr(`value`, 8)) ORDER BY `statements`.`logIndex`)) AS `places`
	FROM `parsed`
), `made` AS (
	SELECT *, json_object('bundle', `bundle`, 'capabilities', json(`capabilities`), 'description', json(`description`), 'logIndex', `logIndex`, 'name', `name`, 'publisher', `publisher`, 'requires', json(`requires`), 'schema', 'skillgate.index/1', 'statements', json((SELECT json_group_array(`address`) FROM (SELECT 'sha256:' || lower(hex(`statements`.`bundle`)) AS `address` FROM json_each(`places`) JOIN `statements` ON `statements`.`logIndex` = `value` ORDER BY `address`))), 'version', `version`) AS `whole`
	FROM `placed`
)
INSERT INTO `new_index_lines` (`logIndex`, `versionId`, `name`, `line`, `written`) SELECT `logIndex`, `versionId`, `name`, IIF(`whole` = `line`, json_object('capabilities', json(`capabilities`), 'description', json(`description`), 'requires', json(`requires`), 'statements', json(`places`)), `line`), `written` FROM `made` ORDER BY `logIndex`;--> statement-breakpoint
DROP TABLE `index_lines`;--> statement-breakpoint
ALTER TABLE `new_index_lines` RENAME TO `index_lines`;--> statement-breakpoint
CREATE UNIQUE INDEX `index_lines_version` ON `index_lines` (`versionId`);--> statement-breakpoint
CREATE INDEX `index_lines_name` ON `index_lines` (`name`);--> statement-breakpoint
CREATE INDEX `index_lines_unwritten` ON `index_lines` (`name`) WHERE "index_lines"."written" = 0;--> statement-breakpoint
-- The triggers as they were.
CREATE TRIGGER `index_lines_no_update` BEFORE UPDATE ON `index_lines` WHEN NEW.`line` IS NOT OLD.`line` OR NEW.`logIndex` IS NOT OLD.`logIndex` OR NEW.`versionId` IS NOT OLD.`versionId` OR NEW.`name` IS NOT OLD.`name` BEGIN SELECT RAISE(ABORT, 'index lines are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_delete` BEFORE DELETE ON `index_lines` BEGIN SELECT RAISE(ABORT, 'index lines are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_counted` AFTER INSERT ON `index_lines` BEGIN UPDATE `guard` SET `lines` = `lines` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_replace` BEFORE INSERT ON `index_lines` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.logIndex') FROM `index_lines` WHERE `logIndex` = NEW.`logIndex`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.versionId') FROM `index_lines` WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `version_blobs_no_delete` BEFORE DELETE ON `version_blobs` WHEN (SELECT `status` FROM `versions` WHERE `id` = OLD.`versionId`) NOT IN ('refused', 'withdrawn') OR EXISTS (SELECT 1 FROM `index_lines` WHERE `versionId` = OLD.`versionId`) BEGIN SELECT RAISE(ABORT, 'the files of a version that may be approved stay'); END;
--> statement-breakpoint
-- A line is made of the row of its version, so that row keeps what the line repeats.
CREATE TRIGGER `versions_no_rename` BEFORE UPDATE OF `id`, `name`, `version`, `bundle`, `publisher` ON `versions` WHEN NEW.`id` IS NOT OLD.`id` OR NEW.`name` IS NOT OLD.`name` OR NEW.`version` IS NOT OLD.`version` OR NEW.`bundle` IS NOT OLD.`bundle` OR NEW.`publisher` IS NOT OLD.`publisher` BEGIN SELECT RAISE(ABORT, 'a version keeps its name, bundle and publisher'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_no_delete` BEFORE DELETE ON `versions` BEGIN SELECT RAISE(ABORT, 'a version keeps its row'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_no_replace` BEFORE INSERT ON `versions` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: versions.name, versions.version') FROM `versions` WHERE `name` = NEW.`name` AND `version` = NEW.`version`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: versions.id') FROM `versions` WHERE `id` = NEW.`id`; END;
