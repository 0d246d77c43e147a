import { describe, expect, it } from 'vitest';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import type { ScanReport } from '../../../../skills-index/statement/scan-report.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import {
  approvalBy,
  people,
  type Story,
  scanOf,
  storyStatus,
  summaryOf,
  tellStory,
} from '../../story.ts';
import type { Said } from '../../story-log.ts';

const messagesOf = (input: DecisionInput): string[] => {
  const decision = decide(input);
  return decision.kind === 'refused'
    ? decision.reasons.map((one) => `${one.code}: ${one.message}`)
    : [];
};

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
const ready = { report: model.report, capabilities: model.line.capabilities, twist: {} };

describe('the order in the log', () => {
  it('does not mind a new verification summary over the same statements', async () => {
    const story = await tellStory();
    expect(
      messagesOf(await chosen(story, [story.publish, story.scan, ...story.approvals])),
    ).toEqual([]);
  });

  it('has the scan after the publication', async () => {
    let early: Said | undefined;
    const story = await tellStory({
      before: async (log) => {
        early = await log.say(scanOf(model.about, model.report), people.scanner);
      },
    });
    const inputs = [story.publish, early ?? story.scan, ...story.approvals];
    expect(messagesOf(await chosen(story, inputs))).toEqual([
      'scan-mismatch: the scan was logged before the version was published',
    ]);
  });

  it('has the approvals after the scan', async () => {
    const early: Said[] = [];
    const story = await tellStory({
      before: async (log) => {
        for (const name of ['ada', 'ben'] as const) {
          const { statement, signer } = approvalBy(name, model.about, ready);
          early.push(await log.say(statement, signer));
        }
      },
    });
    const messages = messagesOf(await chosen(story, [story.publish, story.scan, ...early]));
    expect(messages.slice(0, 2)).toEqual([
      'approval-invalid: the approval of Ada at log index 4 does not count: it was given before the scan',
      'approval-invalid: the approval of Ben at log index 5 does not count: it was given before the scan',
    ]);
  });

  it('has the verification summary after all that it names', async () => {
    const story = await tellStory();
    const { statement, signer } = approvalBy('ada', story.about, {
      ...ready,
      report: story.report,
    });
    const late = await story.log.say(statement, signer);
    const forged = await story.log.say(
      summaryOf(story.about, [story.publish, story.scan, late, ...story.approvals]),
      people.registry,
    );
    const later = await story.log.say(statement, signer);
    const input = await chosen(
      story,
      [story.publish, story.scan, later, ...story.approvals],
      forged,
    );
    expect(messagesOf(input)).toContain(
      'summary-invalid: the verification summary was logged before a statement that it names',
    );
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
    expect(messagesOf(story.input)).toEqual([
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
    expect(messagesOf((await tellStory({ report })).input)).toEqual([
      'scan-mismatch: the scan report covers other files than the signed scan',
    ]);
  });
});
