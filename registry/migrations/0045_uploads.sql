CREATE TABLE `upload_files` (
	`id` text PRIMARY KEY NOT NULL,
	`session` text NOT NULL,
	`digest` text NOT NULL,
	`bytes` integer NOT NULL,
	`expiresAt` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `upload_files_session` ON `upload_files` (`session`,`expiresAt`);--> statement-breakpoint
CREATE INDEX `upload_files_expires` ON `upload_files` (`expiresAt`);--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`scope` text NOT NULL,
	`name` text NOT NULL,
	`version` text NOT NULL,
	`bundle` text NOT NULL,
	`fingerprint` text NOT NULL,
	`bytes` integer NOT NULL,
	`token` text NOT NULL,
	`by` text NOT NULL,
	`createdAt` integer NOT NULL,
	`expiresAt` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `uploads_scope` ON `uploads` (`scope`,`expiresAt`);--> statement-breakpoint
CREATE INDEX `uploads_by` ON `uploads` (`by`,`expiresAt`);--> statement-breakpoint
CREATE INDEX `uploads_name` ON `uploads` (`name`,`version`);--> statement-breakpoint
CREATE INDEX `uploads_expires` ON `uploads` (`expiresAt`);--> statement-breakpoint
CREATE INDEX `sessions_uploads` ON `sessions` (`subject`) WHERE "sessions"."kind" = 'upload';