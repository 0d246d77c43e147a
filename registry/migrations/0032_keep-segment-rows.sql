-- INSERT OR REPLACE deletes a row without the trigger on DELETE: the segment with this digest.
CREATE TRIGGER `log_segments_no_replace` BEFORE INSERT ON `log_segments` BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: log_segments.digest') FROM `log_segments` WHERE `digest` = NEW.`digest`; END;
