CREATE TABLE `observation_jobs` (
	`versionId` integer PRIMARY KEY NOT NULL,
	`lease` blob,
	`worker` text,
	`leaseUntil` integer NOT NULL,
	`attempts` integer NOT NULL,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `observation_jobs_next` ON `observation_jobs` (`leaseUntil`,`versionId`);--> statement-breakpoint
CREATE INDEX `observation_jobs_lease` ON `observation_jobs` (`lease`);