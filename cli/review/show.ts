/**
 * `skillgate review show`: fetches and scans the reviewer's own copy, so that the reviewer need not
 * trust the registry.
 */
import { printReport } from '../../scanner/reports/report-text.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { type Capabilities, noCapabilities } from '../../skills-index/skill/capability.ts';
import { parseManifest, parseManifestJson } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { remarkKinds } from '../../skills-index/statement/prose.ts';
import { changeWords } from '../../skills-index/statement/prose-change.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { defaultPolicy, whyHigh } from '../../skills-index/trust/policy/policy.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { originRows } from '../publish/origin-rows.ts';
import { approvalsText } from '../registries/approvals-text.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { canLines } from '../run/capability-text.ts';
import { keepFiles } from '../scan/keep-files.ts';
import { scanOnce } from '../scan/watched-scan.ts';
import { signerFor } from '../signing/signer.ts';
import { parseExactVersion } from '../terminal/exact-version.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  Safe,
  safe,
  table,
  wantsColour,
} from '../terminal/output.ts';
import { fetchReviewedBundle } from './approve.ts';
import { type ReviewAnswer, reviewAnswer } from './review-answers.ts';

export async function showReview(context: CommandContext): Promise<ExitCode> {
  const { name, version } = parseExactVersion(context.args[0] ?? '');
  const signer = await signerFor(context);
  return withSession(context, signer, async (token) => {
    const path = `/api/v1/reviews${versionPath(name, version)}`;
    const review = await askRegistry(context, path, reviewAnswer, { token });
    if (review.filesDeleted !== null)
      throw new Problem(
        'files-deleted',
        `The registry’s retention rule deleted the files of ${name}@${version} on ${review.filesDeleted}`,
        { hint: `skillgate status ${name}@${version} shows what is left.` },
      );
    const { files } = await fetchReviewedBundle(context, review.bundle, token);
    const report = await scanOnce(files);
    const reportHere = canonicalDigest(report);
    if (typeof context.options.files === 'string')
      await keepFiles(context, files, context.options.files);
    const colour = wantsColour(context.stdout, context.env);
    const { columns } = context.stdout;
    const width = columns === undefined ? {} : { width: columns };
    answer(
      context,
      { schema: 'skillgate.review/1', ...review, scannedHere: { digest: reportHere, report } },
      () =>
        joined(
          [
            headText(context, review, { declared: declaredIn(review, files), report }),
            proseText(review),
            ...readingText(review),
            observedText(review),
            // printReport escapes all that comes from the skill.
            new Safe(printReport(report, files, { colour, asCalled, ...width }).trimEnd()),
            sameText(context, review, reportHere),
            nextText(context, review),
          ],
          '\n\n',
        ),
    );
    return exitCodes.ok;
  });
}

interface Read {
  readonly declared: Capabilities;
  readonly report: ScanReport;
}

// `skillgate review revoke --publisher` needs this id; a key has no other name.
function publisherText({ publisher, publishedBy }: ReviewAnswer): Safe {
  const name = publishedBy ?? publisher;
  return name === publisher ? safe`${publisher}` : safe`${name}, ${publisher}`;
}

function headText(context: CommandContext, review: ReviewAnswer, { declared, report }: Read): Safe {
  const ink = inkFor(context.stdout, context.env);
  const capabilities = canLines(declared, declared);
  return joined(
    [
      table([
        ['version', ink.bold(`${review.name}@${review.version}`)],
        ['says', review.description],
        ['status', review.status],
        [
          'bundle',
          safe`${review.bundle}, ${count(review.files.length, 'file')} fetched here and checked`,
        ],
        ...filesSinceRows(review),
        ...askedBeforeRows(review),
        ['publisher', publisherText(review)],
        ...originRows(review),
        ['approvals', approvalsText(review)],
        ...riskRows(review),
        ...whyMore(declared, report).map((why): [string, string] => [
          '',
          `more than usual, because ${why}`,
        ]),
      ]),
      safe`asks for${capabilities.length === 0 ? ' nothing beyond its own folder' : ' (the author’s reasons in brackets):'}`,
      ...capabilities.map((one) => safe`  ${one}`),
      ...requiredLines(review),
      ...packageLines(review),
      safe`so far:`,
      ...review.approvals.map(
        (one) => safe`  approved by ${one.reviewer} (${one.by}): ${one.reason}`,
      ),
      ...review.notes.map(
        (one) => safe`  ${one.kind} by ${one.by}${one.text === '' ? '' : `: ${one.text}`}`,
      ),
      ...review.history.map(
        (move) => safe`  ${move.at}  ${move.from ?? ''} → ${move.to}  ${move.by}  ${move.why}`,
      ),
    ],
    '\n',
  );
}

