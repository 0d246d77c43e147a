ALTER TABLE `statements` ADD `certificate` text;--> statement-breakpoint
ALTER TABLE `statements` ADD `material` text;--> statement-breakpoint
CREATE UNIQUE INDEX `statements_certificate` ON `statements` (`certificate`,`predicateType`);