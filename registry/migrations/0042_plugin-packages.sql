CREATE TABLE `plugin_packages` (
	`versionId` text PRIMARY KEY NOT NULL,
	`digest` blob NOT NULL
);
