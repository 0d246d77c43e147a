import * as v from 'valibot';
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { approvalsLacking, approvalsText } from '../registries/approvals-text.ts';
import { fetchNewestVersions, fetchVersions } from '../registries/fetch-versions.ts';
import { type VersionAnswer, versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { signerFor } from '../signing/signer.ts';
import { type ExactVersion, parseExactVersion } from '../terminal/exact-version.ts';
import { answer, inkFor, printNote, type Safe, safe, table } from '../terminal/output.ts';
import { originRows } from './origin-rows.ts';
import { scanned } from './under-way.ts';

/** `skillgate status @scope/name[@version]`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [reference = ''] = context.args;
  if (reference.indexOf('@', 1) < 0) {
    const { reply, wait } = context.options;
    if (wait === true || reply !== undefined)
      throw new Problem(
        'usage',
        `Cannot ${wait === true ? 'wait' : 'answer'}: no version is named in the reference`,
        {
          hint: `skillgate status ${reference}@VERSION ${wait === true ? '--wait' : '--reply TEXT'}`,
        },
      );
    return listVersions(context, reference);
  }
  if (context.options.all === true)
    throw new Problem('usage', 'Cannot list all versions: the reference names one version', {
      hint: `skillgate status ${reference.slice(0, reference.indexOf('@', 1))} --all`,
    });
  const { name, version } = parseExactVersion(reference);
  if (context.options.reply !== undefined)
    return reply(context, { name, version }, String(context.options.reply));
  const found =
    context.options.wait === true
      ? await scanned(context, { name, version })
      : await askRegistry(context, `/api/v1/versions${versionPath(name, version)}`, versionAnswer);
  answer(context, { schema: 'skillgate.status/1', ...found }, () => statusText(context, found));
  return exitCodes.ok;
}

async function reply(
  context: CommandContext,
  { name, version }: ExactVersion,
  text: string,
): Promise<ExitCode> {
  if (text.trim() === '')
    throw new Problem('usage', 'Cannot answer: the text of --reply is empty', {
      hint: `skillgate status ${name}@${version} --reply "only the report reads the key"`,
    });
  const signer = await signerFor(context);
  await withSession(context, signer, (token) =>
    askRegistry(context, `/api/v1/reviews${versionPath(name, version)}/answer`, v.unknown(), {
      json: { text },
      token,
    }),
  );
  answer(
    context,
    { schema: 'skillgate.answered/1', name, version },
    () => safe`${name}@${version}: answered; the reviewers and everybody else can read the answer`,
  );
  return exitCodes.ok;
}

/** Whether a question came after the last answer. */
function isAsked({ answers, questions }: VersionAnswer): boolean {
  const question = questions.at(-1);
  const answered = answers.at(-1);
  return question !== undefined && (answered === undefined || question.at > answered.at);
}

async function listVersions(context: CommandContext, reference: string): Promise<ExitCode> {
  const { name } = parseReference(reference);
  const { versions, hasOlder } =
    context.options.all === true
      ? { versions: await fetchVersions(context, name), hasOlder: false }
      : await fetchNewestVersions(context, name);
  const rows = versions.map(({ version, status, uncounted, advice }) => ({
    version,
    status,
    ...(uncounted === null ? {} : { uncounted }),
    ...(advice.length === 0 ? {} : { advice }),
  }));
  const older = hasOlder ? { hasOlder } : {};
  answer(context, { schema: 'skillgate.versions/1', name, versions: rows, ...older }, () =>
    table(
      rows.map((row) => [
        row.version,
        [row.status, ...(row.advice ?? [])].join(', '),
        row.uncounted === undefined ? '' : `installers reject this version: ${row.uncounted}`,
      ]),
    ),
  );
  if (hasOlder)
    printNote(
      context,
      safe`These are the newest ${rows.length} versions. All of them: skillgate status ${name} --all`,
    );
  if (rows.length === 0) printNote(context, safe`The registry knows no version of ${name}.`);
  return exitCodes.ok;
}

const stateInk: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = {
  approved: 'green',
  'in review': 'yellow',
  quarantined: 'red',
  refused: 'red',
  suspended: 'red',
  revoked: 'red',
};

// A scan without findings is no approval.
function verdictText({ malicious, status, verdict }: VersionAnswer): string {
  if (verdict === null) return 'none yet';
  if (verdict !== 'pass') return verdict;
  const pass = 'pass: no finding needs more approvals';
  return status === 'in review' && malicious.length === 0
    ? `${pass}; a reviewer still has to approve`
    : pass;
}

function lackingRows(found: VersionAnswer): [string, string][] {
  const lacking = approvalsLacking(found);
  if (found.malicious.length > 0)
    return [
      ...found.malicious.map((why): [string, string] => ['', `nobody can approve it: ${why}`]),
      ['', 'what to do: publish a higher version without the package'],
    ];
  return [
    ...found.whyMore.map((why): [string, string] => ['', `more than usual, because ${why}`]),
    ...(lacking === undefined ? [] : [['', `missing: ${lacking}`] satisfies [string, string]]),
  ];
}

// What an author or a reviewer does about a version that nobody can approve as it is.
function nextRows({ name, version, status, uncounted }: VersionAnswer): [string, string][] {
  if (status === 'quarantined')
    return [
      ['', 'what to do: mend what the scan says (skillgate scan), and publish a higher version'],
      [
        '',
        `a reviewer who finds it harmless releases it: skillgate review move ${name}@${version} --to "in review" --reason TEXT`,
      ],
    ];
  return status === 'refused' && uncounted === null
    ? [['', 'what to do: publish a higher version']]
    : [];
}

function statusText(context: CommandContext, found: VersionAnswer): Safe {
  const ink = inkFor(context.stdout, context.env);
  const head = table([
    ['version', safe`${ink.bold(found.name)} ${found.version}`],
    ['status', ink[stateInk[found.status] ?? 'cyan'](found.status)],
    ...(found.uncounted === null
      ? []
      : [
          ['', safe`${ink.red('installers reject this version')}: ${found.uncounted}`] as const,
          [
            '',
            'what to do: publish a higher version, which needs its own scan and approvals',
          ] as const,
        ]),
    ...nextRows(found),
    ...(found.filesDeleted === null
      ? []
      : [
          [
            'files',
            safe`deleted by the registry’s retention rule on ${found.filesDeleted}; publish a higher version to offer the skill again`,
          ] as const,
        ]),
    ...found.advice.map(({ kind, reason, replacement, at }): [string, Safe] => [
      '',
      safe`${ink.yellow(kind)} by the author: ${reason}${replacement === null ? '' : `; use ${replacement} instead`}  ${at}`,
    ]),
    ['bundle', found.bundle],
    ['publisher', found.publisher],
    ...originRows(found),
    ['verdict', verdictText(found)],
    ['approvals', approvalsText(found)],
    ...(found.status === 'in review' ? lackingRows(found) : []),
    ...found.approvals.map((approval): [string, Safe] => [
      '',
      safe`${approval.reviewer} by ${approval.by}${approval.independent ? ', independent' : ''}: ${approval.reason}`,
    ]),
    ...found.questions.map((question): [string, Safe] => [
      'asked',
      safe`${ink.yellow(question.by)}: ${question.text}  ${question.at}`,
    ]),
    ...found.answers.map((one): [string, Safe] => [
      'answered',
      safe`${ink.green(one.by)}: ${one.text}  ${one.at}`,
    ]),
    ...(isAsked(found) && found.status === 'in review'
      ? [
          [
            '',
            safe`to answer: skillgate status ${found.name}@${found.version} --reply "…", or publish a higher version`,
          ] as const,
        ]
      : []),
  ]);
  if (found.history.length === 0) return head;
  const moves = table(
    found.history.map((move) => [
      safe`  ${move.at}`,
      safe`${move.from ?? ''} → ${move.to}`,
      move.by,
      move.why,
    ]),
  );
  return safe`${head}\n${ink.bold('History')}\n${moves}`;
}
