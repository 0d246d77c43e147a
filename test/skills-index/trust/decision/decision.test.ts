import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  predicateTypes,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import {
  type Decision,
  type DecisionInput,
  decide,
} from '../../../../skills-index/trust/decision/decision.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import { makeFinding } from '../../../finding.ts';
import { freshNonce } from '../../../nonce.ts';
import { stoppedStory } from '../../stopped-story.ts';
import {
  people,
  storyFiles,
  storyManifest,
  storyNow,
  storyStatus,
  type Twist,
  tellStory,
} from '../../story.ts';
import { TestLog } from '../../story-log.ts';

const story = await tellStory();
const codesOf = (decision: Decision): string[] =>
  decision.kind === 'refused' ? decision.reasons.map((one) => one.code) : [];
const other = digestOf('something else');

const about = (type: Statement['predicateType'], change: (one: Statement) => Statement): Twist => ({
  statement: (one) => (one.predicateType === type ? change(one) : one),
});
const withPredicate = (kind: keyof typeof predicateTypes, change: object): Twist =>
  about(
    predicateTypes[kind],
    (one) => ({ ...one, predicate: { ...one.predicate, ...change } }) as Statement,
  );

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
    });
  });

  it('is admitted for the pins that fit and refused for those that do not', () => {
    const fit = { bundle: story.packed.digest, publisher: people.author.keyId };
    expect(decide({ ...story.input, pinned: fit }).kind).toBe('admitted');
    expect(codesOf(decide({ ...story.input, pinned: { ...fit, bundle: other } }))).toEqual([
      'bundle-mismatch',
    ]);
    expect(codesOf(decide({ ...story.input, pinned: { ...fit, publisher: other } }))).toEqual([
      'publisher-changed',
    ]);
  });

  it('may be imported with an inferred manifest, which is said', async () => {
    const files = new Map([...storyFiles].filter(([path]) => path !== 'skill.json'));
    const decision = decide((await tellStory({ files, inferred: true })).input);
    expect(decision).toMatchObject({ kind: 'admitted', inferred: true });
  });
});