// The registry compares the files with those of an earlier version: the last approved version, or
// the version that reviewers asked about.
export function filesSinceRows({
  filesSince,
}: Pick<ReviewAnswer, 'filesSince'>): readonly (readonly [string, Safe])[] {
  if (filesSince === null) return [];
  const { added, changed, removed, since } = filesSince;
  const lines = [
    ...changed.map(({ path }) => safe`changed since ${since}: ${path}`),
    ...added.map((path) => safe`new since ${since}: ${path}`),
    ...removed.map((path) => safe`gone since ${since}: ${path}`),
  ];
  if (lines.length === 0) return [['files', safe`the same as in ${since}`]];
  return lines.map((line, index) => [index === 0 ? 'files' : '', line] as const);
}

// An author often answers a question with another version.
export function askedBeforeRows({
  askedBefore,
}: Pick<ReviewAnswer, 'askedBefore'>): readonly (readonly [string, Safe])[] {
  if (askedBefore === null) return [];
  const { answers, filesSince, questions, status } = askedBefore;
  const { since } = filesSince;
  const said = [
    ...questions.map((one) => ({ ...one, did: 'asked' })),
    ...answers.map((one) => ({ ...one, did: 'answered' })),
  ].sort((a, b) => (a.at < b.at ? -1 : 1));
  return [
    ['before', safe`reviewers asked about ${since}, which is ${status}`],
    ...said.map(({ by, did, text }) => ['', safe`${did} by ${by}: ${text}`] as const),
    ...filesSinceRows({ filesSince }).map(([, line]) => ['', line] as const),
  ];
}

// The registry's view: the order of its queue, and no part of the evidence.
function riskRows({ risk }: ReviewAnswer): readonly (readonly [string, Safe | string])[] {
  if (risk === null) return [];
  return [
    ['risk', `${risk.total}, as the registry counts it`],
    ...risk.parts.map(({ name, points, why }) => ['', safe`${name} ${points}: ${why}`] as const),
  ];
}

// The required skills have approvals and sandboxes of their own.
export function requiredLines({ required }: Pick<ReviewAnswer, 'required'>): readonly Safe[] {
  return required.map(({ before, change, fits, name, range }) => {
    const was = before === null ? '' : `, before ${before}`;
    const now = fits === null ? 'no approved version fits' : `${fits} fits now`;
    return safe`  requires ${name}@${range}${change === 'new' ? ', which is new' : was}: ${now}`;
  });
}

// What the scanners of the registry saw of the packages; malicious packages first.
export function packageLines({
  seenPackages,
}: Pick<ReviewAnswer, 'seenPackages'>): readonly Safe[] {
  const advised = seenPackages.flatMap(({ advisories, ecosystem, name, version }) =>
    advisories.map(({ id, isMalware, summary }) => ({
      isMalware,
      line: safe`  ${isMalware ? 'malicious' : 'vulnerable'} package ${ecosystem} ${name}@${version}: ${id} ${summary}`,
    })),
  );
  const blocked = seenPackages.filter(({ scan }) => scan?.verdict === 'block');
  const unseen = seenPackages.filter(({ report }) => report === null).length;
  const failed = seenPackages.filter(({ report }) => report?.kind === 'not fetched');
  const uncompared = seenPackages.filter(
    ({ advisoriesAt, report }) => report !== null && advisoriesAt === null,
  ).length;
  return [
    ...advised.sort((a, b) => Number(b.isMalware) - Number(a.isMalware)).map(({ line }) => line),
    ...blocked.map(
      ({ ecosystem, name, version }) =>
        safe`  the scan of the package ${ecosystem} ${name}@${version} says block`,
    ),
    ...failed
      .slice(0, 1)
      .map(
        ({ report }) =>
          safe`  ${failed.length} of ${count(seenPackages.length, 'package')} could not be fetched, so no scanner read the code: ${report?.why ?? ''}`,
      ),
    ...(uncompared === 0
      ? []
      : [safe`  no scanner had advisories to compare with ${count(uncompared, 'package')}`]),
    ...(unseen === 0 ? [] : [safe`  no scanner has looked at ${count(unseen, 'package')} yet`]),
  ];
}

// The bundle's own skill.json, which the author signed and which is checked here; for an import,
// the manifest that the registry inferred.
function declaredIn({ manifest }: ReviewAnswer, files: readonly SourceFile[]): Capabilities {
  const json = files.find((file) => file.path === 'skill.json');
  if (json !== undefined) return parseManifest(json.bytes).capabilities;
  return manifest === undefined
    ? noCapabilities
    : parseManifestJson(parseJson(JSON.stringify(manifest), 'the manifest'), 'the manifest')
        .capabilities;
}

// By the policy that comes with this version of Skillgate; the registry's number is shown above.
function whyMore(capabilities: Capabilities, { findings, verdict }: ScanReport): readonly string[] {
  return whyHigh(defaultPolicy, { capabilities, findings, verdict });
}

