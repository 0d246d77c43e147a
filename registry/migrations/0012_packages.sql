CREATE TABLE `package_advisories` (
	`packageId` integer NOT NULL,
	`advisory` text NOT NULL,
	`isMalware` integer NOT NULL,
	`summary` text NOT NULL,
	PRIMARY KEY(`packageId`, `advisory`)
);
--> statement-breakpoint
CREATE TABLE `package_backlog` (
	`versionId` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `packages` (
	`id` integer PRIMARY KEY NOT NULL,
	`ecosystem` text NOT NULL,
	`name` text NOT NULL,
	`version` text NOT NULL,
	`digest` text NOT NULL,
	`lock` text NOT NULL,
	`leaseUntil` integer DEFAULT 0 NOT NULL,
	`lookedAt` integer,
	`lookedBy` text,
	`looked` text,
	`why` text,
	`moreAdvisories` integer DEFAULT 0 NOT NULL,
	`facts` text,
	`scan` text,
	`judgedUpTo` text,
	`judgings` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `packages_entry` ON `packages` (`ecosystem`,`name`,`version`,`digest`);--> statement-breakpoint
CREATE INDEX `packages_next` ON `packages` (`lookedAt`,`leaseUntil`,`id`);--> statement-breakpoint
CREATE INDEX `packages_unjudged` ON `packages` (`id`) WHERE "packages"."judgedUpTo" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `version_packages` (
	`versionId` text NOT NULL,
	`packageId` integer NOT NULL,
	PRIMARY KEY(`versionId`, `packageId`)
);
--> statement-breakpoint
CREATE INDEX `version_packages_package` ON `version_packages` (`packageId`,`versionId`);--> statement-breakpoint
INSERT INTO `package_backlog` SELECT `id` FROM `versions`;--> statement-breakpoint
CREATE TRIGGER `versions_packages_backlog` AFTER INSERT ON `versions` BEGIN INSERT OR IGNORE INTO `package_backlog` VALUES (NEW.`id`); END;
