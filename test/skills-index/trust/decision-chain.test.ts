import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { type DecisionInput, decide } from '../../../skills-index/trust/decision.ts';
import type { ChainNode } from '../../../skills-index/trust/decision-chain.ts';
import { chainParts, decisionHints, Reasons } from '../../../skills-index/trust/decision-reason.ts';
import { rootFingerprint } from '../../../skills-index/trust/root.ts';
import { people, storyNow, storyRoot, tellStory } from '../story.ts';

const story = await tellStory();
const all = (node: ChainNode): ChainNode[] => [node, ...node.of.flatMap(all)];
const chainOf = (change: Partial<DecisionInput> = {}): ChainNode => decide({ ...story.input, ...change }).chain;
const partOf = (chain: ChainNode, part: ChainNode['part']): ChainNode | undefined => all(chain).find((one) => one.part === part);
const broken = (chain: ChainNode): string[] => all(chain).flatMap((one) => (one.holds ? [] : [one.part]));

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
    ['log', [`size ${story.log.head.size}`, Buffer.from(story.log.head.root).toString('base64'), 'first time']],
    ['statements', ['9 of 9 statements']],
    ['witnesses', ['witnessed: 0/0', 'nobody but the operator']],
    [
      'publisher',
      [people.author.keyId, 'keyed: no publisher was known here before, publicly logged, no name proven', 'SLSA build level 0'],
    ],
    ['scan', ['pass, 3 of 3 files', 'rule set sha256:', 'report sha256:']],
    [
      'approvals',
      ['approvals: 2 (2 needed)', 'independent approvals: 1/1', 'Ada, by key, independent of the desk', 'Ben, by passkey'],
    ],
    ['verdict', [`log index ${story.verdict.logIndex}`, '2026-03-02T10:00:00.000Z']],
    ['status', ['status of 2026-03-02T11:00:00.000Z, good until 2026-03-03T11:00:00.000Z']],
    ['version', ['@acme/weekly-report@1.4.0', story.packed.digest]],
  ])('says of %s what was found', (part, words) => {
    const node = partOf(chain, part);
    for (const word of words) expect([node?.says, ...(node?.notes ?? [])].join('\n')).toContain(word);
  });

  it('says when the publisher is the one that was known, and the head was compared with one seen before', () => {
    const seen = { checkpoint: story.log.head, proof: [] };
    const known = chainOf({ pinned: { publisher: people.author.keyId }, seen });
    expect(partOf(known, 'publisher')?.notes).toContain('keyed: the same publisher as before, publicly logged, no name proven');
    expect(partOf(known, 'log')?.notes).toEqual([`compared with the head seen here before, of size ${story.log.head.size}`]);
  });

  it('says when it is judged as of a time gone by, and when only grace keeps it', () => {
    expect(partOf(chainOf({ past: true }), 'status')?.notes.join()).toContain('judged as of 2026-03-02T12:00:00.000Z');
    const late = chainOf({ now: storyNow + 86_400_000, statusGraceSeconds: 86_400 });
    expect(partOf(late, 'status')?.says).toContain('counted by the grace that this host allows');
  });
});

describe('the chain of a refused version', () => {
  const other = digestOf('something else');
  const { line } = story;

  it.each<[string, Partial<DecisionInput>, string[]]>([
    ['the bundle is another', { line: { ...line, bundle: other } }, ['version']],
    ['a statement is withheld', { statements: new Map([...story.input.statements].slice(1)) }, ['statements']],
    ['the publisher is another', { pinned: { publisher: other } }, ['publisher']],
    ['the report is another', { report: Buffer.from('{}') }, ['scan']],
    ['the status has expired', { now: storyNow + 2 * 86_400_000 }, ['status']],
    [
      'no witness cosigned',
      { witnesses: { schema: 'skillgate.witnesses/1', threshold: 1, witnesses: [{ name: 'w', key: storyRoot.log.key }] } },
      ['witnesses'],
    ],
    ['the log is another', { seen: { checkpoint: { size: 9, root: Buffer.alloc(32) }, proof: [] } }, ['log']],
    ['nothing is there', { line: { ...line, statements: [] } }, ['publisher', 'scan', 'verdict']],
  ])('fails where it breaks: %s', (_, change, parts) => {
    expect(broken(chainOf(change))).toEqual(expect.arrayContaining(parts));
    const decision = decide({ ...story.input, ...change });
    const reasons = all(decision.chain).flatMap((one) => one.reasons);
    expect(reasons.length).toBe(decision.kind === 'refused' ? decision.reasons.length : 0);
  });

  it('has a place for every reason there is', () => {
    const reasons = new Reasons();
    for (const code of Object.keys(decisionHints)) reasons.add(code as keyof typeof decisionHints, code);
    for (const { part } of reasons.list) expect(chainParts).toContain(part);
  });
});
