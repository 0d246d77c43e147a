/**
 * Which evidence a decision reads: the statements that a host kept, the pieces that can be read,
 * and what belongs to a decision about the past.
 */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../../../skills-index/statement/attestation.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import {
  addressesOf,
  type Evidence,
  gatherEvidence,
  statementsOf,
} from '../../../../skills-index/trust/decision/evidence.ts';
import { Reasons } from '../../../../skills-index/trust/decision/reason.ts';
import { VerifiedStatements } from '../../../../skills-index/trust/signatures/verified-statements.ts';
import { stoppedStory } from '../../stopped-story.ts';
import { tellStory } from '../../story.ts';
import { codesOf } from './withheld.ts';

const story = await tellStory();
const { input, line } = story;
const evidenceOf = (change: Partial<DecisionInput>, reasons = new Reasons()): Evidence =>
  gatherEvidence({ ...input, ...change }, reasons);

describe('a statement that this host kept', () => {
  const kept = async () => {
    const stopped = await stoppedStory('revoked');
    const { proven: _, ...rest } = stopped.input;
    const { digest, bytes } = stopped.stop;
    return { rest, digest, bytes, known: new Map([[digest, bytes]]) };
  };

  it('stops a version although neither the index line nor a proof names it', async () => {
    const { rest, known } = await kept();
    expect(codesOf(decide(rest))).toEqual([]);
    expect(codesOf(decide({ ...rest, known }))).toEqual(['revoked']);
    expect(codesOf(decide({ ...rest, known, past: false }))).toEqual(['revoked']);
  });

  it('says nothing of the past, when nobody had said it yet', async () => {
    const { rest, known } = await kept();
    expect(codesOf(decide({ ...rest, known, past: true }))).toEqual([]);
  });

  it('counts once where the index line or a proof names it, too', async () => {
    const { rest, digest, known } = await kept();
    const reasons = new Reasons();
    const knownIn = (more: Partial<DecisionInput>) =>
      gatherEvidence({ ...rest, known, ...more }, reasons).known.map((one) => one.digest);
    expect(knownIn({})).toEqual([digest]);
    expect(knownIn({ proven: [digest] })).toEqual([]);
    expect(knownIn({ line: { ...rest.line, statements: [digest] } })).toEqual([]);
  });

  it('is skipped when it is no longer valid, and is no reason', async () => {
    const { rest, digest } = await kept();
    const broken = new Map([[digest, Buffer.from('{}')]]);
    expect(gatherEvidence({ ...rest, known: broken }, new Reasons()).known).toEqual([]);
    expect(codesOf(decide({ ...rest, known: broken }))).toEqual([]);
  });

  it('is not blamed for a fault of the program', async () => {
    const { rest, known, bytes } = await kept();
    class Broken extends VerifiedStatements {
      override verify(...given: Parameters<VerifiedStatements['verify']>) {
        if (given[0] === bytes) throw new TypeError('no such thing');
        return super.verify(...given);
      }
    }
    expect(() => decide({ ...rest, known, verified: new Broken() })).toThrow(TypeError);
  });
});

describe('a statement that a proof names', () => {
  const proven = [digestOf('a statement'), ...line.statements.slice(0, 1)];

  it('is read besides those of the index line, each once', () => {
    expect(addressesOf({ ...input, proven })).toEqual([...line.statements, proven[0]]);
    expect(addressesOf({ ...input, proven, past: false })).toEqual([...line.statements, proven[0]]);
  });

  it('is not read for a decision about the past', () => {
    expect(addressesOf({ ...input, proven, past: true })).toEqual(line.statements);
  });
});

describe('the statements of one kind', () => {
  it('are in the order of the log, however the index line names them', () => {
    const evidence = evidenceOf({});
    const inLog = [...evidence.statements].sort((a, b) => a.logIndex - b.logIndex);
    for (const statements of [inLog, inLog.toReversed()])
      expect(
        statementsOf({ ...evidence, statements }, predicateTypes.member).map((one) => one.logIndex),
      ).toEqual([0, 1, 2]);
  });

  it('choose the policy by the verification summary, wherever the line names it', () => {
    const earlier = (validUpTo: number) => [{ policy: input.policy, validUpTo }];
    const policy = { ...input.policy, programs: ['zsh'] };
    const inLog = story.log.said.map(({ digest }) => digest);
    for (const statements of [inLog, inLog.toReversed()]) {
      const at = (validUpTo: number): number | undefined =>
        evidenceOf({
          line: { ...line, statements },
          policy: { ...policy, earlier: earlier(validUpTo) },
        }).policies.validUpTo;
      expect([at(7), at(8)]).toEqual([undefined, 8]);
    }
  });
});

describe('a piece of evidence that cannot be read', () => {
  it('is a fault of the program when it is no bytes', () => {
    expect(() => decide({ ...input, statuses: [undefined as never] })).toThrow(TypeError);
  });
});
