/** A database in memory with the tables of a registry, where SQLite refuses what D1 refuses. */
import { globSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
  compoundTermsMax,
  functionArgumentsMax,
  parametersMax,
  patternBytesMax,
  rowBytesMax,
  statementBytesMax,
} from './limits.ts';

/** @throws what SQLite says of a migration that D1 would refuse */
export function openD1(): DatabaseSync {
  const database = new DatabaseSync(':memory:', {
    limits: {
      compoundSelect: compoundTermsMax,
      functionArg: functionArgumentsMax,
      length: rowBytesMax,
      likePatternLength: patternBytesMax,
      sqlLength: statementBytesMax,
      variableNumber: parametersMax,
    },
  });
  for (const file of globSync('registry/migrations/*.sql').sort())
    for (const sql of readFileSync(file, 'utf8').split('--> statement-breakpoint'))
      database.exec(sql);
  return database;
}
