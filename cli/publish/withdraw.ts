/** `skillgate withdraw`: an author takes back a version that nobody has decided on yet. */
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { versionAnswer, withdrawnAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { signerFor } from '../signing/signer.ts';
import { confirm } from '../terminal/ask.ts';
import { type ExactVersion, parseExactVersion } from '../terminal/exact-version.ts';
import { answer, joined, type Safe, safe } from '../terminal/output.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const which = parseExactVersion(context.args[0] ?? '');
  const { reason } = context.options;
  if (reason !== undefined && String(reason).trim() === '')
    throw new Problem('usage', 'Cannot withdraw: the text of --reason is empty', {
      hint: `skillgate withdraw ${which.name}@${which.version} --reason "has the wrong template"`,
    });
  const signer = await signerFor(context);
  const path = versionPath(which.name, which.version);
  const json = reason === undefined ? {} : { reason };
  const before = await withSession(context, signer, (token) => statusOf(context, path, token));
  if (context.options.yes !== true && !decidedStates.includes(before ?? ''))
    await confirm(context, question(which, before, reason), 'withdraw', '--yes');
  const done = await withSession(context, signer, (token) =>
    askRegistry(context, `/api/v1/reviews${path}/withdraw`, withdrawnAnswer, { json, token }),
  );
  const isRepeated = before === 'withdrawn';
  const { at, by } = done;
  answer(
    context,
    { schema: 'skillgate.withdrawn/1', ...which, status: 'withdrawn', by, at, reason: done.reason },
    () =>
      joined(
        [
          isRepeated
            ? safe`${which.name}@${which.version} was withdrawn already on ${at} by ${by}: ${done.reason}`
            : safe`${which.name}@${which.version}: withdrawn on ${at} by ${by}: ${done.reason}`,
          ...(isRepeated && reason !== undefined
            ? [safe`The registry keeps the first reason, so your reason was not stored.`]
            : []),
          safe`Reviewers no longer see the version in their queue, and nobody can approve it.`,
          safe`→ The number ${which.version} stays taken. Publish the next version under a higher number.`,
        ],
        '\n',
      ),
  );
  return exitCodes.ok;
}

// A request about a version in one of these states changes nothing, so nobody is asked.
const decidedStates: readonly string[] = [
  'approved',
  'suspended',
  'revoked',
  'refused',
  'withdrawn',
];

function question(
  { name, version }: ExactVersion,
  status: string | undefined,
  reason: unknown,
): Safe {
  const now = status === undefined ? '' : ` (${status})`;
  const why = reason === undefined ? 'none (--reason gives one)' : String(reason);
  return safe`Withdraw ${name}@${version}${now}? Nobody can approve the version afterwards, and its number stays taken.\nReason, which everybody can read: ${why}\nYou cannot undo this.`;
}

// The answer to a withdrawal is the same for the first one and for a repeated one.
async function statusOf(
  context: CommandContext,
  path: string,
  token: string,
): Promise<string | undefined> {
  const found = await askRegistry(context, `/api/v1/versions${path}`, versionAnswer, {
    token,
  }).catch((cause: unknown) => {
    // The withdrawal itself says why the registry refuses. Nobody is asked about a version that
    // does not exist.
    if (cause instanceof Problem && cause.code !== 'not-found') return undefined;
    throw cause;
  });
  return found?.status;
}
