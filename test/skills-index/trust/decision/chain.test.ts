import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import {
  type ChainNode,
  chainOf as judgedChainOf,
} from '../../../../skills-index/trust/decision/chain.ts';
import { gatherEvidence } from '../../../../skills-index/trust/decision/evidence.ts';
import {
  chainParts,
  decisionHints,
  Reasons,
} from '../../../../skills-index/trust/decision/reason.ts';
import { type JudgedScan, judgeScan } from '../../../../skills-index/trust/decision/scan.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision.ts';
import { rootFingerprint } from '../../../../skills-index/trust/root.ts';
import { people, storyNow, storyRoot, storyStatus, tellStory } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';

const story = await tellStory();
const all = (node: ChainNode): ChainNode[] => [node, ...node.of.flatMap(all)];
const chainOf = (change: Partial<DecisionInput> = {}): ChainNode =>
  decide({ ...story.input, ...change }).chain;
const partOf = (chain: ChainNode, part: ChainNode['part']): ChainNode | undefined =>
  all(chain).find((one) => one.part === part);
const broken = (chain: ChainNode): string[] =>
  all(chain).flatMap((one) => (one.holds ? [] : [one.part]));

describe('the chain of an admitted version', () => {
  const chain = chainOf();

  it('has every part once, and each holds', () => {
    expect(
      all(chain)
        .map((one) => one.part)
        .sort(),
    ).toEqual([...chainParts].sort());
    expect(broken(chain)).toEqual([]);
  });

  it.each<[ChainNode['part'], string[]]>([
    ['root', [rootFingerprint(storyRoot), 'skills.example', 'one administrator']],
    [
      'log',
      [
        `size ${story.log.head.size}`,
        Buffer.from(story.log.head.root).toString('base64'),
        'first time',
      ],
    ],
    ['statements', ['9 of 9 statements']],
    ['witnesses', ['witnessed: 0/0 (none demanded)', 'another history than others']],
    [
      'publisher',
      [
        people.author.keyId,
        'keyed: no publisher of this skill was known here before, publicly logged, no name proven',
        'SLSA build level 0',
      ],
    ],
    ['scan', ['pass, 3 of 3 files', 'rule set sha256:', 'report sha256:']],
    [
      'approvals',
      [
        'approvals: 2 (2 needed)',
        'independent approvals: 1/1',
        'Ada, by key, independent of the desk',
        'Ben, by passkey',
      ],
    ],
    ['verdict', [`log index ${story.verdict.logIndex}`, '2026-03-02T10:00:00.000Z']],
    ['status', ['status of 2026-03-02T11:00:00.000Z, good until 2026-03-03T11:00:00.000Z']],
    ['version', ['@acme/weekly-report@1.4.0', story.packed.digest]],
  ])('says of %s what was found', (part, words) => {
    const node = partOf(chain, part);
    for (const word of words)
      expect([node?.says, ...(node?.notes ?? [])].join('\n')).toContain(word);
  });

  it('is marked where nothing was demanded, and nowhere else', () => {
    const hollow = all(chain).filter((one) => one.undemanded === true);
    expect(hollow.map((one) => one.part)).toEqual(['witnesses']);
    const key = Buffer.from(testLogKey('w').publicKey).toString('base64');
    const threshold = (n: number) => ({
      witnesses: {
        schema: 'skillgate.witnesses/1',
        threshold: n,
        witnesses: [{ name: 'w', key }],
      } as const,
    });
    expect(partOf(chainOf(threshold(0)), 'witnesses')).toMatchObject({
      holds: true,
      undemanded: true,
    });
    expect(partOf(chainOf(threshold(1)), 'witnesses')).not.toHaveProperty('undemanded');
  });

  it('says when the publisher is the one that was known, and the head was compared with one seen before', () => {
    const seen = { checkpoint: story.log.head, proof: [] };
    const known = chainOf({ pinned: { publisher: people.author.keyId }, seen });
    expect(partOf(known, 'publisher')?.notes).toContain(
      'keyed: the publisher that is pinned here for this skill, publicly logged, no name proven',
    );
    const other = decide({ ...story.input, pinned: { publisher: people.stranger.keyId } }).chain;
    expect(partOf(other, 'publisher')?.notes).toContain(
      'keyed: not the key that is pinned here for this skill, publicly logged, no name proven',
    );
    expect(partOf(known, 'log')?.notes).toEqual([
      `compared with the head seen here before, of size ${story.log.head.size}`,
    ]);
  });

  it('says when it is judged as of a time gone by, and when only grace keeps it', () => {
    expect(partOf(chainOf({ past: true }), 'status')?.notes.join()).toContain(
      'judged as of 2026-03-02T12:00:00.000Z',
    );
    const late = chainOf({ now: storyNow + 86_400_000, statusGraceSeconds: 86_400 });
    expect(partOf(late, 'status')?.says).toContain('counted by the grace that this host allows');
  });
});

