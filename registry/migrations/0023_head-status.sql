DROP TABLE `marks`;--> statement-breakpoint
-- The index lines of stopped versions show the stop.
UPDATE index_lines SET written = 0 WHERE "versionId" IN (SELECT id FROM versions WHERE status IN ('suspended', 'revoked'));