function sameText(context: CommandContext, { reportDigest }: ReviewAnswer, here: string): Safe {
  const ink = inkFor(context.stdout, context.env);
  if (reportDigest === here)
    return safe`${ink.green('✔')} The registry’s signed report is byte for byte the one made here.`;
  if (reportDigest === null)
    return safe`${ink.yellow('▲')} The registry has no report yet; this report was made here.`;
  return safe`${ink.yellow('▲')} The registry’s signed report ${reportDigest} differs from the report made here (${here}): the rules differ, or the report was changed. Trust the report made here.`;
}

function nextText({ options }: CommandContext, { name, version, moves }: ReviewAnswer): Safe {
  const key = typeof options.key === 'string' ? ` --key ${options.key}` : '';
  const files =
    options.files === undefined
      ? safe`\nto read the skill first: skillgate review show ${name}@${version}${key} --files NEWFOLDER`
      : safe``;
  const states =
    moves.length === 0
      ? safe`You can move this version to no other state.`
      : safe`You can move this version to: ${moves.join(', ')}`;
  return safe`${states}\nnext: skillgate review approve ${name}@${version}${key} --reason "…"   or refuse, ask, move${files}`;
}

// New text for agents since the last approved version, for a terminal, as compared by the registry
// from its scanner's report.

/** Several lines: a summary, then each new or changed sentence with its place. */
function proseText({ prose }: Pick<ReviewAnswer, 'prose'>): Safe {
  if (prose?.kind === 'first')
    return safe`prose: no earlier version was approved, so all of the text is new. Static analysis cannot decide what a text makes an agent do`;
  const { change, since, left } = prose ?? { change: null, since: null, left: 0 };
  if (change === null || since === null)
    return safe`prose: the registry does not know what changed${since === null ? '' : ` since ${since}`}: read all of the text`;
  const more = change.addedCount - change.added.length;
  return joined(
    [
      safe`prose, as the registry compares it: ${changeWords(change, since, left)}`,
      ...change.added.map(
        (one) => safe`  ${one.path}:${one.line}  ${one.isHidden ? 'HIDDEN  ' : ''}${one.text}`,
      ),
      ...(more > 0 ? [safe`  and ${more} more: read the files`] : []),
    ],
    '\n',
  );
}

// What a version did when a scanner ran it in sandboxes with decoys, for a terminal.

const shownFacts = 30;

/** The verdict and the facts, or the words that nobody ran the version. */
function observedText({
  lacksObservation,
  name,
  observation,
  observationWaits,
  version,
}: Pick<
  ReviewAnswer,
  'observation' | 'lacksObservation' | 'observationWaits' | 'name' | 'version'
>): Safe {
  const demand = lacksObservation
    ? [
        safe`The policy asks for an observation before anybody approves. ${observationWaits}`,
        safe`By hand, with a scanner’s key: skillgate observe --send ${name}@${version} DIR`,
      ]
    : [];
  if (observation === null)
    return joined([safe`not observed: no scanner has run this version`, ...demand], '\n');
  const { by, coverage, facts, observedAt, verdict } = observation;
  const late =
    coverage.late === 0 ? '' : `, ${count(coverage.late, 'step')} reached the time limit`;
  return joined(
    [
      safe`observed by ${by} at ${observedAt}: ${verdict}. ${coverage.done} of ${count(coverage.planned, 'step')} ran${late}`,
      ...facts
        .slice(0, shownFacts)
        .map(
          ({ kind, level, steps, what }) =>
            safe`  ${level.padEnd(6)} ${kind}: ${what}${steps[0] === undefined ? '' : ` (in ${steps[0]})`}`,
        ),
      ...(facts.length > shownFacts ? [safe`  and ${facts.length - shownFacts} more`] : []),
      ...(facts.length === 0
        ? [
            safe`  no fact speaks against the version, which proves nothing: a program can notice that it is observed`,
          ]
        : []),
      ...demand,
    ],
    '\n',
  );
}

// What a model remarked about the prose of a version, for a terminal.

/** One text with a line for each remark; none where no model read the prose. */
function readingText({ reading }: Pick<ReviewAnswer, 'reading'>): readonly Safe[] {
  if (reading === null) return [];
  const { model, remarks, unread } = reading;
  const left = unread === 0 ? '' : `, ${count(unread, 'sentence')} unread`;
  return [
    joined(
      [
        safe`the model ${model} read the prose: ${count(remarks.length, 'remark')}${left}. A remark is an opinion, and silence proves nothing`,
        ...remarks.map(
          ({ path, line, quote, kind }) =>
            safe`  ${path}:${line}  remarks that ${wordsOf(kind)}: “${quote}”`,
        ),
      ],
      '\n',
    ),
  ];
}

// A newer registry may know more kinds.
function wordsOf(kind: string): string {
  return new Map<string, string>(Object.entries(remarkKinds)).get(kind) ?? kind;
}
