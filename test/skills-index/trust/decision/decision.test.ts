import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  predicateTypes,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import { stoppedStory } from '../../stopped-story.ts';
import { people, storyFiles, storyManifest, storyNow, type Twist, tellStory } from '../../story.ts';
import { codesOf, signedBy, withAllSaid, withPredicate } from './judged.ts';

const story = await tellStory();
const other = digestOf('something else');

const withoutManifest: Twist = {
  files: new Map([...storyFiles].filter(([path]) => path !== 'skill.json')),
};

describe('a version with all its evidence', () => {
  it('is admitted, with what it may do and who approved it', () => {
    expect(decide(story.input)).toMatchObject({
      kind: 'admitted',
      name: '@acme/weekly-report',
      version: '1.4.0',
      bundle: story.packed.digest,
      publisher: people.author.keyId,
      inferred: false,
      capabilities: { secret: [{ name: 'CRM_TOKEN' }] },
      approvals: [
        { member: 'Ada', by: 'key', independent: true },
        { member: 'Ben', by: 'passkey', independent: false },
      ],
      logIndex: story.summary.logIndex,
      witnessed: '0/0',
      freshUntil: '2026-03-03T11:00:00.000Z',
      scan: { report: digestOf(story.input.report), verdict: 'pass' },
    });
  });

  it('may be imported with an inferred manifest, which is said', async () => {
    const decision = decide((await tellStory({ ...withoutManifest, inferred: true })).input);
    expect(decision).toMatchObject({ kind: 'admitted', inferred: true });
  });
});

describe('an inferred manifest', () => {
  it('of another version is refused, though there is no skill.json to compare it with', async () => {
    const elsewhere = { ...storyManifest, version: parseVersion('9.9.9') };
    const twist = withPredicate('publish', { manifest: elsewhere, inferred: true });
    expect(
      codesOf(decide((await tellStory({ ...twist, ...withoutManifest, inferred: true })).input)),
    ).toEqual(['manifest-mismatch']);
  });
});

describe('an index line that says something else than what was signed', () => {
  const { line } = story;
  it.each<[string, Partial<DecisionInput['line']>, string]>([
    ['another version', { version: parseVersion('1.4.1') }, 'subject-mismatch'],
    ['another bundle', { bundle: other }, 'bundle-mismatch'],
    ['another description', { description: 'Harmless.' }, 'description-mismatch'],
    [
      'fewer capabilities',
      { capabilities: { ...line.capabilities, secret: [] } },
      'approval-invalid',
    ],
    [
      'more capabilities',
      { capabilities: { ...line.capabilities, exec: [{ program: 'sh' }] } },
      'capability-exceeded',
    ],
    ['another required skill', { requires: { '@acme/csv': '*' } as never }, 'line-mismatch'],
    ['another publisher', { publisher: other }, 'line-mismatch'],
    ['another log index', { logIndex: line.logIndex - 1 }, 'line-mismatch'],
    ['no statements', { statements: [] }, 'statement-missing'],
  ])('is refused: %s', (_, change, code) => {
    expect(codesOf(decide({ ...story.input, line: { ...line, ...change } }))).toContain(code);
  });
});
const { name, version, commands } = storyManifest;
const asksForNothing: Twist = {
  manifest: {
    ...storyManifest,
    capabilities: { env: [], secret: [], egress: [], mount: [], exec: [] },
  },
  files: new Map(storyFiles).set(
    'skill.json',
    Buffer.from(JSON.stringify({ name, version, commands })),
  ),
};

it('one kind of statement passed off as another is refused', async () => {
  const statement = (one: Statement): Statement =>
    one.predicateType === predicateTypes.summary
      ? ({ ...one, predicateType: predicateTypes.provenance } as unknown as Statement)
      : one;
  expect(codesOf(decide((await tellStory({ statement })).input))).toContain('statement-missing');
});

describe('files that cannot be read', () => {
  it.each([
    ['SKILL.md', '# no front matter', 'description-mismatch'],
    ['skill.json', '{}', 'manifest-mismatch'],
  ])('are a reason: %s', async (path, text, code) => {
    const files = new Map(storyFiles).set(path, Buffer.from(text));
    expect(codesOf(decide((await tellStory({ files })).input))).toEqual([code]);
  });
});

describe('who may say what', () => {
  it.each<[string, Twist, string]>([
    ['a stranger publishes', signedBy('publish', people.stranger), 'publisher-unknown'],
    ['a reviewer scans', signedBy('scan', people.ada), 'scanner-unknown'],
    [
      'the scanner gives the verification summary',
      signedBy('summary', people.scanner),
      'summary-invalid',
    ],
    [
      'an administrator who is no reviewer approves',
      { approvals: ['ada'], ...signedBy('approval', people.administrator) },
      'approval-invalid',
    ],
  ])('is refused: %s', async (_, twist, code) => {
    expect(codesOf(decide((await tellStory(twist)).input))).toContain(code);
  });

  it('knows no owner when the scope was claimed only after the version was published', async () => {
    const told = await tellStory({
      statement: (one) =>
        one.predicateType === predicateTypes.scope
          ? scopeStatement({ scope: parseScope('other'), owners: [people.author.named] })
          : one,
    });
    await told.log.say(
      scopeStatement({ scope: parseScope('acme'), owners: [people.author.named] }),
      people.author,
    );
    expect(codesOf(decide(await withAllSaid(told)))).toEqual(['publisher-unknown']);
  });
});

