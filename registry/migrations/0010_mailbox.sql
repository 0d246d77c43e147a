CREATE TABLE `mailbox` (
	`id` text PRIMARY KEY NOT NULL,
	`to` text NOT NULL,
	`host` text NOT NULL,
	`network` text NOT NULL,
	`enrolled` integer NOT NULL,
	`expiresAt` integer NOT NULL,
	`message` text NOT NULL,
	`answer` text
);
--> statement-breakpoint
CREATE INDEX `mailbox_to` ON `mailbox` (`to`);--> statement-breakpoint
CREATE INDEX `mailbox_host` ON `mailbox` (`host`);--> statement-breakpoint
CREATE INDEX `mailbox_network` ON `mailbox` (`network`);--> statement-breakpoint
CREATE INDEX `mailbox_expires` ON `mailbox` (`expiresAt`);