CREATE TABLE `advisories` (
	`versionId` text PRIMARY KEY NOT NULL,
	`published` integer NOT NULL,
	`modified` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `advisories_modified` ON `advisories` (`modified`,`versionId`);--> statement-breakpoint
INSERT INTO `advisories` (`versionId`, `published`, `modified`) SELECT `versionId`, MIN(`at`), (SELECT MAX(`at`) FROM `audit` AS `last` WHERE `last`.`versionId` = `audit`.`versionId` AND `last`.`kind` = 'move') FROM `audit` WHERE `to` IN ('suspended', 'revoked') AND `versionId` IS NOT NULL GROUP BY `versionId`;--> statement-breakpoint
CREATE TRIGGER `audit_advised` AFTER INSERT ON `audit` WHEN NEW.`kind` = 'move' AND (NEW.`to` IN ('suspended', 'revoked') OR NEW.`from` = 'suspended') BEGIN INSERT INTO `advisories` (`versionId`, `published`, `modified`) VALUES (NEW.`versionId`, NEW.`at`, NEW.`at`) ON CONFLICT (`versionId`) DO UPDATE SET `modified` = MAX(`modified` + 1, excluded.`modified`); END;
