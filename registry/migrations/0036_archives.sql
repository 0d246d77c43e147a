CREATE TABLE `archives` (
	`bundle` blob PRIMARY KEY NOT NULL,
	`digest` blob NOT NULL
);
