ALTER TABLE `skills` ADD `shortName` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `skills_short_name` ON `skills` (`shortName`,`name`);--> statement-breakpoint
INSERT INTO `changed_skills` (`name`) SELECT `name` FROM `skills` WHERE true ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1;
