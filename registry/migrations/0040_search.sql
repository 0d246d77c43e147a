-- The rows get ids, which stay over a VACUUM: the full-text index knows a skill by its id.
CREATE TABLE `name_words` (
	`variant` text NOT NULL,
	`word` text NOT NULL,
	PRIMARY KEY(`variant`, `word`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `new_skills` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`scope` text NOT NULL,
	`versionId` text NOT NULL,
	`version` text NOT NULL,
	`description` text NOT NULL,
	`capabilities` text NOT NULL,
	`offeredSince` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `new_skills` (`name`, `scope`, `versionId`, `version`, `description`, `capabilities`, `offeredSince`) SELECT `name`, `scope`, `versionId`, `version`, `description`, `capabilities`, `offeredSince` FROM `skills` ORDER BY `name`;--> statement-breakpoint
DROP TABLE `skills`;--> statement-breakpoint
ALTER TABLE `new_skills` RENAME TO `skills`;--> statement-breakpoint
CREATE UNIQUE INDEX `skills_name_unique` ON `skills` (`name`);--> statement-breakpoint
CREATE INDEX `skills_scope` ON `skills` (`scope`,`name`);--> statement-breakpoint
CREATE INDEX `skills_newest` ON `skills` (`offeredSince`,`name`);--> statement-breakpoint
-- The index has no copy of the texts. The triggers give it the texts of a row that goes.
CREATE VIRTUAL TABLE `skill_words` USING fts5(`name`, `description`, content='', tokenize='porter unicode61 remove_diacritics 2');--> statement-breakpoint
INSERT INTO `skill_words` (`skill_words`, `rank`) VALUES ('rank', 'bm25(3.0, 1.0)');--> statement-breakpoint
INSERT INTO `skill_words` (`rowid`, `name`, `description`) SELECT `id`, substr(`name`, instr(`name`, '/') + 1), `description` FROM `skills`;--> statement-breakpoint
CREATE TRIGGER `skills_words_in` AFTER INSERT ON `skills` BEGIN INSERT INTO `skill_words` (`rowid`, `name`, `description`) VALUES (NEW.`id`, substr(NEW.`name`, instr(NEW.`name`, '/') + 1), NEW.`description`); END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_out` AFTER DELETE ON `skills` BEGIN INSERT INTO `skill_words` (`skill_words`, `rowid`, `name`, `description`) VALUES ('delete', OLD.`id`, substr(OLD.`name`, instr(OLD.`name`, '/') + 1), OLD.`description`); END;
--> statement-breakpoint
CREATE TRIGGER `skills_words_change` AFTER UPDATE ON `skills` WHEN OLD.`description` <> NEW.`description` OR OLD.`name` <> NEW.`name` OR OLD.`id` <> NEW.`id` BEGIN INSERT INTO `skill_words` (`skill_words`, `rowid`, `name`, `description`) VALUES ('delete', OLD.`id`, substr(OLD.`name`, instr(OLD.`name`, '/') + 1), OLD.`description`); INSERT INTO `skill_words` (`rowid`, `name`, `description`) VALUES (NEW.`id`, substr(NEW.`name`, instr(NEW.`name`, '/') + 1), NEW.`description`); END;
--> statement-breakpoint
-- Renewals write the words of the names.
INSERT INTO `changed_skills` (`name`) SELECT `name` FROM `skills` WHERE TRUE ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1;
