CREATE TABLE `audit` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`versionId` text,
	`move` integer,
	`from` text,
	`to` text,
	`by` text NOT NULL,
	`why` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_version_move` ON `audit` (`versionId`,`move`);--> statement-breakpoint
CREATE INDEX `audit_version` ON `audit` (`versionId`);--> statement-breakpoint
CREATE TABLE `challenge` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`member` text,
	`expiresAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `drafts` (
	`digest` text PRIMARY KEY NOT NULL,
	`versionId` text NOT NULL,
	`statement` text NOT NULL,
	`by` text NOT NULL,
	`expiresAt` integer NOT NULL,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `guard` (
	`id` integer PRIMARY KEY NOT NULL,
	`ok` integer NOT NULL,
	CONSTRAINT "guard_holds" CHECK("guard"."ok" = 1)
);
--> statement-breakpoint
CREATE TABLE `index_lines` (
	`logIndex` integer PRIMARY KEY NOT NULL,
	`versionId` text NOT NULL,
	`name` text NOT NULL,
	`line` text NOT NULL,
	`written` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `index_lines_version` ON `index_lines` (`versionId`);--> statement-breakpoint
CREATE INDEX `index_lines_name` ON `index_lines` (`name`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`versionId` text NOT NULL,
	`state` text NOT NULL,
	`lease` text,
	`worker` text,
	`leaseUntil` integer NOT NULL,
	`attempts` integer NOT NULL,
	`detail` text,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `jobs_next` ON `jobs` (`state`,`leaseUntil`);--> statement-breakpoint
CREATE INDEX `jobs_version` ON `jobs` (`versionId`);--> statement-breakpoint
CREATE TABLE `log` (
	`index` integer PRIMARY KEY NOT NULL,
	`leafHash` text NOT NULL,
	`body` text NOT NULL,
	`root` text NOT NULL,
	`peaks` text NOT NULL,
	`note` text
);
--> statement-breakpoint
CREATE TABLE `marks` (
	`bundle` text PRIMARY KEY NOT NULL,
	`kind` text,
	`reason` text NOT NULL,
	`since` integer NOT NULL,
	`logIndex` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pending_passkey` (
	`credentialId` text PRIMARY KEY NOT NULL,
	`member` text NOT NULL,
	`publicKey` text NOT NULL,
	`rpId` text NOT NULL,
	`origin` text NOT NULL,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `review_notes` (
	`id` text PRIMARY KEY NOT NULL,
	`versionId` text NOT NULL,
	`kind` text NOT NULL,
	`by` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `review_notes_version` ON `review_notes` (`versionId`);--> statement-breakpoint
CREATE TABLE `scans` (
	`versionId` text NOT NULL,
	`ruleSet` text NOT NULL,
	`report` text NOT NULL,
	`verdict` text NOT NULL,
	`logIndex` integer NOT NULL,
	PRIMARY KEY(`versionId`, `ruleSet`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`createdAt` integer NOT NULL,
	`seenAt` integer NOT NULL,
	`expiresAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `statements` (
	`logIndex` integer PRIMARY KEY NOT NULL,
	`predicateType` text NOT NULL,
	`payload` text NOT NULL,
	`signer` text NOT NULL,
	`envelope` text NOT NULL,
	`versionId` text,
	`bundle` text,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `statements_payload_signer` ON `statements` (`payload`,`signer`);--> statement-breakpoint
CREATE UNIQUE INDEX `statements_bundle` ON `statements` (`bundle`);--> statement-breakpoint
CREATE INDEX `statements_version` ON `statements` (`versionId`);--> statement-breakpoint
CREATE INDEX `statements_type` ON `statements` (`predicateType`);--> statement-breakpoint
CREATE TABLE `status_file` (
	`id` integer PRIMARY KEY NOT NULL,
	`issuedAt` integer NOT NULL,
	`logSize` integer NOT NULL,
	`bytes` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tickets` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`expiresAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `version_blobs` (
	`versionId` text NOT NULL,
	`digest` text NOT NULL,
	PRIMARY KEY(`versionId`, `digest`)
);
--> statement-breakpoint
CREATE INDEX `version_blobs_digest` ON `version_blobs` (`digest`);--> statement-breakpoint
CREATE TABLE `versions` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`version` text NOT NULL,
	`bundle` text NOT NULL,
	`status` text NOT NULL,
	`move` integer NOT NULL,
	`publisher` text NOT NULL,
	`verdict` text,
	`report` text,
	`createdAt` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `versions_name_version` ON `versions` (`name`,`version`);--> statement-breakpoint
CREATE INDEX `versions_status` ON `versions` (`status`);--> statement-breakpoint
CREATE INDEX `versions_bundle` ON `versions` (`bundle`);