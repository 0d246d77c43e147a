DROP INDEX `audit_kind`;--> statement-breakpoint
DROP INDEX `audit_version`;--> statement-breakpoint
DROP INDEX `audit_to`;--> statement-breakpoint
CREATE INDEX `audit_deleted` ON `audit` (`kind`,`at`) WHERE "audit"."kind" = 'deleted';--> statement-breakpoint
CREATE INDEX `audit_version` ON `audit` (`versionId`,`kind`,`at`) WHERE "audit"."move" IS NULL;--> statement-breakpoint
CREATE INDEX `audit_to` ON `audit` (`to`,`at`) WHERE "audit"."to" IN ('approved', 'refused', 'suspended', 'revoked', 'withdrawn');--> statement-breakpoint
DROP INDEX `jobs_next`;--> statement-breakpoint
DROP INDEX `jobs_oldest`;--> statement-breakpoint
DROP INDEX `jobs_fitting`;--> statement-breakpoint
CREATE INDEX `jobs_next` ON `jobs` (`state`,`leaseUntil`) WHERE "jobs"."state" IN ('waiting', 'leased');--> statement-breakpoint
CREATE INDEX `jobs_oldest` ON `jobs` (`state`,`createdAt`,`id`) WHERE "jobs"."state" IN ('waiting', 'leased');--> statement-breakpoint
CREATE INDEX `jobs_fitting` ON `jobs` (`state`,`ruleSet`,`createdAt`,`id`) WHERE "jobs"."state" IN ('waiting', 'leased');