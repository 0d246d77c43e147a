CREATE TABLE `cosignatures` (
	`size` integer NOT NULL,
	`name` text NOT NULL,
	`seconds` integer NOT NULL,
	`line` text NOT NULL,
	PRIMARY KEY(`size`, `name`)
);
