/**
 * `skillgate yank`: signed advice of an author about an approved version. Advice stops nobody; to
 * stop a version is the task of reviewers.
 */
import { randomUUID } from 'node:crypto';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type AdvicePredicate, adviceStatement } from '../../skills-index/statement/attestation.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { postStatement, registryIdFor } from '../registries/post-statement.ts';
import { someoneFor } from '../signing/someone.ts';
import { reasonOf } from '../terminal/decision-reason.ts';
import { type ExactVersion, parseExactVersion } from '../terminal/exact-version.ts';
import { answer, joined, type Safe, safe } from '../terminal/output.ts';

/** The words of each kind of advice, and the words with `--undo`. */
const kinds = {
  yank: ['yanked', 'unyanked'],
  deprecate: ['deprecated', 'undeprecated'],
} as const satisfies Record<string, readonly [AdvicePredicate['kind'], AdvicePredicate['kind']]>;

export async function run(context: CommandContext): Promise<ExitCode> {
  const { options } = context;
  const which = parseExactVersion(context.args[0] ?? '');
  const reason = reasonOf(context);
  const [given, takenBack] = kinds[options.deprecate === true ? 'deprecate' : 'yank'];
  const kind = options.undo === true ? takenBack : given;
  const replacement = replacementOf(context);
  const registry = await registryIdFor(context);
  const signer = await (await someoneFor(context)).signer();
  const { digest, logIndex } = await postStatement(
    context,
    adviceStatement({
      registry,
      ...which,
      kind,
      reason,
      ...(replacement === undefined ? {} : { replacement }),
      nonce: randomUUID(),
    }),
    signer,
  );
  const instead = replacement === undefined ? {} : { replacement };
  answer(
    context,
    {
      schema: 'skillgate.advice/1',
      ...which,
      kind,
      reason,
      ...instead,
      statement: digest,
      logIndex,
    },
    () => adviceText(which, kind, logIndex),
  );
  return exitCodes.ok;
}

function replacementOf({ options }: CommandContext): SkillName | undefined {
  const { deprecate, replacement, undo } = options;
  if (replacement === undefined) return undefined;
  if (deprecate !== true) throw new Problem('usage', '--replacement needs --deprecate');
  if (undo !== true) return parseSkillName(replacement);
  throw new Problem('usage', '--undo takes no --replacement: it takes the whole advice back');
}

const effects: Readonly<Record<AdvicePredicate['kind'], string>> = {
  yanked:
    'Ranges no longer choose the version. Projects with the version in their lock keep it, with a note.',
  unyanked: 'Ranges choose the version again.',
  deprecated: 'The version is installed and started as before, with a note.',
  undeprecated: 'The note is gone.',
};

function adviceText({ name, version }: ExactVersion, kind: AdvicePredicate['kind'], at: number) {
  const lines: Safe[] = [
    safe`${name}@${version}: ${kind}, log index ${at}`,
    safe`${effects[kind]}`,
  ];
  if (kind === 'yanked')
    lines.push(
      safe`→ This is advice, and stops nobody. When the version does harm, ask a reviewer to revoke it.`,
    );
  return joined(lines, '\n');
}
