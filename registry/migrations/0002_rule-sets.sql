CREATE TABLE `rule_sets` (
	`digest` text PRIMARY KEY NOT NULL,
	`described` text NOT NULL,
	`place` integer NOT NULL,
	`looked` text,
	`by` text NOT NULL,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rule_sets_place_unique` ON `rule_sets` (`place`);--> statement-breakpoint
ALTER TABLE `scans` ADD `selectors` text;