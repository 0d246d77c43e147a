-- The row of a line is a list without names, in which a statement is the distance of its log index from the one before.
-- A row that is no JSON stays as it is. Empty lists of capabilities are left out of lines and skills.
DROP TRIGGER `index_lines_no_update`;--> statement-breakpoint
DROP TRIGGER `index_lines_no_delete`;--> statement-breakpoint
DROP TRIGGER `index_lines_counted`;--> statement-breakpoint
DROP TRIGGER `index_lines_no_replace`;--> statement-breakpoint
DROP TRIGGER `skills_words_in`;--> statement-breakpoint
DROP TRIGGER `skills_words_out`;--> statement-breakpoint
DROP TRIGGER `skills_words_change`;--> statement-breakpoint
DROP TRIGGER `version_blobs_no_delete`;--> statement-breakpoint
CREATE TABLE `new_index_lines` (
	`logIndex` integer PRIMARY KEY NOT NULL,
	`versionId` integer NOT NULL,
	`name` text NOT NULL,
	`line` text NOT NULL,
	`written` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_index_lines` (`logIndex`, `versionId`, `name`, `line`, `written`) SELECT `logIndex`, `versionId`, `name`, IIF(`line` LIKE '{"capabilities":%' AND json_valid(`line`), '[' || (`line` -> '$.description') || ',' || (SELECT json_group_array(`value` - `before`) FROM (SELECT `value`, lag(`value`, 1, 0) OVER (ORDER BY `key`) AS `before` FROM json_each(`index_lines`.`line`, '$.statements') ORDER BY `key`)) || IIF(`kinds` = '{}' AND `requires` = '{}', '', ',' || `kinds` || IIF(`requires` = '{}', '', ',' || `requires`)) || ']', `line`), `written` FROM (SELECT *, IIF(json_valid(`line`), (SELECT json_group_object(`key`, json(`value`)) FROM json_each(`index_lines`.`line`, '$.capabilities') WHERE `key` = 'package' OR `value` <> '[]'), NULL) AS `kinds`, IIF(json_valid(`line`), `line` -> '$.requires', NULL) AS `requires` FROM `index_lines`) AS `index_lines` ORDER BY `logIndex`;--> statement-breakpoint
CREATE TABLE `new_skills` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`scope` text GENERATED ALWAYS AS (substr("name", 2, instr("name", '/') - 2)) VIRTUAL NOT NULL,
	`shortName` text GENERATED ALWAYS AS (substr("name", instr("name", '/') + 1)) VIRTUAL NOT NULL,
	`versionId` integer NOT NULL,
	`description` text NOT NULL,
	`capabilities` text NOT NULL,
	`offeredSince` integer NOT NULL,
	`vectorMark` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_skills` (`id`, `name`, `versionId`, `description`, `capabilities`, `offeredSince`, `vectorMark`) SELECT `id`, `name`, `versionId`, `description`, IIF(json_valid(`capabilities`), (SELECT json_group_object(`key`, json(`value`)) FROM json_each(`capabilities`) WHERE `key` = 'package' OR `value` <> '[]'), `capabilities`), `offeredSince`, `vectorMark` FROM `skills` ORDER BY `id`;--> statement-breakpoint
DROP TABLE `index_lines`;--> statement-breakpoint
ALTER TABLE `new_index_lines` RENAME TO `index_lines`;--> statement-breakpoint
CREATE UNIQUE INDEX `index_lines_version` ON `index_lines` (`versionId`);--> statement-breakpoint
CREATE INDEX `index_lines_name` ON `index_lines` (`name`);--> statement-breakpoint
CREATE INDEX `index_lines_unwritten` ON `index_lines` (`name`) WHERE "index_lines"."written" = 0;--> statement-breakpoint
DROP TABLE `skills`;--> statement-breakpoint
ALTER TABLE `new_skills` RENAME TO `skills`;--> statement-breakpoint
CREATE UNIQUE INDEX `skills_name_unique` ON `skills` (`name`);--> statement-breakpoint
CREATE INDEX `skills_short_name` ON `skills` (`shortName`,`name`);--> statement-breakpoint
CREATE INDEX `skills_newest` ON `skills` (`offeredSince`,`name`);--> statement-breakpoint
CREATE INDEX `skills_vector_mark` ON `skills` (`vectorMark`);--> statement-breakpoint
-- Refuses a writer of an earlier release, whose lines have names for their parts.
CREATE TRIGGER `index_lines_form` BEFORE INSERT ON `index_lines` WHEN NEW.`line` LIKE '{"capabilities":%' BEGIN SELECT RAISE(ABORT, 'this form of a line is of an earlier release'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_update` BEFORE UPDATE ON `index_lines` WHEN NEW.`line` IS NOT OLD.`line` OR NEW.`logIndex` IS NOT OLD.`logIndex` OR NEW.`versionId` IS NOT OLD.`versionId` OR NEW.`name` IS NOT OLD.`name` BEGIN SELECT RAISE(ABORT, 'index lines are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_delete` BEFORE DELETE ON `index_lines` BEGIN SELECT RAISE(ABORT, 'index lines are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_counted` AFTER INSERT ON `index_lines` BEGIN UPDATE `guard` SET `lines` = `lines` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_replace` BEFORE INSERT ON `index_lines` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.logIndex') FROM `index_lines` WHERE `logIndex` = NEW.`logIndex`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.versionId') FROM `index_lines` WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_in` AFTER INSERT ON `skills` BEGIN INSERT INTO `skill_words` (`rowid`, `name`, `description`) VALUES (NEW.`id`, substr(NEW.`name`, instr(NEW.`name`, '/') + 1), NEW.`description`); END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_out` AFTER DELETE ON `skills` BEGIN INSERT INTO `skill_words` (`skill_words`, `rowid`, `name`, `description`) VALUES ('delete', OLD.`id`, substr(OLD.`name`, instr(OLD.`name`, '/') + 1), OLD.`description`); END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_change` AFTER UPDATE ON `skills` WHEN OLD.`description` <> NEW.`description` OR OLD.`name` <> NEW.`name` OR OLD.`id` <> NEW.`id` BEGIN INSERT INTO `skill_words` (`skill_words`, `rowid`, `name`, `description`) VALUES ('delete', OLD.`id`, substr(OLD.`name`, instr(OLD.`name`, '/') + 1), OLD.`description`); INSERT INTO `skill_words` (`rowid`, `name`, `description`) VALUES (NEW.`id`, substr(NEW.`name`, instr(NEW.`name`, '/') + 1), NEW.`description`); END;
--> statement-breakpoint
CREATE TRIGGER `version_blobs_no_delete` BEFORE DELETE ON `version_blobs` WHEN (SELECT `status` FROM `versions` WHERE `id` = OLD.`versionId`) NOT IN ('refused', 'withdrawn') OR EXISTS (SELECT 1 FROM `index_lines` WHERE `versionId` = OLD.`versionId`) BEGIN SELECT RAISE(ABORT, 'the files of a version that may be approved stay'); END;
