import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { signerFor } from '../signing/signer.ts';
import { reasonOf } from '../terminal/decision-reason.ts';
import { type ExactVersion, parseExactVersion } from '../terminal/exact-version.ts';
import { answer, inkFor, printNote, safe, table } from '../terminal/output.ts';
import { queueAnswer } from './review-answers.ts';

/** `skillgate review list|show|claim|approve|refuse|ask|move|suspend|revoke`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  switch (context.command) {
    case 'review list':
      return list(context);
    case 'review show':
      return (await import('./show.ts')).showReview(context);
    case 'review approve':
      return (await import('./approve.ts')).approve(context);
    case 'review claim':
      return act(context, 'claim', {}, 'claimed');
    case 'review ask':
      return act(context, 'ask', { reason: reasonOf(context) }, 'asked');
    case 'review refuse':
      return act(context, 'move', { to: 'refused', reason: reasonOf(context) }, 'refused');
    case 'review move':
      return act(
        context,
        'move',
        { to: stateOf(context), reason: reasonOf(context) },
        `moved to ${stateOf(context)}`,
      );
    case 'review suspend':
      return (await import('./revoke.ts')).revoke(
        context,
        context.options.lift === true ? 'lifted' : 'suspended',
      );
    default:
      return (await import('./revoke.ts')).revoke(context, 'revoked');
  }
}

async function list(context: CommandContext): Promise<ExitCode> {
  const signer = await signerFor(context);
  const after = context.options.after;
  const query = typeof after === 'string' ? `?after=${encodeURIComponent(after)}` : '';
  const { reviews, waiting, next } = await withSession(context, signer, (token) =>
    askRegistry(context, `/api/v1/reviews${query}`, queueAnswer, { token }),
  );
  const ink = inkFor(context.stdout, context.env);
  const more = next === null ? {} : { next };
  answer(context, { schema: 'skillgate.reviews/1', reviews, ...more }, () =>
    reviews.length === 0
      ? safe`No version waits for review.`
      : table(
          reviews.map((row) => [
            ink.bold(`${row.name}@${row.version}`),
            row.failed === null ? `risk ${row.risk.total}` : row.failed,
            row.status,
            row.verdict ?? '',
            Object.entries(row.findings)
              .filter(([, count]) => count > 0)
              .map(([severity, count]) => `${count} ${severity}`)
              .join(' '),
            `${row.approvals}/${row.approvalsNeeded.total} approvals`,
            row.receivedAt,
            row.claim === null ? '' : `claimed by ${row.claim.by}`,
            row.askedBefore === null ? '' : `question about ${row.askedBefore.version}`,
          ]),
        ),
  );
  if (next !== null)
    printNote(
      context,
      safe`${reviews.length} of ${waiting ?? 'more'} versions. The next page: skillgate review list --after ${next}`,
    );
  return exitCodes.ok;
}

async function act(
  context: CommandContext,
  action: string,
  json: object,
  done: string,
): Promise<ExitCode> {
  const which = versionOf(context);
  const signer = await signerFor(context);
  const path = `/api/v1/reviews${versionPath(which.name, which.version)}/${action}`;
  await withSession(context, signer, (token) =>
    askRegistry(context, path, v.unknown(), { json, token }),
  );
  answer(
    context,
    { schema: 'skillgate.review-done/1', ...which, action: done },
    () => safe`${which.name}@${which.version}: ${done}`,
  );
  return exitCodes.ok;
}

function versionOf({ args }: CommandContext): ExactVersion {
  return parseExactVersion(args[0] ?? '');
}

function stateOf({ options }: CommandContext): string {
  const { to } = options;
  if (to === 'in review' || to === 'refused') return to;
  if (to === 'in-review') return 'in review';
  throw new Problem('usage', 'Cannot move the version: --to must be "in review" or refused');
}