describe('what people read of a chain', () => {
  const read = (
    part: ChainNode['part'],
    change: Partial<DecisionInput> = {},
  ): { says: string; notes: readonly string[] } => {
    const { says = '', notes = [] } = partOf(chainOf(change), part) ?? {};
    return { says, notes };
  };

  it('is one line for each part, and what more is worth knowing', () => {
    expect(all(chainOf()).map(({ part, says, notes }) => [part, says, ...notes])).toEqual([
      [
        'root',
        `root of trust ${rootFingerprint(storyRoot)} of skills.example: one administrator, 1 needed to change whose a scope is`,
      ],
      [
        'log',
        `log of skills.example: size 9, root ${Buffer.from(story.log.head.root).toString('base64')}`,
        'seen here for the first time',
      ],
      ['statements', '9 of 9 statements are signed and in the log'],
      [
        'witnesses',
        'witnessed: 0/0 (none demanded): this registry could show you another history than others',
      ],
      [
        'publisher',
        `published by ${people.author.keyId} at log index 4`,
        'keyed: no publisher of this skill was known here before, publicly logged, no name proven',
        'SLSA build level 0: where it was made is not shown',
      ],
      [
        'scan',
        'scanned by scanner at log index 5: pass, 3 of 3 files covered',
        `rule set ${story.report.ruleSet}`,
        `report ${digestOf(story.input.report)}, 0 findings`,
      ],
      [
        'approvals',
        'approvals: 2 (2 needed); independent approvals: 1/1',
        'Ada, by key, independent of the desk, at log index 6: reads deals, writes one file',
        'Ben, by passkey, at log index 7: reads deals, writes one file',
      ],
      ['verdict', 'verdict of the registry at log index 8, 2026-03-02T10:00:00.000Z'],
      ['status', 'status of 2026-03-02T11:00:00.000Z, good until 2026-03-03T11:00:00.000Z'],
      [
        'version',
        `@acme/weekly-report@1.4.0 is the bundle ${story.packed.digest}`,
        'pkg:skill/%40acme/weekly-report@1.4.0',
      ],
    ]);
  });

  it.each([
    ['a passkey alone, where policy asks for nobody else', false, 0, true],
    ['a key without the desk', true, 0, false],
    ['a passkey, where policy asks for more', false, 1, false],
  ])(
    'ticks approvals by %s unless all rest on the desk’s word',
    (_, isIndependent, independent, isHollow) => {
      const evidence = gatherEvidence(story.input, new Reasons());
      const scan = {
        ...judgeScan(evidence, undefined, new Reasons()),
        needed: { total: 1, independent },
      } as JudgedScan;
      const approval = {
        member: 'Ben',
        by: 'passkey',
        independent: isIndependent,
        reason: 'r',
        logIndex: 7,
      } as const;
      const judged = {
        publish: undefined,
        verdict: undefined,
        status: undefined,
        marks: [],
        level: 0,
      } as const;
      const node = partOf(
        judgedChainOf(evidence, { ...judged, scan, approvals: [approval] }, []),
        'approvals',
      );
      expect(node?.undemanded ?? false).toBe(isHollow);
      expect(node?.says.includes('all rest on what the registry’s desk showed')).toBe(isHollow);
    },
  );

  it('says what is not there', () => {
    expect(read('log', { statuses: [] })).toEqual({
      says: 'the log of skills.example: no head of it that counts is at hand',
      notes: [],
    });
    expect(read('status', { statuses: [] })).toEqual({
      says: 'status: none that counts',
      notes: [],
    });
    const none = { line: { ...story.line, statements: [] } };
    expect(read('statements', none).says).toBe('0 of 0 statements are signed and in the log');
    expect(read('publisher', none)).toEqual({
      says: 'publisher: nobody who counts signed a publication',
      notes: [],
    });
    expect(read('scan', none)).toEqual({ says: 'scan: none that counts', notes: [] });
    expect(read('approvals', none)).toEqual({
      says: 'approvals: 0; independent approvals: 0',
      notes: [],
    });
    expect(read('verdict', none)).toEqual({ says: 'verdict of the registry: none', notes: [] });
  });

  it('names the keys of earlier roots, and what lies under them', () => {
    const key = Buffer.from(testLogKey('log').publicKey).toString('base64');
    const root = {
      ...storyRoot,
      log: { key: Buffer.from(testLogKey('next').publicKey).toString('base64') },
      administrators: [
        ...storyRoot.administrators,
        { keyId: people.ada.keyId, key: people.ada.named.spki },
      ],
      retired: [{ office: 'log', key, validUpTo: 99 }] as const,
    };
    expect(read('root', { root })).toEqual({
      says: `root of trust ${rootFingerprint(root)} of skills.example: 2 administrators, 1 needed to change whose a scope is`,
      notes: ['1 key of an earlier root counts up to its last log index'],
    });
    expect(read('statements', { root }).notes).toEqual([
      '9 of them under a log key that was retired since',
    ]);
  });

  it('says when the manifest was inferred, and what was marked', async () => {
    const inferred = await tellStory({ inferred: true });
    expect(partOf(decide(inferred.input).chain, 'publisher')?.notes).toContain(
      'the manifest was inferred; no author wrote it',
    );
    const mark = {
      bundle: story.packed.digest,
      kind: 'yanked',
      reason: 'too slow',
      since: '2026-03-02T11:00:00.000Z',
    } as const;
    const other = { ...mark, bundle: digestOf('another') };
    const statuses = [await storyStatus(story.log, [mark, other])];
    expect(read('status', { statuses }).notes).toEqual([
      'yanked since 2026-03-02T11:00:00.000Z: too slow',
    ]);
    expect(read('status', { statuses, past: true }).notes).toEqual([
      'judged as of 2026-03-02T12:00:00.000Z; what was said since is not known',
      'yanked since 2026-03-02T11:00:00.000Z: too slow',
    ]);
  });

  it('says until when a status file counts by grace alone', () => {
    const expires = storyNow + 23 * 3_600_000;
    const says = (now: number): string => read('status', { now, statusGraceSeconds: 3_600 }).says;
    expect(says(expires)).not.toContain('grace');
    expect(says(expires + 1)).toContain('counted by the grace that this host allows');
  });
});

