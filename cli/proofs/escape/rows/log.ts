/** The audit log: forged lines, and changes to the file. */
import * as fs from 'node:fs';
import * as audit from '../../../../runner/audit/public.ts';
import type { Outcome, RunnerAttempt } from '../row.ts';
import { auditFileOf, auditKeyFileOf, type EscapeSkill } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';
import { acceptsChangedLog, logsUnescaped, runCodeBare } from './naive.ts';
import { runOnce } from './run-once.ts';

const quiet: EscapeSkill = { files: { 'probe.sh': 'echo started' } };

/** Changes to the lines of a log. */
const changes: Readonly<Record<string, (lines: readonly string[]) => readonly string[]>> = {
  removed: ([first = '', , ...others]) => [first, ...others],
  altered: ([first = '', ...others]) => [first.replace(/probe|start/, 'other'), ...others],
  moved: ([first = '', second = '', ...others]) => [second, first, ...others],
  repeated: ([first = '', ...others]) => [first, first, ...others],
  'cut off at the end': (lines) => lines.slice(0, -2),
};

const forged = '\n{"schema":"skillgate.audit/1","event":"exit","reason":"forged"}\n\u001b[2K\u202e';

export const logRows: readonly RunnerAttempt[] = [
  {
    name: 'forge a log line in the stated reason',
    wants: 'a log with forged lines',
    bare: async (world) => logsUnescaped(world, forged),
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
    name: 'forge a log line by printing it',
    wants: 'a log with forged lines',
    bare: async (world) =>
      logsUnescaped(world, await runCodeBare(world, `print(${JSON.stringify(forged)})`)),
    attempt: async (world, sandbox) => {
      await runOnce(world, sandbox, () => ({
        files: { 'probe.sh': `printf '%s' '${forged}'; printf '%s' '${forged}' >&2` },
      }));
      return judgeLog(world);
    },
  },
  ...Object.entries(changes).map(
    ([how, change]): RunnerAttempt => ({
      name: `tamper with the log: lines are ${how}`,
      wants: 'a log without its acts',
      bare: async () => acceptsChangedLog(change),
      attempt: async (world, sandbox) => {
        await runOnce(world, sandbox, () => quiet);
        await runOnce(world, sandbox, () => quiet);
        const file = auditFileOf(world);
        const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
        fs.writeFileSync(file, `${change(lines).join('\n')}\n`);
        const verdict = await audit.verifyAuditFile(file, auditKeyFileOf(world));
        return verdict.kind === 'broken'
          ? { result: 'blocked', detail: `line ${verdict.line}: ${verdict.why}` }
          : { result: 'through', detail: 'the verification noticed no change' };
      },
    }),
  ),
];

async function judgeLog(world: EscapeWorld): Promise<Outcome> {
  const file = auditFileOf(world);
  const verdict = await audit.verifyAuditFile(file, auditKeyFileOf(world));
  if (verdict.kind === 'broken')
    return { result: 'through', detail: `the log is broken: ${verdict.why}` };
  const isForged =
    (await audit.readEntries(file, (entry) => entry.event === 'exit' && entry.reason === 'forged'))
      .length > 0;
  const hasControls = /[\x00-\x09\x0b-\x1f\u202e]/.test(fs.readFileSync(file, 'utf8'));
  if (isForged || hasControls)
    return { result: 'through', detail: isForged ? 'a forged line' : 'a control character' };
  return { result: 'blocked', detail: `${verdict.lines} lines, none forged` };
}
