CREATE TABLE `similarity` (
	`place` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`versionId` text NOT NULL,
	`signature` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `similarity_versionId_unique` ON `similarity` (`versionId`);--> statement-breakpoint
CREATE TABLE `similarity_bands` (
	`key` integer NOT NULL,
	`place` integer NOT NULL,
	PRIMARY KEY(`key`, `place`)
) WITHOUT ROWID;
