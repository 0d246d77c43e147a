/**
 * Started by scan.ts: prints the resident memory before and the most during scans of every fixture,
 * in megabytes.
 */
import { fixtureSkills } from './skills.ts';

const before = process.resourceUsage().maxRSS / 1_000;
const { scanSkill } = await import('../scanner/scan.ts');
for (const files of fixtureSkills()) await scanSkill(files);
process.stdout.write(
  `${before.toFixed(0)} ${(process.resourceUsage().maxRSS / 1_000).toFixed(0)}\n`,
);
