import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { judge } from '../../../../skills-index/trust/decision/judge.ts';
import {
  defaultPolicy,
  type Policy,
  parsePolicy,
  policyDigest,
} from '../../../../skills-index/trust/policy/policy.ts';
import { type Twist, tellStory } from '../../story.ts';
import { testSigner } from '../../story-keys.ts';
import { reasonsOf, reasonsUnder } from './judged.ts';
import { administrator, enrol as enrolment, say } from './withheld.ts';

const policy: Policy = { ...defaultPolicy, scanners: 2 };
const second = testSigner('second scanner');
const third = testSigner('third scanner');

const enrol = (name: string, { named }: typeof second) =>
  say(enrolment(name, { roles: ['scanner'], key: named }), administrator);
const signedBy =
  (
    key: typeof second,
    change: (scan: Statement) => Statement = (scan) => scan,
  ): NonNullable<Twist['scans']> =>
  async (log, scan) => [await log.say(change(scan), key)];

describe('a policy of two scanners', () => {
  it('admits a version whose report a second scanner signed too, and names both', async () => {
    const before = enrol('second', second);
    expect(await reasonsUnder(policy, { before, scans: signedBy(second) })).toEqual([]);
  });

  it.each<[string, Twist, string]>([
    [
      'one scanner alone, whose key an operator may have',
      {},
      'scans-missing: 1 of 2 scanners signed the report',
    ],
    [
      'two keys of one member',
      { before: enrol('scanner', second), scans: signedBy(second) },
      'scans-missing: 1 of 2 scanners signed the report',
    ],
    ['a second key that nobody enrolled', { scans: signedBy(third) }, 'scanner-unknown'],
    [
      'a second scanner that found something else',
      {
        before: enrol('second', second),
        scans: signedBy(second, (scan) =>
          scan.predicateType === predicateTypes.scan
            ? {
                ...scan,
                predicate: {
                  ...scan.predicate,
                  verdict: 'block',
                  report: policyDigest(defaultPolicy),
                },
              }
            : scan,
        ),
      },
      'scan-mismatch: the scan report is not the one that the scanner signed',
    ],
  ])('refuses %s', async (_, twist, why) => {
    expect(await reasonsUnder(policy, twist)).toContainEqual(expect.stringContaining(why));
  });

  it('is one or two, and what names none asks for one', () => {
    expect(parsePolicy(JSON.stringify(policy)).scanners).toBe(2);
    expect(() => parsePolicy(JSON.stringify({ ...policy, scanners: 3 }))).toThrow(/scanners/);
    expect(policyDigest(parsePolicy(JSON.stringify(defaultPolicy)))).toBe(
      policyDigest(defaultPolicy),
    );
  });
});

describe('the scan of a version', () => {
  it('is about the bundle of the version', async () => {
    const report: NonNullable<Twist['report']> = (one) => ({ ...one, bundle: digestOf('other') });
    expect(await reasonsOf({ report })).toEqual([
      'scan-mismatch: the scan report is about another bundle',
    ]);
  });

  it('is as late as the last of several scans, which approvals follow', async () => {
    const scans = signedBy(second);
    const told = await tellStory({ before: enrol('second', second), scans });
    const { scan } = judge({ ...told.input, policy }).parts;
    expect(scan?.logIndex).toBe(told.scan.logIndex + 1);
    expect(scan?.scanner).toBe('scanner and second');
  });

  it('is missing once where there is none, however many the policy asks for', async () => {
    const { input, line, scan } = await tellStory();
    const statements = line.statements.filter((one) => one !== scan.digest);
    for (const asked of [defaultPolicy, policy])
      expect(
        judge({ ...input, policy: asked, line: { ...line, statements } }).reasons.map(
          ({ message }) => message,
        ),
      ).toContain('there is no scan statement');
  });
});
