CREATE TABLE `pending_stops` (
	`publisher` text PRIMARY KEY NOT NULL,
	`logIndex` integer NOT NULL,
	`kind` text NOT NULL,
	`by` text NOT NULL,
	`why` text NOT NULL,
	`at` integer NOT NULL,
	`after` text DEFAULT '' NOT NULL
);
