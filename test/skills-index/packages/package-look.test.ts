import * as v from 'valibot';
import { expect, it } from 'vitest';
import {
  leasedPackage,
  type PackageReport,
  packageReport,
} from '../../../skills-index/packages/package-report.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

const facts = {
  file: 'pandas-2.2.3-py3-none-any.whl',
  sha256: digestOf('wheel'),
  bytes: 12_000_000,
  files: 1_400,
  isNative: true,
  read: 'whole',
};
const finding = { rule: 'code/eval', severity: 'low', path: 'a.py', line: 3, message: 'eval' };
const scan = { ruleSet: digestOf('rules'), verdict: 'pass', findings: [finding], more: 0 };
const whole = { looked: 'whole', facts, scan, advisories: [] };
const advisory = { id: 'MAL-2026-1', isMalware: true, summary: 'steals keys' };

it.each([
  ['a whole package', whole],
  ['a whole package whose scan came to no end', { looked: 'whole', facts, advisories: [] }],
  ['advisories alone', { looked: 'advisories', advisories: [advisory], moreAdvisories: 3 }],
  ['no package', { looked: 'not fetched', why: 'the index has no such file', advisories: [] }],
])('takes a look at %s', (_, look) => {
  expect(v.parse(packageReport, look)).toEqual(look);
});

it('spells out no text of a stranger: control, writing-direction and half characters go', () => {
  const hostile = 'MIT\u0000\u001b[31m\u202e\u2028\ud800';
  const look: PackageReport = v.parse(packageReport, {
    ...whole,
    facts: { ...facts, licence: hostile },
  });
  expect(look.facts?.licence).toBe('MIT\ufffd\ufffd[31m\ufffd\ufffd\ufffd');
});

it.each([
  ['10,000 findings', { ...whole, scan: { ...scan, findings: Array(10_000).fill(finding) } }],
  [
    'a summary of 201 characters',
    { ...whole, advisories: [{ ...advisory, summary: 's'.repeat(201) }] },
  ],
  ['an id that is a path', { ...whole, advisories: [{ ...advisory, id: 'MAL-../../x' }] }],
  [
    'facts of more than 2 KB',
    {
      ...whole,
      facts: { ...facts, licence: '漢'.repeat(200), scripts: Array(10).fill('漢'.repeat(100)) },
    },
  ],
  ['an unknown member', { ...whole, verified: true }],
  ['a whole look without facts', { looked: 'whole', advisories: [] }],
  ['facts that nobody looked at', { ...whole, looked: 'advisories' }],
  ['a failure without a reason', { looked: 'not fetched', advisories: [] }],
])('refuses %s', (_, look) => {
  expect(v.safeParse(packageReport, look).success).toBe(false);
});

it.each([
  ['nothing to look at', { package: null }, true],
  [
    'a package to look at',
    {
      package: {
        id: 1,
        ecosystem: 'npm',
        name: 'docx',
        version: '9.5.0',
        digest: digestOf('entry'),
        lock: digestOf('lock'),
        lookedBefore: false,
      },
    },
    true,
  ],
  ['a package without a lock', { package: { id: 1, ecosystem: 'npm', name: 'docx' } }, false],
])('reads the answer to a scanner: %s', (_, answer, success) => {
  expect(v.safeParse(leasedPackage, answer).success).toBe(success);
});
