/**
 * `skillgate changes …`: changes of runs in their views of folders, waiting until a person accepts
 * them.
 */

import { acceptChanges, requireShown } from '../../runner/changes/accept.ts';
import {
  discardWaiting,
  findWaiting,
  listUnreadable,
  listWaiting,
  readWaiting,
  requireKept,
  type WaitingChanges,
} from '../../runner/changes/waiting.ts';
import { marksOf } from '../../skills-index/run/changes/change-marks.ts';
import { type ChangeSet, kindOf } from '../../skills-index/run/changes/changes.ts';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type CommandContext,
  type CommandTable,
  type ExitCode,
  exitCodes,
  listOf,
  runnerOf,
} from '../command.ts';
import { bindChangedFolders } from '../run/bound-folders.ts';
import { hostFiles } from '../run/host-files.ts';
import { printLeftBehind } from '../run/left-behind.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, inkFor, joined, printLine, printNote, safe, table } from '../terminal/output.ts';
import { answerPaged } from '../terminal/pager.ts';
import {
  acceptCommand,
  acceptedOf,
  applyQuestion,
  askForAgent,
  matching,
  requireApprover,
} from './held-changes.ts';
import { markedText } from './marked.ts';
import { printStillWaiting, requireNoConflict, sweepAndNote } from './offer.ts';
import { refWishes, spellPath } from './references.ts';
import { changesText, showChanges } from './show.ts';

/** Lines before the question whether to discard changes; further ones are counted. */
const lostLinesMax = 20;

const changesCommands: CommandTable = {
  'changes show': async (context) => (context.args.length === 0 ? list(context) : show(context)),
  'changes accept': accept,
  'changes discard': discard,
};

export const run = runnerOf(changesCommands);

async function list(context: CommandContext): Promise<ExitCode> {
  await sweepAndNote(context, hostFiles(context).audit);
  const waiting = listWaiting(context.paths.data);
  const unreadable = listUnreadable(context.paths.data);
  const runs = waiting.map(({ set, digest, begun }) => {
    const { agent, at, skill, version } = set;
    return {
      run: set.run,
      at,
      agent,
      skill,
      version,
      digest,
      begun,
      targets: set.folders.map((folder) => folder.target),
    };
  });
  for (const { run: id, why } of unreadable)
    printNote(
      context,
      safe`note: the changes of run ${id} cannot be read: ${why}; skillgate changes discard ${id}`,
    );
  answer(context, { schema: 'skillgate.changes-waiting/1', runs, unreadable }, () =>
    waiting.length === 0
      ? safe`No changes wait to be accepted on this host.`
      : table(
          waiting.map((found) => [
            found.set.run,
            found.set.at,
            found.set.agent,
            found.set.version === '' ? found.set.skill : `${found.set.skill}@${found.set.version}`,
            `${changesText(found)}${markedText(found.set)}`,
          ]),
        ),
  );
  return exitCodes.ok;
}

async function show(context: CommandContext): Promise<ExitCode> {
  const waiting = wanted(context);
  const paths = listOf(context.options.path);
  requireMatches(waiting, paths);
  const value = { ...waiting.set, digest: waiting.digest, kinds: kindsOf(waiting) };
  await answerPaged(context, value, () =>
    showChanges(waiting, inkFor(context.stdout, context.env), { paths }),
  );
  return exitCodes.ok;
}

