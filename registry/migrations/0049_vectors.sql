CREATE TABLE `skill_vectors` (
	`name` text PRIMARY KEY NOT NULL,
	`vector` blob NOT NULL
);
--> statement-breakpoint
ALTER TABLE `skills` ADD `vectorMark` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `skills_vector_mark` ON `skills` (`vectorMark`);