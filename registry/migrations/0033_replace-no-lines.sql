-- INSERT OR REPLACE deletes rows without the triggers on DELETE.
CREATE TRIGGER `index_lines_no_replace` BEFORE INSERT ON `index_lines` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.logIndex') FROM `index_lines` WHERE `logIndex` = NEW.`logIndex`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: index_lines.versionId') FROM `index_lines` WHERE `versionId` = NEW.`versionId`; END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_replace` BEFORE INSERT ON `audit` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: audit.id') FROM `audit` WHERE `id` = NEW.`id`; SELECT RAISE(ABORT, 'UNIQUE constraint failed: audit.versionId, audit.move') FROM `audit` WHERE `versionId` = NEW.`versionId` AND `move` = NEW.`move`; END;