async function accept(context: CommandContext): Promise<ExitCode> {
  const waiting = wanted(context);
  const { digest } = context.options;
  const { run: id } = waiting.set;
  const choice = {
    branches: listOf(context.options.branch),
    include: listOf(context.options.include),
    paths: listOf(context.options.path),
  };
  requireMatches(waiting, choice.paths);
  const accepted = acceptedOf(waiting, choice);
  const namedDigest = typeof digest === 'string' ? parseDigest(digest) : undefined;
  const files = hostFiles(context);
  const host = { ...files, policy: bindChangedFolders(files.policy, waiting.set) };
  // Checked before a person signs the hold: another digest is refused anyway, and the signature
  // would be useless.
  if (namedDigest !== undefined) requireShown(waiting, namedDigest);
  requireKept(accepted);
  requireApprover(host, waiting.set);
  // Nobody should read changes and type a passphrase for changes that cannot be applied.
  await requireNoConflict(context, host, accepted);
  if (namedDigest === undefined) {
    const { paths } = choice;
    const ink = inkFor(context.stderr, context.env);
    const also = new Set(accepted.set.folders.flatMap((folder) => folder.changes));
    printLine(context.stderr, showChanges(waiting, ink, { also, paths }));
    await confirm(
      context,
      applyQuestion(accepted),
      'yes',
      `${acceptCommand(id, choice)} --digest ${waiting.digest}`,
    );
  }
  await askForAgent(context, host, accepted, choice);
  printLeftBehind(
    context,
    await acceptChanges(context.paths, host, id, namedDigest ?? waiting.digest, choice),
    id,
  );
  const waitingChanges = kindsOf(accepted);
  answer(
    context,
    {
      schema: 'skillgate.changes-applied/1',
      run: id,
      digest: accepted.digest,
      changes: waitingChanges,
    },
    () => safe`applied: ${changesText(accepted)}`,
  );
  printStillWaiting(context, accepted);
  return exitCodes.ok;
}

async function discard(context: CommandContext): Promise<ExitCode> {
  const { data } = context.paths;
  const [id = ''] = context.args;
  const run = findWaiting(data, id);
  await confirmDiscard(context, run);
  const found = await discardWaiting(
    data,
    run,
    'an operator discarded them',
    hostFiles(context).audit,
  );
  if ('begun' in found && found.begun)
    printNote(context, safe`note: some of the changes were already applied and stay`);
  const what = 'why' in found ? 'changes that cannot be read' : changesText(found);
  answer(context, { schema: 'skillgate.changes-discarded/1', run }, () => safe`discarded: ${what}`);
  return exitCodes.ok;
}

// Work may be lost, so a person at a terminal is asked. A script has no terminal and is not asked.
async function confirmDiscard(context: CommandContext, run: string): Promise<void> {
  const isPerson = context.stdin.isTTY === true && context.stderr.isTTY === true;
  if (!isPerson || context.options.yes === true) return;
  const waiting = listWaiting(context.paths.data).find(({ set }) => set.run === run);
  const lost = waiting === undefined ? [] : [...refWishes(waiting.set), ...pathsIn(waiting.set)];
  const shown = lost.slice(0, lostLinesMax).map((one) => safe`  ${one}`);
  const more =
    lost.length > shown.length
      ? [safe`  … ${lost.length - shown.length} more: skillgate changes show ${run}`]
      : [];
  const what = waiting === undefined ? 'changes that cannot be read' : changesText(waiting);
  const question = safe`This command deletes changes of run ${run} that nobody applied: ${what}`;
  const instead = `skillgate changes discard ${run} --yes`;
  await confirm(context, joined([question, ...shown, ...more], '\n'), 'yes', instead);
}

function pathsIn({ folders }: ChangeSet): string[] {
  return folders.flatMap(({ changes: all, target }) =>
    all.map((change) => `${kindOf(change)} ${spellPath(`${target}/${change.path}`)}`),
  );
}

function wanted(context: CommandContext): WaitingChanges {
  const [id = ''] = context.args;
  return readWaiting(context.paths.data, id);
}

/** @throws Problem `not-found` for a pattern that matches no change */
function requireMatches({ set }: WaitingChanges, patterns: readonly string[]): void {
  const idle = patterns.find((pattern) => matching(set, pattern).length === 0);
  if (idle === undefined) return;
  throw new Problem('not-found', `No change of run ${set.run} matches ${JSON.stringify(idle)}`, {
    hint: `see all changes: skillgate changes show ${set.run}`,
  });
}

function kindsOf({ set }: WaitingChanges): object[] {
  return set.folders.flatMap(({ target, changes }) =>
    changes.map((change) => ({
      path: `${target}/${change.path}`,
      kind: kindOf(change),
      before: change.before,
      after: change.after,
      marks: marksOf(change),
    })),
  );
}
