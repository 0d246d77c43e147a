-- The index over addresses has their first eight bytes, as the index over payloads has. The triggers keep addresses apart.
DROP INDEX `statements_bundle`;--> statement-breakpoint
CREATE INDEX `statements_bundle` ON `statements` (substr("bundle", 1, 8));--> statement-breakpoint
DROP TRIGGER `statements_no_replace`;--> statement-breakpoint
DROP TRIGGER `statements_bundle_once`;--> statement-breakpoint
CREATE TRIGGER `statements_no_replace` BEFORE INSERT ON `statements` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.logIndex') FROM `statements` WHERE `logIndex` = NEW.`logIndex`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.payload, statements.signer') FROM `statements` WHERE substr(`payload`, 1, 8) = substr(NEW.`payload`, 1, 8) AND `payload` = NEW.`payload` AND `signer` = NEW.`signer`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.certificate, statements.predicateType') FROM `statements` WHERE `certificate` = NEW.`certificate` AND `predicateType` = NEW.`predicateType`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.bundle') FROM `statements` WHERE substr(`bundle`, 1, 8) = substr(NEW.`bundle`, 1, 8) AND `bundle` = NEW.`bundle`; END;
--> statement-breakpoint
CREATE TRIGGER `statements_bundle_once` BEFORE UPDATE OF `bundle` ON `statements` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: statements.bundle') FROM `statements` WHERE substr(`bundle`, 1, 8) = substr(NEW.`bundle`, 1, 8) AND `bundle` = NEW.`bundle` AND `logIndex` <> OLD.`logIndex`; END;
