/** The log of what happened: lines that nobody wrote, and lines that are not there any more. */
import * as fs from 'node:fs';
import { readEntries, verifyAuditFile } from '../../../../runner/audit/audit-file.ts';
import type { Outcome, RunnerAttempt } from '../row.ts';
import { auditFileOf, auditKeyFileOf, type EscapeSkill } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';
import { logsAsTold, readsChangedLog, triesBare } from './naive.ts';
import { runOnce } from './run-once.ts';

const quiet: EscapeSkill = { files: { 'probe.sh': 'echo started' } };

/** What is done to a log that is read later. */
const changes: Readonly<Record<string, (lines: readonly string[]) => readonly string[]>> = {
  removed: ([first = '', , ...others]) => [first, ...others],
  altered: ([first = '', ...others]) => [first.replace(/probe|start/, 'other'), ...others],
  moved: ([first = '', second = '', ...others]) => [second, first, ...others],
  doubled: ([first = '', ...others]) => [first, first, ...others],
  'cut off at the end': (lines) => lines.slice(0, -2),
};

const forged = '\n{"schema":"skillgate.audit/1","event":"exit","reason":"forged"}\n\u001b[2K\u202e';

/** The log of what happened. */
export const logRows: readonly RunnerAttempt[] = [
  {
    name: 'write a line of the log through the stated reason',
    wants: 'a history of its own',
    bare: async (world) => logsAsTold(world, forged),
    attempt: async (world, sandbox) => {
      await runOnce(
        world,
        sandbox,
        () => quiet,
        () => ({ why: forged }),
      );
      return judgeLog(world);
    },
  },
  {
    name: 'write a line of the log by printing it',
    wants: 'a history of its own',
    bare: async (world) =>
      logsAsTold(world, await triesBare(world, `print(${JSON.stringify(forged)})`)),
    attempt: async (world, sandbox) => {
      await runOnce(world, sandbox, () => ({
        files: { 'probe.sh': `printf '%s' '${forged}'; printf '%s' '${forged}' >&2` },
      }));
      return judgeLog(world);
    },
  },
  ...Object.entries(changes).map(
    ([how, change]): RunnerAttempt => ({
      name: `a line of the log that is ${how}`,
      wants: 'no trace of what it did',
      bare: async () => readsChangedLog(change),
      attempt: async (world, sandbox) => {
        await runOnce(world, sandbox, () => quiet);
        await runOnce(world, sandbox, () => quiet);
        const file = auditFileOf(world);
        const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
        fs.writeFileSync(file, `${change(lines).join('\n')}\n`);
        const verdict = await verifyAuditFile(file, auditKeyFileOf(world));
        return verdict.kind === 'broken'
          ? { result: 'blocked', detail: `line ${verdict.line}: ${verdict.why}` }
          : { result: 'through', detail: 'the log still counts as whole' };
      },
    }),
  ),
];

async function judgeLog(world: EscapeWorld): Promise<Outcome> {
  const file = auditFileOf(world);
  const verdict = await verifyAuditFile(file, auditKeyFileOf(world));
  if (verdict.kind === 'broken')
    return { result: 'through', detail: `the log is broken: ${verdict.why}` };
  const found =
    (await readEntries(file, (entry) => entry.event === 'exit' && entry.reason === 'forged'))
      .length > 0;
  const acts = /[\x00-\x09\x0b-\x1f\u202e]/.test(fs.readFileSync(file, 'utf8'));
  if (found || acts)
    return { result: 'through', detail: found ? 'a forged line' : 'a control character' };
  return { result: 'blocked', detail: `${verdict.lines} lines, whole` };
}
