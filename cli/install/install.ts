/** `skillgate install`: verifies, shows the skill's capabilities, and only then writes. */
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, joined, printLine, type Safe, safe } from '../terminal/output.ts';
import type { Prepared } from './locked-version.ts';
import { installWithRequired } from './required/install-required.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const references = context.args.map(parseReference);
  if (references.length > 1 && context.options.as !== undefined)
    throw new Problem(
      'usage',
      'Cannot install several skills under one name: --as takes one skill',
    );
  const isTrial = context.options['dry-run'] === true;
  const terms = { publisher: publisherNamed(context), isTrial };
  const installed: Prepared[] = [];
  const verified = new VerifiedStatements();
  for (const reference of references) {
    installed.push(...(await installWithRequired({ ...context, verified }, reference, terms)));
  }
  const list = installed.map(({ name, locked, layout }) => ({
    name,
    ...locked,
    folder: layout.folder,
  }));
  if (context.format !== 'text')
    answer(
      context,
      { schema: 'skillgate.install/1', installed: list, ...(isTrial ? { dryRun: true } : {}) },
      () => safe``,
    );
  else if (isTrial) printLine(context.stdout, trialText(installed));
  return exitCodes.ok;
}

function trialText(installed: readonly Prepared[]): Safe {
  const list = installed.map(
    ({ isRequired, name, locked }) =>
      safe`  ${name}@${locked.version}${isRequired ? ', which another skill requires' : ''}`,
  );
  return joined([safe`would install, and has written nothing:`, ...list], '\n');
}

/** A new publisher is accepted for one skill at a time, by its id. */
function publisherNamed({ args, options }: CommandContext): Digest | undefined {
  const { publisher } = options;
  if (publisher === undefined) return undefined;
  if (isDigest(publisher) && args.length === 1) return publisher;
  throw new Problem('usage', '--publisher takes the id of one publisher, sha256:…, for one skill', {
    hint: 'ask the author for the id: skillgate key list prints it',
  });
}
