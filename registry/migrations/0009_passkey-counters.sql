CREATE TABLE `passkey_counters` (
	`credentialId` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL
);
