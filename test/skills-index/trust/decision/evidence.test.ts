/** Evidence before it is judged: each piece is what its address says, in one form, once. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { people, storyNow, storyStatus, tellStory } from '../../story.ts';
import { says as saysOf, withAllSaid } from './judged.ts';

const story = await tellStory();
const { line, input } = story;
const reasonsOf = (change: Partial<DecisionInput>) => {
  const decision = decide({ ...input, ...change });
  return decision.kind === 'refused' ? decision.reasons : [];
};
const says = (change: Partial<DecisionInput>): string[] => saysOf({ ...input, ...change });

describe('a statement', () => {
  const one = story.scan;
  const other = story.publish;

  it('is the bytes of its address', () => {
    const swapped = new Map([...input.statements, [one.digest, other.bytes]]);
    expect(says({ statements: swapped })).toContain(
      `statement-invalid: The delivered statement does not have the digest ${one.digest}`,
    );
  });

  it('is written in one form: another one of the same bundle would count twice', () => {
    const pretty = Buffer.from(JSON.stringify(one.bundle, null, 1));
    const digest = digestOf(pretty);
    const statements = new Map([...input.statements, [digest, pretty]]);
    expect(
      says({ statements, line: { ...line, statements: [...line.statements, digest] } }),
    ).toEqual([`statement-invalid: The statement ${digest} is not in canonical form`]);
  });

  it.each([
    ['publish statement', story.publish, 'publisher'],
    ['scan statement', story.scan, 'scan'],
    ['verification summary of the registry', story.summary, 'summary'],
  ] as const)('is there once: %s', (what, said, part) => {
    const without = {
      line: { ...line, statements: line.statements.filter((address) => address !== said.digest) },
    };
    expect(reasonsOf(without)).toContainEqual(
      expect.objectContaining({ code: 'statement-missing', part, message: `there is no ${what}` }),
    );
  });

  it.each([
    ['publish statement', story.publish, people.author, 'publisher'],
    ['scan statement', story.scan, people.scanner, 'scan'],
    ['verification summary of the registry', story.summary, people.registry, 'summary'],
  ] as const)('is not there twice: %s', async (what, said, signer, part) => {
    const told = await tellStory();
    await told.log.say(said.statement, signer);
    expect(reasonsOf(await withAllSaid(told))).toContainEqual(
      expect.objectContaining({
        code: 'statement-surplus',
        part,
        message: `there are 2 statements that claim to be the ${what}`,
      }),
    );
  });

  it.each([
    ['publish', 'publisher'],
    ['scan', 'scan'],
    ['approval', 'approvals'],
    ['summary', 'summary'],
  ] as const)('about other bytes breaks the chain where it stands: %s', async (kind, part) => {
    const statement = (said: Statement): Statement =>
      said.predicateType === predicateTypes[kind]
        ? { ...said, subject: said.subject.slice(0, 1) }
        : said;
    const broken = reasonsOf((await tellStory({ statement })).input);
    expect(broken).toContainEqual(
      expect.objectContaining({
        code: 'subject-mismatch',
        part,
        message: expect.stringContaining('is about other bytes than this version'),
      }),
    );
  });
});

describe('the other evidence', () => {
  it('has a report in one form', () => {
    const report = Buffer.from(`${canonicalJson(story.report)}\n`);
    expect(says({ report })).toEqual(['scan-mismatch: The scan report is not in canonical form']);
  });

  it('is judged as far as it goes when the bundle cannot be read', () => {
    const bundle = Buffer.from('{}');
    const codes = reasonsOf({ bundle, line: { ...line, bundle: digestOf(bundle) } }).map(
      ({ code }) => code,
    );
    expect(codes).toEqual(['bundle-mismatch', 'approval-invalid', 'approval-invalid']);
  });

  it('says of each status file why it does not count, when none does', async () => {
    const stale = await storyStatus(story.log, storyNow - 72 * 3_600_000);
    expect(reasonsOf({ statuses: [stale, Buffer.from('{')] }).map(({ code }) => code)).toEqual([
      'status-stale',
      'status-missing',
    ]);
    expect(says({ statuses: [] })).toEqual(['status-missing: there is no status file']);
    expect(says({ statuses: [stale, ...input.statuses] })).toEqual([]);
  });
});
