/**
 * `skillgate demo`: every gate on this machine, step by step. The demo has no private access: it
 * types commands and sends HTTP requests, as a user would.
 */
import { fileURLToPath } from 'node:url';
import { calledName } from '../called-name.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import { playHonestSkill } from './honest.ts';
import { setUpHost } from './host.ts';
import { setUp } from './setup.ts';
import { Stage } from './stage.ts';
import { playTwin, publishNext } from './twin.ts';
import { playAgentSession } from './working.ts';
import { type DemoWorld, skill } from './world.ts';

/** Plays the demo; with `--keep` the registry and the desk run until Ctrl-C. */
export async function run({ stdout, signal, options, now }: CommandContext): Promise<ExitCode> {
  const started = now().getTime();
  const entry = fileURLToPath(new URL('../guard.js', import.meta.url));
  const stage = new Stage(stdout, signal, {
    entry,
    keeps: options.keep === true,
    verbose: options.verbose === true,
  });
  stdout.write(
    'Skillgate from end to end, on this machine alone. The demo checks each claim before it prints the claim.\n' +
      '✔ marks a gate that held, ✘ marks harm that no gate stopped.\n',
  );
  try {
    const world = await setUp(stage, examplesFolder());
    await playHonestSkill(world);
    await playAgentSession(world, await setUpHost(world));
    await playTwin(world);
    const seconds = Math.round((now().getTime() - started) / 1_000);
    const next = options.keep === true ? '\n' : nextLines();
    stdout.write(`\nThe demo is done, after ${seconds} s.${next}`);
    if (options.keep === true) await keep(world, signal, stdout);
  } finally {
    await stage.close();
  }
  return 0;
}

function nextLines(): string {
  // `npm run demo` works in a checkout, where no `skillgate` is on PATH.
  const called = process.env.npm_lifecycle_event === 'demo' ? 'npm run -s skill --' : calledName();
  const lines = [
    ['scan FOLDER', 'what a skill of yours can do; runs nothing'],
    ['init weekly-report', 'begin a skill of your own'],
    ['doctor', 'whether this machine can run agents, and what to type next'],
  ] as const;
  const shown = lines.map(([words, does]) => `  ${called} ${words.padEnd(20)}${does}\n`);
  return ` Go on with:\n${shown.join('')}`;
}

async function keep(
  world: DemoWorld,
  signal: AbortSignal,
  stdout: CommandContext['stdout'],
): Promise<void> {
  const { stage, base } = world;
  await publishNext(world);
  const { stdout: link } = await stage.type('rob', ['login', '--browser']);
  stdout.write(
    `\nThe desk stays open at ${base}/review. This link signs you in as rob, once, within five minutes:\n  ${link.trim()}\n` +
      `A version waits there for your review. See also\n  ${base}/review/${skill}/1.4.0   (approved)\n  ${base}/review/${skill}/1.5.0   (the twin, revoked)\n` +
      `For another link: SKILLGATE_HOME=${stage.home('rob')} SKILLGATE_REGISTRY=${base} npm run -s skill -- login --browser\n` +
      `All files of the demo are in ${stage.folder} until you press Ctrl-C.\n`,
  );
  await new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

// In a checkout this file is cli/demo/demo.ts, in the package dist/cli/demo/demo.js.
function examplesFolder(): string {
  const top = import.meta.url.endsWith('.ts') ? '../../examples' : '../../../examples';
  return fileURLToPath(new URL(top, import.meta.url));
}
