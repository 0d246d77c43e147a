import { expect, it } from 'vitest';
import { runEscapeSuite } from '../../../../cli/proofs/escape/report.ts';
import type { EscapeRow } from '../../../../cli/proofs/escape/row.ts';
import type { Sandbox } from '../../../../runner/sandbox/sandbox.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';

const absent: Sandbox = {
  name: 'absent',
  gives: [],
  checks: [],
  start: () => Promise.reject(new Problem('sandbox-missing', 'it is not installed')),
};

it.each([
  ['that a busy machine kept from it once works when it is made again', 1, 'succeeds'],
  ['that never works stays refused', 9, 'refused'],
])('a bare twin %s', async (_, failures, expected) => {
  let tries = 0;
  const bare = (): Promise<boolean> => Promise.resolve(++tries > failures);
  const attempt = (): Promise<{ result: 'blocked'; detail: string }> =>
    Promise.resolve({ result: 'blocked', detail: '' });
  const row: EscapeRow = {
    kind: 'runner',
    group: 'the runner',
    name: 'a row',
    wants: 'nothing',
    bare,
    attempt,
  };
  expect(await runEscapeSuite({ rows: [row], sandboxes: [absent] })).toMatchObject([
    { bare: expected },
  ]);
  expect(tries).toBe(2);
});
