CREATE TABLE `notice_places` (
	`recipient` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`failedAt` integer,
	`nextAt` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`state` text,
	`versionId` text NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL,
	`more` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notices_stopped` ON `notices` (`at`,`by`,`state`) WHERE "notices"."kind" = 'stopped';--> statement-breakpoint
CREATE INDEX `notices_at` ON `notices` (`at`);--> statement-breakpoint
CREATE TRIGGER `audit_notices` AFTER INSERT ON `audit` WHEN NEW.`versionId` IS NOT NULL AND (NEW.`kind` IN ('asked', 'answered') OR (NEW.`kind` = 'move' AND NEW.`to` IN ('in review', 'quarantined', 'approved', 'refused', 'suspended', 'revoked'))) BEGIN INSERT INTO `notices` (`kind`, `state`, `versionId`, `by`, `at`) VALUES (CASE WHEN NEW.`kind` <> 'move' THEN NEW.`kind` WHEN NEW.`to` IN ('in review', 'quarantined') THEN 'waiting' WHEN NEW.`to` IN ('suspended', 'revoked') THEN 'stopped' ELSE 'decided' END, NEW.`to`, NEW.`versionId`, NEW.`by`, NEW.`at`) ON CONFLICT (`at`, `by`, `state`) WHERE `kind` = 'stopped' DO UPDATE SET `more` = `more` + 1; END;
