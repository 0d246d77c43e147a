import { describe, expect, it } from 'vitest';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import type { ScanReport } from '../../../../skills-index/statement/scan-report.ts';
import type { DecisionInput } from '../../../../skills-index/trust/decision/decision.ts';
import { people, type Story, scanOf, storyStatus, summaryOf, tellStory } from '../../story.ts';
import type { Said } from '../../story-log.ts';
import { says } from './judged.ts';

/**
 * The story with another choice of statements in its index line, and a verification summary over
 * exactly those.
 */
async function chosen(
  story: Story,
  inputs: readonly Said[],
  summary?: Said,
): Promise<DecisionInput> {
  const said = summary ?? (await story.log.say(summaryOf(story.about, inputs), people.registry));
  const statements = [...story.identities.filter((one) => !inputs.includes(one)), ...inputs, said];
  const { consistency: _, ...input } = story.input;
  return {
    ...input,
    line: {
      ...story.line,
      statements: statements.map((one) => one.digest),
      logIndex: said.logIndex,
    },
    statements: new Map(statements.map((one) => [one.digest, one.bytes])),
    statuses: [await storyStatus(story.log)],
  };
}

const model = await tellStory();

describe('the order in the log', () => {
  it('does not mind a new verification summary over the same statements', async () => {
    const story = await tellStory();
    expect(says(await chosen(story, [story.publish, story.scan, ...story.approvals]))).toEqual([]);
  });

  it('has the scan after the publication', async () => {
    let early: Said | undefined;
    const story = await tellStory({
      before: async (log) => {
        early = await log.say(scanOf(model.about, model.report), people.scanner);
      },
    });
    const inputs = [story.publish, early ?? story.scan, ...story.approvals];
    expect(says(await chosen(story, inputs))).toEqual([
      'scan-mismatch: the scan was logged before the version was published',
    ]);
  });
});

describe('coverage', () => {
  const withoutLast = (report: ScanReport): ScanReport => ({
    ...report,
    coverage: { files: report.coverage.files.slice(0, -1) },
  });
  const shorter = (one: Statement): Statement =>
    one.predicateType === predicateTypes.scan
      ? { ...one, predicate: { ...one.predicate, coverage: one.predicate.coverage.slice(0, -1) } }
      : one;

  it('has to be the bundle’s file list, even where scan and report agree on less', async () => {
    const story = await tellStory({ report: withoutLast, statement: shorter });
    expect(says(story.input)).toEqual([
      'scan-mismatch: the scan did not cover exactly the files of the bundle',
    ]);
  });

  it('has to be the same in the report as in what was signed', async () => {
    const report = (one: ScanReport): ScanReport => ({
      ...one,
      coverage: {
        files: one.coverage.files.map((file) => ({ ...file, disposition: 'unanalysed' })),
      },
    });
    expect(says((await tellStory({ report })).input)).toEqual([
      'scan-mismatch: the scan report covers other files than the signed scan',
    ]);
  });
});
