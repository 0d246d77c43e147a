CREATE TABLE `tuf_sets` (
	`version` integer PRIMARY KEY NOT NULL,
	`offline` integer NOT NULL,
	`statusSha256` text NOT NULL,
	`checkpointSha256` text NOT NULL,
	`status` text NOT NULL,
	`checkpoint` text NOT NULL,
	`online` text NOT NULL,
	`snapshot` text NOT NULL,
	`timestamp` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tuf_sets_status` ON `tuf_sets` (`statusSha256`);--> statement-breakpoint
CREATE INDEX `tuf_sets_checkpoint` ON `tuf_sets` (`checkpointSha256`);