describe('the chain of a refused version', () => {
  const other = digestOf('something else');
  const { line } = story;

  it.each<[string, Partial<DecisionInput>, string[]]>([
    ['the bundle is another', { line: { ...line, bundle: other } }, ['version']],
    [
      'a statement is withheld',
      { statements: new Map([...story.input.statements].slice(1)) },
      ['statements'],
    ],
    ['the publisher is another', { pinned: { publisher: other } }, ['publisher']],
    ['the report is another', { report: Buffer.from('{}') }, ['scan']],
    ['the status has expired', { now: storyNow + 2 * 86_400_000 }, ['status']],
    [
      'no witness cosigned',
      {
        witnesses: {
          schema: 'skillgate.witnesses/1',
          threshold: 1,
          witnesses: [{ name: 'w', key: storyRoot.log.key }],
        },
      },
      ['witnesses'],
    ],
    [
      'the log is another',
      { seen: { checkpoint: { size: 9, root: Buffer.alloc(32) }, proof: [] } },
      ['log'],
    ],
    ['nothing is there', { line: { ...line, statements: [] } }, ['publisher', 'scan', 'verdict']],
  ])('fails where it breaks: %s', (_, change, parts) => {
    expect(broken(chainOf(change))).toEqual(expect.arrayContaining(parts));
    const decision = decide({ ...story.input, ...change });
    const reasons = all(decision.chain).flatMap((one) => one.reasons);
    expect(reasons.length).toBe(decision.kind === 'refused' ? decision.reasons.length : 0);
  });

  it('has a place for every reason there is', () => {
    const reasons = new Reasons();
    for (const code of Object.keys(decisionHints))
      reasons.add(code as keyof typeof decisionHints, code);
    for (const { part } of reasons.list) expect(chainParts).toContain(part);
  });
});
