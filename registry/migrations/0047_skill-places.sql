CREATE TABLE `skill_places` (
	`id` integer PRIMARY KEY NOT NULL,
	`privacy` text NOT NULL,
	`after` text
);
