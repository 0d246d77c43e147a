import { expect, it } from 'vitest';
import { packagesNotes } from '../../../runner/packages/package-environment.ts';
import { auditLineBytesMax } from '../../../skills-index/run/audit/audit-chain.ts';

const planned = (count: number) => ({
  ecosystem: 'python' as const,
  path: '/data/packages/sets/0123456789abcdef/tree',
  target: '/packages/python',
  reason: '',
  packages: Array.from(
    { length: count },
    (_, at) => `a-package-with-a-name-${at} 2026.11.${at} sha256:${'0'.repeat(64)}`,
  ),
});

it('the audit log names the packages that a host chose, and fits into a line', () => {
  const notes = packagesNotes({ ...planned(300), isHouse: true });
  expect(notes[0]).toBe('packages of python: 300 in set 0123456789ab');
  expect(notes[1]).toMatch(
    /^chosen by this host: a-package-with-a-name-0 2026\.11\.0 sha256:0{64}$/,
  );
  expect(notes.at(-1)).toBe('chosen by this host: 220 more');
  expect(JSON.stringify(notes).length).toBeLessThan(auditLineBytesMax - 2_000);
  expect(packagesNotes(planned(300))).toHaveLength(1);
  expect(packagesNotes({ ...planned(2), isHouse: true })).toHaveLength(3);
});
