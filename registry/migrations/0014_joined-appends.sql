ALTER TABLE `log` ADD `laterInBatch` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
DROP TRIGGER `log_no_update`;--> statement-breakpoint
CREATE TRIGGER `log_no_update` BEFORE UPDATE ON `log` WHEN OLD.`note` IS NOT NULL OR NEW.`index` IS NOT OLD.`index` OR NEW.`leafHash` IS NOT OLD.`leafHash` OR NEW.`body` IS NOT OLD.`body` OR NEW.`root` IS NOT OLD.`root` OR NEW.`peaks` IS NOT OLD.`peaks` OR NEW.`laterInBatch` IS NOT OLD.`laterInBatch` BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
