/** `skillgate install`: verifies, shows the skill's capabilities, and only then writes. */
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, safe } from '../terminal/output.ts';
import { installOne } from './install-one.ts';
import type { Installed } from './install-text.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const references = context.args.map(parseReference);
  if (references.length > 1 && context.options.as !== undefined)
    throw new Problem(
      'usage',
      'Cannot install several skills under one name: --as takes one skill',
    );
  const publisher = publisherNamed(context);
  const installed: Installed[] = [];
  const verified = new VerifiedStatements();
  for (const reference of references) {
    const one = await installOne({ ...context, verified }, reference, { publisher });
    if (one !== undefined) installed.push(one);
  }
  const list = installed.map(({ name, locked, layout }) => ({
    name,
    ...locked,
    folder: layout.folder,
  }));
  if (context.format !== 'text')
    answer(context, { schema: 'skillgate.install/1', installed: list }, () => safe``);
  return exitCodes.ok;
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
