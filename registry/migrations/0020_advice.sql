CREATE TABLE `advice` (
	`versionId` text NOT NULL,
	`kind` text NOT NULL,
	`logIndex` integer NOT NULL,
	PRIMARY KEY(`versionId`, `kind`)
);
