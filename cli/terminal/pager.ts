/** Shows a long text in the pager of the person at the terminal. */
import { spawn } from 'node:child_process';
import type { CommandContext } from '../command.ts';
import { answer, type CommandAnswer, type Safe } from './output.ts';

/**
 * Prints a command's answer through `$PAGER` (by default less, when this host has less) where a
 * person reads text at a terminal, and like `answer` everywhere else: a pipe gets the text itself.
 */
export async function answerPaged(
  context: CommandContext,
  value: CommandAnswer,
  text: () => Safe,
): Promise<void> {
  const { PAGER } = context.env;
  const isRead = context.format === 'text' && context.stdout.isTTY === true;
  if (!isRead || PAGER === '' || PAGER === 'cat') answer(context, value, text);
  else await page(PAGER ?? usualPager, context.env, `${text().text}\n`);
}

const usualPager = 'if command -v less >/dev/null 2>&1; then exec less; else exec cat; fi';

// Like git, whose users know these settings: quit when the text fits the screen, keep colours, and
// leave the text on the screen.
const usualLess = 'FRX';

async function page(pager: string, env: CommandContext['env'], text: string): Promise<void> {
  const child = spawn('/bin/sh', ['-c', pager], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...env, LESS: env.LESS ?? usualLess },
  });
  // A person may quit the pager before its end.
  child.stdin.on('error', () => undefined).end(text);
  await new Promise<void>((resolve) => {
    child.on('error', () => resolve()).on('close', () => resolve());
  });
}
