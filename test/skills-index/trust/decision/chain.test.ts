import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import {
  type ChainNode,
  chainOf as judgedChainOf,
} from '../../../../skills-index/trust/decision/chain.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { gatherEvidence } from '../../../../skills-index/trust/decision/evidence.ts';
import { judge } from '../../../../skills-index/trust/decision/judge.ts';
import { decisionHints, Reasons } from '../../../../skills-index/trust/decision/reason.ts';
import { type JudgedScan, judgeScan } from '../../../../skills-index/trust/decision/version.ts';
import { rootFingerprint } from '../../../../skills-index/trust/root/root.ts';
import { people, storyRoot, tellStory } from '../../story.ts';

const story = await tellStory();
const all = (node: ChainNode): ChainNode[] => [node, ...node.of.flatMap(all)];
const chainOf = (change: Partial<DecisionInput> = {}): ChainNode =>
  judgedChainOf(judge({ ...story.input, ...change }));
const partOf = (chain: ChainNode, part: ChainNode['part']): ChainNode | undefined =>
  all(chain).find((one) => one.part === part);
const broken = (chain: ChainNode): string[] =>
  all(chain).flatMap((one) => (one.holds ? [] : [one.part]));

describe('the chain of an admitted version', () => {
  it('says when the publisher is the one that was known, and the head was compared with one seen before', () => {
    const seen = { checkpoint: story.log.head, proof: [] };
    const known = chainOf({ pinned: { publisher: people.author.keyId }, seen });
    expect(partOf(known, 'publisher')?.notes).toContain(
      'keyed: this host pins this key for the skill; the signature is in the public log; no name is proven',
    );
    const other = chainOf({ pinned: { publisher: people.stranger.keyId } });
    expect(partOf(other, 'publisher')?.notes).toContain(
      'keyed: this host pins another key for the skill; the signature is in the public log; no name is proven',
    );
    expect(partOf(known, 'log')?.notes).toEqual([
      `compared with the head of size ${story.log.head.size} that this host saw before`,
    ]);
  });
});

describe('what people read of a chain', () => {
  it('is one line for each part, and what more is worth knowing', () => {
    expect(all(chainOf()).map(({ part, says, notes }) => [part, says, ...notes])).toEqual([
      [
        'root',
        `root of trust ${rootFingerprint(storyRoot)} of skills.example: one administrator; a change of a scope’s owner needs 1`,
      ],
      [
        'log',
        `log of skills.example: size 9, root ${Buffer.from(story.log.head.root).toString('base64')}`,
        'this host sees the log for the first time',
      ],
      ['statements', '9 of 9 statements are signed and in the log'],
      [
        'witnesses',
        'witnessed: 0/0 (none demanded): the registry could show this host another history than other hosts',
      ],
      [
        'publisher',
        `published by ${people.author.keyId} at log index 4`,
        'keyed: this host knew no publisher of the skill before; the signature is in the public log; no name is proven',
        'SLSA build level 0: nothing shows where the version was built',
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
      ['summary', 'verification summary of the registry at log index 8, 2026-03-02T10:00:00.000Z'],
      ['status', 'status of 2026-03-02T11:00:00.000Z, valid until 2026-03-03T11:00:00.000Z'],
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
        evidence,
        reasons: [],
        level: 0,
        alarm: undefined,
      } as const;
      const none = { publish: undefined, files: undefined, summary: undefined, status: undefined };
      const node = partOf(
        judgedChainOf({ ...judged, parts: { ...none, scan }, approvals: [approval] }),
        'approvals',
      );
      expect(node?.undemanded ?? false).toBe(isHollow);
      expect(node?.says.includes('every approver relied on what the registry’s desk showed')).toBe(
        isHollow,
      );
    },
  );
});

describe('the chain of a refused version', () => {
  const other = digestOf('something else');
  const { line } = story;

  it.each<[string, Partial<DecisionInput>, string[]]>([
    [
      'a statement is withheld',
      { statements: new Map([...story.input.statements].slice(1)) },
      ['statements'],
    ],
    ['the publisher is another', { pinned: { publisher: other } }, ['publisher']],
    [
      'the log is another',
      { seen: { checkpoint: { size: 9, root: Buffer.alloc(32) }, proof: [] } },
      ['log'],
    ],
    ['nothing is there', { line: { ...line, statements: [] } }, ['publisher', 'scan', 'summary']],
  ])('fails where it breaks: %s', (_, change, parts) => {
    expect(broken(chainOf(change))).toEqual(expect.arrayContaining(parts));
    const decision = decide({ ...story.input, ...change });
    const reasons = all(chainOf(change)).flatMap((one) => one.reasons);
    expect(reasons.length).toBe(decision.kind === 'refused' ? decision.reasons.length : 0);
  });

  it('has a place for every reason there is', () => {
    const reasons = new Reasons();
    for (const code of Object.keys(decisionHints))
      reasons.add(code as keyof typeof decisionHints, code);
    const chain = judgedChainOf({ ...judge(story.input), reasons: reasons.list });
    expect(all(chain).flatMap((one) => one.reasons)).toHaveLength(reasons.list.length);
    expect(partOf(chain, 'scan')?.reasons.map(({ code }) => code)).toEqual([
      'scanner-unknown',
      'scans-missing',
      'scan-mismatch',
      'rule-set-refused',
    ]);
  });
});
