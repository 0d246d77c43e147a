ALTER TABLE `upload_files` ADD `scope` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `upload_files_scope` ON `upload_files` (`scope`);