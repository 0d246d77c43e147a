import { resolve } from 'node:path';
import { previewRetention } from '../../registry/data-folder/retention-preview.ts';
import { parseRetention } from '../../registry/retention/retention-rules.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import {
  answer,
  bytesText,
  count,
  joined,
  printNote,
  type Safe,
  safe,
} from '../terminal/output.ts';
import { parsedFile } from './parsed-file.ts';

/** Versions that `skillgate registry retention` lists for each rule. */
const retentionShownMax = 50;

/** `skillgate registry retention DIR --dry-run`: says what the rules would delete. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { args, cwd, now, options } = context;
  if (options['dry-run'] !== true)
    throw new Problem('usage', 'skillgate registry retention deletes nothing itself', {
      hint: 'write --dry-run to see what would go; skillgate serve deletes, by the same rules',
    });
  const given = typeof options.retention === 'string' ? resolve(cwd, options.retention) : undefined;
  const rules = await previewRetention(resolve(cwd, args[0] ?? ''), {
    rules: await parsedFile('retention rules', given, parseRetention),
    now: now(),
    limit: retentionShownMax,
  });
  answer(context, { schema: 'skillgate.retention/1', rules: rules.map(printable) }, () =>
    rules.length === 0
      ? safe`No rule is set, so all files stay: see retention.json in docs/registry-reference.md.`
      : joined(rules.map(ruleText), '\n'),
  );
  if (rules.length > 0)
    printNote(context, safe`Nothing was deleted. A registry that serves deletes these files.`);
  return exitCodes.ok;
}

type Rule = Awaited<ReturnType<typeof previewRetention>>[number];

function printable({ first, ...rule }: Rule) {
  return {
    ...rule,
    first: first.map(({ name, version, endedAt, bytes }) => ({
      name,
      version,
      ended: new Date(endedAt).toISOString(),
      bytes,
    })),
  };
}

function ruleText(rule: Rule): Safe {
  const { state, days, versions, bytes, first } = rule;
  const head = safe`${state} for ${count(days, 'day')}: ${count(versions, 'version')}, ${bytesText(bytes)}`;
  const lines = first.map(
    (one) =>
      safe`  ${one.name}@${one.version}  ${state} on ${new Date(one.endedAt).toISOString()}  ${bytesText(one.bytes)}`,
  );
  const more = versions - first.length;
  return joined([head, ...lines, ...(more > 0 ? [safe`  and ${more} more`] : [])], '\n');
}
