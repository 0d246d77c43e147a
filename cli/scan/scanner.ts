import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { workJobs } from '../../scanner/worker/work.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { workerObserver } from '../observe/worker-observer.ts';
import { packageReports } from '../packages/report-on-package.ts';
import { currentRegistry } from '../registries/refresh.ts';
import { requireRootSize } from '../registries/registries.ts';
import { readKeyFile } from '../signing/key-file.ts';
import { printNote, safe } from '../terminal/output.ts';
import { readerOf } from './reader-option.ts';

const childrenMax = 64;

/** `skillgate scanner work`: leases jobs until a signal stops it. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { key, root: rootFile, children = '1' } = context.options;
  if (typeof key !== 'string')
    throw new Problem('usage', 'Cannot scan for a registry: no scanner’s key is named', {
      hint: 'add --key FILE',
    });
  const count = Number(children);
  if (!Number.isInteger(count) || count < 1 || count > childrenMax)
    throw new Problem(
      'usage',
      `--children must be 1 to ${childrenMax}, not ${JSON.stringify(children)}`,
    );
  const signer = await readKeyFile(resolve(context.cwd, key));
  const root =
    typeof rootFile === 'string'
      ? parseRoot(requireRootSize(await readFile(resolve(context.cwd, rootFile))))
      : (await currentRegistry(context, context.registryBase)).root;
  // `skillgate serve` has the other end of a channel. When it dies in any way, the scanner ends
  // too.
  const stop = (): void => {
    process.kill(process.pid, 'SIGTERM');
  };
  process.once('disconnect', stop);
  printNote(context, safe`scanner works for ${context.registryBase} with key ${signer.keyId}`);
  const { fetch, signal, now, registryBase: base } = context;
  try {
    const named = { root: rootFingerprint(root), registry: registryIdOf(root) };
    const lookAt = packageReports(context);
    const reader = readerOf(context);
    const observer = context.options.observe === true ? await workerObserver(context) : undefined;
    const warn = (line: string): void => printNote(context, safe`scanner: ${asCalled(line)}`);
    await workJobs({
      base,
      ...named,
      signer,
      fetch,
      signal,
      now,
      children: count,
      lookAt,
      warn,
      ...(reader !== undefined && { reader }),
      ...(observer !== undefined && { observer }),
    });
  } finally {
    // A listener keeps the channel open, and so the process.
    process.off('disconnect', stop);
  }
  return exitCodes.ok;
}