describe('an inferred manifest', () => {
  it('of another version is refused, though there is no skill.json to compare it with', async () => {
    const files = new Map([...storyFiles].filter(([path]) => path !== 'skill.json'));
    const elsewhere = { ...storyManifest, version: parseVersion('9.9.9') };
    const twist = withPredicate('publish', { manifest: elsewhere, inferred: true });
    expect(codesOf(decide((await tellStory({ ...twist, files, inferred: true })).input))).toEqual([
      'manifest-mismatch',
    ]);
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

const signedBy = (kind: keyof typeof predicateTypes, signer: (typeof people)['author']): Twist => ({
  signer: (one) => (one.predicateType === predicateTypes[kind] ? signer : undefined),
});
const subjectTwist = (
  kind: keyof typeof predicateTypes,
  change: (subject: Statement['subject']) => Statement['subject'],
): Twist =>
  about(predicateTypes[kind], (one) => ({ ...one, subject: change(one.subject) }) as Statement);
const stray = { name: 'stray.md', digest: { sha256: 'ab'.repeat(32) } };
const finding = makeFinding({ severity: 'high' });
const noCapabilities = {
  ...storyManifest,
  capabilities: { env: [], secret: [], egress: [], mount: [], exec: [] },
};

describe('a statement about other bytes', () => {
  it.each(['publish', 'scan', 'summary'] as const)('is refused: %s', async (kind) => {
    const wrong = ([first, ...rest]: Statement['subject']): Statement['subject'] =>
      first === undefined ? [] : [{ ...first, digest: { sha256: 'cd'.repeat(32) } }, ...rest];
    const changes: ((subject: Statement['subject']) => Statement['subject'])[] = [
      wrong,
      (subject) => [...subject, stray],
      (subject) => subject.slice(0, -1),
      (subject) => [...subject, ...subject.slice(0, 1)],
      (subject) => subject.map((one, at) => (at === 2 ? { ...stray, name: one.name } : one)),
      (subject) => [...subject].reverse(),
    ];
    for (const change of changes) {
      const decision = decide((await tellStory(subjectTwist(kind, change))).input);
      expect(codesOf(decision)).toContain('subject-mismatch');
    }
  });

  it('is refused when one kind of statement is passed off as another', async () => {
    const provenance = about(
      predicateTypes.summary,
      (one) => ({ ...one, predicateType: predicateTypes.provenance }) as Statement,
    );
    expect(codesOf(decide((await tellStory(provenance)).input))).toContain('statement-missing');
  });
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
    ['the registry itself publishes', signedBy('publish', people.registry), 'publisher-unknown'],
    ['a reviewer scans', signedBy('scan', people.ada), 'scanner-unknown'],
    ['the registry scans', signedBy('scan', people.registry), 'scanner-unknown'],
    [
      'the scanner gives the verification summary',
      signedBy('summary', people.scanner),
      'summary-invalid',
    ],
    [
      'the status key gives the verification summary',
      signedBy('summary', people.status),
      'summary-invalid',
    ],
    [
      'an administrator who is no reviewer approves',
      { approvals: ['ada'], ...signedBy('approval', people.administrator) },
      'approval-invalid',
    ],
    [
      'the scanner approves with its key',
      {
        approvals: ['ada'],
        approval: (one) => ({
          ...one,
          reviewer: { member: 'scanner', keyId: people.scanner.keyId },
        }),
        ...signedBy('approval', people.scanner),
      },
      'approval-invalid',
    ],
    [
      'a key approves under the name of another',
      {
        approval: (one) =>
          'keyId' in one.reviewer ? { ...one, reviewer: { ...one.reviewer, member: 'Ben' } } : one,
      },
      'approval-invalid',
    ],
    [
      'the author approves',
      {
        approval: (one) =>
          'keyId' in one.reviewer
            ? { ...one, reviewer: { member: 'author', keyId: people.author.keyId } }
            : one,
        signer: (one) =>
          one.predicateType === predicateTypes.approval && 'keyId' in one.predicate.reviewer
            ? people.author
            : undefined,
      },
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
    const late = await told.log.say(
      scopeStatement({ scope: parseScope('acme'), owners: [people.author.named] }),
      people.author,
    );
    const line = { ...told.line, statements: [...told.line.statements, late.digest] };
    const statements = new Map(told.input.statements).set(late.digest, late.bytes);
    const status = await storyStatus(told.log);
    const { consistency: _, ...input } = told.input;
    expect(codesOf(decide({ ...input, line, statements, statuses: [status] }))).toEqual([
      'publisher-unknown',
    ]);
  });
});

describe('what was said', () => {
  it.each<[string, Twist, string]>([
    [
      'the scan left a file out',
      about(
        predicateTypes.scan,
        (one) =>
          ({
            ...one,
            predicate: {
              ...one.predicate,
              coverage: (one.predicate as { coverage: [] }).coverage.slice(1),
            },
          }) as Statement,
      ),
      'scan-mismatch',
    ],
    ['the scan names another report', withPredicate('scan', { report: other }), 'scan-mismatch'],
    ['the scan names another rule set', withPredicate('scan', { ruleSet: other }), 'scan-mismatch'],
    [
      'the scan says pass and its report says block',
      withPredicate('scan', { verdict: 'block' }),
      'scan-mismatch',
    ],
    [
      'the report is about another bundle',
      { report: (one) => ({ ...one, bundle: other }) },
      'scan-mismatch',
    ],
    [
      'the manifest is of another version',
      withPredicate('publish', { manifest: { ...storyManifest, version: parseVersion('9.9.9') } }),
      'manifest-mismatch',
    ],
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
    [
      'a manifest that nobody wrote is not called inferred',
      { files: new Map([...storyFiles].filter(([path]) => path !== 'skill.json')) },
      'manifest-mismatch',
    ],
    [
      'the approval is about another bundle',
      { approval: (one) => ({ ...one, bundle: other }) },
      'approval-invalid',
    ],
    [
      'the approval rests on another scan report',
      { approval: (one) => ({ ...one, scanReport: other }) },
      'approval-invalid',
    ],
    [
      'the approval rests on another rule set',
      { approval: (one) => ({ ...one, ruleSet: other }) },
      'approval-invalid',
    ],
    [
      'the approval was given under another policy',
      { approval: (one) => ({ ...one, policy: other }) },
      'approval-invalid',
    ],
    [
      'the draft had expired when it was signed',
      { approval: (one) => ({ ...one, expires: '2026-03-02T09:00:00.000Z' }) },
      'approval-invalid',
    ],
    [
      'the verification summary is FAILED',
      withPredicate('summary', { verificationResult: 'FAILED' }),
      'summary-invalid',
    ],
    [
      'the verification summary names fewer statements',
      withPredicate('summary', { inputAttestations: [] }),
      'summary-invalid',
    ],
    [
      'the verification summary is about another version',
      withPredicate('summary', { resourceUri: 'pkg:skill/%40acme/weekly-report@1.3.0' }),
      'summary-invalid',
    ],
    [
      'the verification summary was made under another policy',
      withPredicate('summary', { policy: { digest: { sha256: 'ef'.repeat(32) } } }),
      'policy-mismatch',
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
    [
      'only the desk was used',
      { approvals: ['ben'] },
      ['approvals-missing', 'approvals-not-independent'],
    ],
    [
      'a passkey calls itself independent',
      { approvals: ['ben'], approval: (one) => ({ ...one, independent: true }) },
      ['approvals-missing', 'approvals-not-independent'],
    ],
    [
      'a version without capabilities has a high finding',
      {
        manifest: noCapabilities,
        files: new Map(storyFiles).set(
          'skill.json',
          Buffer.from(
            JSON.stringify({
              name: noCapabilities.name,
              version: noCapabilities.version,
              commands: noCapabilities.commands,
            }),
          ),
        ),
        approvals: ['ada'],
        report: (one) => ({ ...one, findings: [finding] }),
      },
      ['approvals-missing'],
    ],
    [
      'a version without capabilities is one that the scan would block',
      {
        manifest: noCapabilities,
        files: new Map(storyFiles).set(
          'skill.json',
          Buffer.from(
            JSON.stringify({
              name: noCapabilities.name,
              version: noCapabilities.version,
              commands: noCapabilities.commands,
            }),
          ),
        ),
        approvals: ['ada'],
        report: (one) => ({ ...one, verdict: 'block' }),
      },
      ['approvals-missing'],
    ],
  ])('is refused: %s', async (_, twist, codes) => {
    expect(codesOf(decide((await tellStory(twist)).input))).toEqual(codes);
  });

  it('is one for a version that asks for nothing', async () => {
    const files = new Map(storyFiles).set(
      'skill.json',
      Buffer.from(
        JSON.stringify({
          name: noCapabilities.name,
          version: noCapabilities.version,
          commands: noCapabilities.commands,
        }),
      ),
    );
    expect(
      decide((await tellStory({ manifest: noCapabilities, files, approvals: ['ben'] })).input).kind,
    ).toBe('admitted');
  });

  it('is two, when people let through what the scan would block', async () => {
    expect(
      decide(
        (await tellStory({ report: (one) => ({ ...one, verdict: 'block', findings: [finding] }) }))
          .input,
      ).kind,
    ).toBe('admitted');
  });
});

describe('what was said since', () => {
  it.each(['suspended', 'revoked'] as const)('stops a version that is %s', async (kind) => {
    expect(codesOf(decide((await stoppedStory(kind)).input))).toEqual([kind]);
  });

  it('does not matter when it is about another bundle', async () => {
    const predicate = { kind: 'revoked', target: { bundle: other }, reason: 'it leaks' } as const;
    const before = (log: TestLog) =>
      log.say(revocationStatement({ ...predicate, nonce: freshNonce() }), people.ada);
    expect(decide((await tellStory({ before })).input).kind).toBe('admitted');
  });

  it.each<[string, Partial<DecisionInput>, string[]]>([
    ['there is no status', { statuses: [] }, ['status-missing']],
    ['the status has expired', { now: storyNow + 86_400_000 }, ['status-stale']],
    ['the status is from the future', { now: storyNow - 86_400_000 }, ['status-stale']],
    ['the status is nonsense', { statuses: [Buffer.from('{}')] }, ['status-missing']],
  ])('has to be known: %s', (_, change, codes) => {
    expect(codesOf(decide({ ...story.input, ...change }))).toEqual(codes);
  });

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

  it('is taken from the other source when one is stale', async () => {
    const stale = await storyStatus(story.log, storyNow - 2 * 86_400_000);
    expect(decide({ ...story.input, statuses: [stale, story.status] }).kind).toBe('admitted');
  });
});

describe('the log', () => {
  it('may not be another one than was seen', async () => {
    const strange = new TestLog('skills.example');
    await strange.say(story.publish.statement, people.author);
    const seen = { checkpoint: strange.head, proof: story.log.proofFrom(1) };
    expect(codesOf(decide({ ...story.input, seen }))).toEqual(['log-rolled-back']);
  });

  it('may not be shorter than it was', () => {
    const seen = {
      checkpoint: { size: story.log.head.size + 1, root: story.log.head.root },
      proof: [],
    };
    expect(codesOf(decide({ ...story.input, seen }))).toEqual(['log-rolled-back']);
  });

  it('has to be one for all of the evidence', async () => {
    const consistency = new Map(story.input.consistency);
    consistency.set(3, consistency.get(4) ?? []);
    expect(codesOf(decide({ ...story.input, consistency }))).toEqual(['log-forked']);
  });

  it('admits nothing without the proof, and accuses nobody: the reason is one', async () => {
    const codes = codesOf(decide({ ...story.input, consistency: new Map() }));
    expect(codes).toEqual(['log-unproven']);
    const stopped = await stoppedStory('revoked');
    const without = codesOf(decide({ ...stopped.input, consistency: new Map() }));
    // People read the first reason: the version would be refused with every proof, too.
    expect(without).toEqual(['revoked', 'log-unproven']);
  });

  it('does not get by with a fork of the same size even where proofs are not asked for', async () => {
    const fork = await tellStory();
    const { consistency: _, ...input } = story.input;
    expect(codesOf(decide({ ...input, statuses: [fork.status] }))).toContain('log-forked');
  });
});
