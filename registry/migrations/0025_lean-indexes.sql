DROP INDEX `statements_certificate`;--> statement-breakpoint
CREATE UNIQUE INDEX `statements_certificate` ON `statements` (`certificate`,`predicateType`) WHERE "statements"."certificate" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `drafts_expires` ON `drafts` (`expiresAt`);