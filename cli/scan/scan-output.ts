/**
 * The output of `skillgate scan` in each format: text before the reports, for each report, and
 * after them.
 */

import type { Marks } from '../../scanner/reports/marks.ts';
import { noMarks } from '../../scanner/reports/marks.ts';
import { printReport } from '../../scanner/reports/report-text.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext, Format } from '../command.ts';
import { jsonText, wantsColour } from '../terminal/output.ts';
import type { ScannedFolder } from './scan-skill.ts';

export interface ScanOutput {
  readonly begin: string;
  one(scanned: ScannedFolder, first: boolean): string | Promise<string>;
  end(): string;
}

/** The output of a format. Modules of one format are loaded only for that format. */
export async function scanOutput(
  context: CommandContext,
  marks: Marks = noMarks,
): Promise<ScanOutput> {
  return outputs[context.format](context, marks);
}

const outputs: Readonly<
  Record<Format, (context: CommandContext, marks: Marks) => ScanOutput | Promise<ScanOutput>>
> = {
  text: (context, marks) => ({
    begin: '',
    one: async (scanned, first) =>
      `${first ? '' : '\n'}${await reportText(context, scanned, marks)}`,
    end: () => '',
  }),
  json: () => ({
    begin: '{"schema":"skillgate.scans/1","reports":[',
    one: ({ report }, first) => `${first ? '' : ','}${jsonText(report)}`,
    end: () => ']}\n',
  }),
  jsonl: () => ({ begin: '', one: ({ report }) => `${jsonText(report)}\n`, end: () => '' }),
  sarif: async (_, marks) => {
    const { SarifRun } = await import('../../scanner/reports/sarif/sarif.ts');
    const { rules } = await import('../../scanner/rules.ts');
    const { ruleSetDigest } = await import('../../scanner/rule-set.ts');
    const { ownVersion } = await import('../own-version.ts');
    const run = new SarifRun({ rules, version: ownVersion(), ruleSet: ruleSetDigest(), marks });
    const one = ({ report, files }: ScannedFolder): string => {
      run.add(report, files);
      return '';
    };
    return { begin: '', one, end: () => `${jsonText(run.end())}\n` };
  },
  github: async (_, marks) => {
    const { printAnnotations } = await import('../../scanner/reports/report-github.ts');
    return { begin: '', one: ({ report }) => printAnnotations(report, marks), end: () => '' };
  },
  gitlab: async (_, marks) => {
    const { gitLabIssues } = await import('../../scanner/reports/report-gitlab.ts');
    let separator = '';
    const one = ({ report }: ScannedFolder): string => {
      const issues = gitLabIssues(report, marks).map((issue) => {
        const text = `${separator}${jsonText(issue)}`;
        separator = ',\n';
        return text;
      });
      return issues.join('');
    };
    return { begin: '[', one, end: () => ']\n' };
  },
  markdown: async (_, marks) => {
    const { printMarkdown } = await import('../../scanner/reports/report-markdown.ts');
    const one = ({ report, files }: ScannedFolder, first: boolean): string =>
      `${first ? '' : '\n---\n\n'}${printMarkdown(report, files, marks)}`;
    return { begin: '', one, end: () => '' };
  },
};

async function reportText(
  context: CommandContext,
  { report, files }: ScannedFolder,
  marks: Marks,
): Promise<string> {
  const { columns } = context.stdout;
  const colour = wantsColour(context.stdout, context.env);
  // Loaded only when there are lines to propose for a manifest.
  const asks = report.findings.some(
    ({ kind, severity }) => kind === 'capability' && severity !== 'info',
  );
  const allowances = asks
    ? (await import('../../scanner/reports/allowance.ts')).allowancesOf(report, files)
    : new Map();
  return printReport(report, files, {
    colour,
    allowances,
    marks,
    asCalled,
    ...(columns === undefined ? {} : { width: columns }),
  });
}
