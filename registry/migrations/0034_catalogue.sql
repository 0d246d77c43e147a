CREATE TABLE `changed_skills` (
	`name` text PRIMARY KEY NOT NULL,
	`turn` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `skills` (
	`name` text PRIMARY KEY NOT NULL,
	`scope` text NOT NULL,
	`versionId` text NOT NULL,
	`version` text NOT NULL,
	`description` text NOT NULL,
	`capabilities` text NOT NULL,
	`offeredSince` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `skills_scope` ON `skills` (`scope`,`name`);--> statement-breakpoint
CREATE INDEX `skills_newest` ON `skills` (`offeredSince`,`name`);--> statement-breakpoint
CREATE TRIGGER `versions_change_skill` AFTER UPDATE OF `status` ON `versions` WHEN OLD.`status` <> NEW.`status` AND 'approved' IN (OLD.`status`, NEW.`status`) BEGIN INSERT INTO `changed_skills` (`name`) VALUES (NEW.`name`) ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `advice_change_skill` AFTER INSERT ON `advice` BEGIN INSERT INTO `changed_skills` (`name`) SELECT `name` FROM `versions` WHERE `id` = NEW.`versionId` ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1; END;
--> statement-breakpoint
CREATE TRIGGER `advice_back_change_skill` AFTER DELETE ON `advice` BEGIN INSERT INTO `changed_skills` (`name`) SELECT `name` FROM `versions` WHERE `id` = OLD.`versionId` ON CONFLICT (`name`) DO UPDATE SET `turn` = `turn` + 1; END;
--> statement-breakpoint
INSERT INTO `changed_skills` (`name`) SELECT DISTINCT `name` FROM `index_lines`;
