/**
 * The process's entry: answers frequent questions at once, and gives everything else to the command
 * line.
 */
import { fileURLToPath } from 'node:url';
import { exitCodes } from './command.ts';
import { workingFolderOf } from './paths.ts';
import { isVersion, showVersion } from './show-version.ts';

/** Runs the process's command line. @returns its exit code */
export async function main(process: NodeJS.Process): Promise<number> {
  const argv = process.argv.slice(2);
  if (isVersion(argv)) {
    endOnLostOutput(process);
    return showVersion(process.stdout, 'text');
  }
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const { runInNamespace } = await import('./root-namespace.ts');
    const code = await runInNamespace(process);
    if (code !== undefined) return code;
  }
  const { compiledFolder, useCompileCache } = await import('./compile-cache.ts');
  const folder = compiledFolder(process.env);
  endOnLostOutput(process);
  const program =
    folder === undefined
      ? undefined
      : (await import('./built-command.ts')).builtCommand(argv, folder);
  if (program === undefined) useCompileCache(process.env, folder);
  const { takeSignals, useProxy } = await import('./process-world.ts');
  const { signal, onHangUp } = takeSignals(process);
  await useProxy(process.env);
  const { runCommandLine } = program ?? (await import('./command-line.ts'));
  const { requestSender } = await import('./send-request.ts');
  const { takeCalledName } = await import('./called-name.ts');
  return await runCommandLine({
    argv,
    called: takeCalledName(
      process.env,
      process.argv[1] ?? '',
      fileURLToPath(new URL('./guard.js', import.meta.url)),
    ),
    env: process.env,
    cwd: workingFolderOf(process.env, process.cwd()),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    fetch: (input, init) =>
      fetch(input, {
        ...init,
        signal: init?.signal == null ? signal : AbortSignal.any([signal, init.signal]),
      }),
    send: requestSender(signal),
    now: () => new Date(),
    signal,
    onHangUp,
  });
}

function endOnLostOutput(process: NodeJS.Process): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that closes the pipe (`skill … | head`) is no failure.
    if (error.code === 'EPIPE') process.exit(exitCodes.ok);
    // Standard output is broken, and a stack trace would not help.
    process.stderr.write(
      `error[disk-full]: Cannot write the output: ${error.code ?? error.message}\n`,
    );
    process.exit(exitCodes.internal);
  });
}