describe('what was said', () => {
  it.each<[string, Twist, string]>([
    ['the scan names another report', withPredicate('scan', { report: other }), 'scan-mismatch'],
    [
      'the manifest signed is not the one in the skill',
      withPredicate('publish', {
        manifest: { ...storyManifest, limits: { seconds: 3600, memoryMiB: 512 } },
      }),
      'manifest-mismatch',
    ],
    [
      'a manifest is called inferred though the author wrote one',
      { inferred: true },
      'manifest-mismatch',
    ],
    ['a manifest that nobody wrote is not called inferred', withoutManifest, 'manifest-mismatch'],
    [
      'the verification summary names fewer statements',
      withPredicate('summary', { inputAttestations: [] }),
      'summary-invalid',
    ],
    [
      'the approval grants what was not declared',
      {
        capabilities: {
          ...storyManifest.capabilities,
          egress: [{ url: 'https://*/*', methods: ['*'] }],
        },
      },
      'capability-exceeded',
    ],
    [
      'the approval hands a secret out as a plain variable',
      { capabilities: { ...storyManifest.capabilities, env: [{ name: 'CRM_TOKEN' }] } },
      'capability-exceeded',
    ],
  ])('is refused: %s', async (_, twist, code) => {
    expect(codesOf(decide((await tellStory(twist)).input))).toContain(code);
  });

  it('may be approved for less than it asks', async () => {
    const capabilities = {
      ...storyManifest.capabilities,
      egress: [{ url: 'https://api.crm.example/v2/deals', methods: ['GET'] }],
    };
    expect(decide((await tellStory({ capabilities })).input)).toMatchObject({
      kind: 'admitted',
      capabilities: { egress: [{ url: 'https://api.crm.example/v2/deals' }] },
    });
  });

  it('may not go above the ceiling of the policy', () => {
    const ceiling = { ...storyManifest.capabilities, secret: [] };
    expect(codesOf(decide({ ...story.input, policy: { ...defaultPolicy, ceiling } }))).toContain(
      'capability-exceeded',
    );
  });
});

describe('how many people', () => {
  it.each<[string, Twist, string[]]>([
    ['nobody approved', { approvals: [] }, ['approvals-missing', 'approvals-not-independent']],
    ['one person approved what needs two', { approvals: ['ada'] }, ['approvals-missing']],
    ['one person approved twice', { approvals: ['ada', 'ada'] }, ['approvals-missing']],
  ])('is refused: %s', async (_, twist, codes) => {
    expect(codesOf(decide((await tellStory(twist)).input))).toEqual(codes);
  });

  it('is one for a version that asks for nothing', async () => {
    const { input } = await tellStory({ ...asksForNothing, approvals: ['ben'] });
    expect(decide(input).kind).toBe('admitted');
  });
});

describe('what was said since', () => {
  it.each<[string, Partial<DecisionInput>, string[]]>([
    ['the status is from the future', { now: storyNow - 86_400_000 }, ['status-stale']],
    ['the status is nonsense', { statuses: [Buffer.from('{}')] }, ['status-missing']],
  ])('has to be known: %s', (_, change, codes) => {
    expect(codesOf(decide({ ...story.input, ...change }))).toEqual(codes);
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])(
    'is not known by a clock that tells no time: %s',
    (now) => {
      expect(codesOf(decide({ ...story.input, now }))).toEqual(['status-stale']);
    },
  );

  it('may be a little old when the host allows it', () => {
    const late = { ...story.input, now: storyNow + 86_400_000 };
    expect(decide({ ...late, statusGraceSeconds: 3_600 }).kind).toBe('admitted');
    expect(decide({ ...late, statusGraceSeconds: 3_599 }).kind).toBe('refused');
  });

  it('is taken from the status with the largest head, whatever the order and the dates', async () => {
    const { input, status, redated } = await stoppedStory('revoked');
    const older = await redated(storyNow - 60_000);
    const [, ...said] = [...input.statements];
    expect(said.length).toBeGreaterThan(0);
    for (const statuses of [
      [status, older],
      [older, status],
    ]) {
      const decision = decide({ ...input, statuses });
      expect(codesOf(decision)).toEqual(['revoked']);
    }
    // The older head alone does not cover the statement.
    expect(codesOf(decide({ ...input, statuses: [older] }))).toContain('log-forked');
  });
});

describe('the log', () => {
  it('without a proof is named after what refuses the version with every proof, too', async () => {
    const { input } = await stoppedStory('revoked');
    const codes = codesOf(decide({ ...input, consistency: new Map() }));
    expect(codes).toEqual(['revoked', 'log-unproven']);
  });

  it('does not get by with a fork of the same size even where proofs are not asked for', async () => {
    const fork = await tellStory();
    const { consistency: _, ...input } = story.input;
    expect(codesOf(decide({ ...input, statuses: [fork.status] }))).toContain('log-forked');
  });
});
