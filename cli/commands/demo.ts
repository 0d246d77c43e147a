/** `skill demo`: the whole road on this machine, told step by step. A client only: it types commands and speaks HTTP. */
import { fileURLToPath } from 'node:url';
import type { CommandContext, ExitCode } from '../command.ts';
import { honestRoad } from '../demo/honest.ts';
import { setUp } from '../demo/setup.ts';
import { Stage } from '../demo/stage.ts';
import { twinRoad } from '../demo/twin.ts';

/** Plays the demo; with `--keep` the registry and the desk go on until they are interrupted. */
export async function run({ stdout, signal, options, now }: CommandContext): Promise<ExitCode> {
  const started = now().getTime();
  const stage = new Stage(stdout, signal, fileURLToPath(new URL('../guard.js', import.meta.url)));
  stdout.write('Skillgate, end to end, on loopback. Each ✔ was checked a moment before it was printed.\n');
  try {
    const world = await setUp(stage, examplesFolder());
    await honestRoad(world);
    await twinRoad(world);
    stdout.write(`\nDone in ${Math.round((now().getTime() - started) / 1_000)} s.\n`);
    if (options.keep === true) await keep(stage, world.base, signal, stdout);
  } finally {
    await stage.strike();
  }
  return 0;
}

async function keep(stage: Stage, base: string, signal: AbortSignal, stdout: CommandContext['stdout']): Promise<void> {
  const { stdout: link } = await stage.type('rob', ['login', '--browser']);
  stdout.write(
    `\nThe desk:   ${base}/review\nSign in as rob, once, within five minutes:\n  ${link.trim()}\nEverything lies in ${stage.folder}. Ctrl-C ends it.\n`,
  );
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

// In a checkout this file is cli/commands/demo.ts, in the package dist/cli/commands/demo.js.
function examplesFolder(): string {
  const top = import.meta.url.endsWith('.ts') ? '../../examples' : '../../../examples';
  return fileURLToPath(new URL(top, import.meta.url));
}
