INSERT INTO `guard` (`id`, `ok`) VALUES (1, 1);
--> statement-breakpoint
CREATE TRIGGER `audit_no_update` BEFORE UPDATE ON `audit` BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_no_delete` BEFORE DELETE ON `audit` BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `log_no_update` BEFORE UPDATE ON `log` WHEN OLD.`note` IS NOT NULL OR NEW.`index` IS NOT OLD.`index` OR NEW.`leafHash` IS NOT OLD.`leafHash` OR NEW.`body` IS NOT OLD.`body` OR NEW.`root` IS NOT OLD.`root` OR NEW.`peaks` IS NOT OLD.`peaks` BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `log_no_delete` BEFORE DELETE ON `log` BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_update` BEFORE UPDATE ON `statements` WHEN OLD.`bundle` IS NOT NULL OR NEW.`logIndex` IS NOT OLD.`logIndex` OR NEW.`predicateType` IS NOT OLD.`predicateType` OR NEW.`payload` IS NOT OLD.`payload` OR NEW.`signer` IS NOT OLD.`signer` OR NEW.`envelope` IS NOT OLD.`envelope` OR NEW.`versionId` IS NOT OLD.`versionId` BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_delete` BEFORE DELETE ON `statements` BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_update` BEFORE UPDATE ON `index_lines` WHEN NEW.`line` IS NOT OLD.`line` OR NEW.`logIndex` IS NOT OLD.`logIndex` OR NEW.`versionId` IS NOT OLD.`versionId` OR NEW.`name` IS NOT OLD.`name` BEGIN SELECT RAISE(ABORT, 'index lines are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `index_lines_no_delete` BEFORE DELETE ON `index_lines` BEGIN SELECT RAISE(ABORT, 'index lines are immutable'); END;
