import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { parseTufRepository } from '../../skills-index/trust/root/repository.ts';
import { type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import {
  makeRegistryFolder,
  proposalDigest,
  registryFiles,
} from '../root-rotation/registry-folder.ts';
import { createKeyFile, readPublicKeyFile } from '../signing/key-file.ts';
import { keyPath } from '../signing/signer.ts';
import { askNewPassphrase, requireNoKeyAt } from '../signing/stored-key.ts';
import { askLine } from '../terminal/ask.ts';
import { answer, printLine, printNote, type Safe, safe } from '../terminal/output.ts';

/** `skillgate registry init DIR`: makes a registry’s folder, and the key of its administrator. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const folder = resolve(context.cwd, context.args[0] ?? '');
  const dir = shellWord(context.args[0] ?? '');
  const name = String(context.options.key ?? 'administrator');
  const files = Array.isArray(context.options.administrator) ? context.options.administrator : [];
  const others = await Promise.all(
    files.map((file) => readPublicKeyFile(resolve(context.cwd, file))),
  );
  const threshold = Number(context.options.threshold ?? Math.floor((others.length + 1) / 2) + 1);
  const count = others.length + 1;
  const noScanner = context.options['no-scanner'] === true;
  // Checked before anything is created: an unreachable threshold would leave a folder and a key
  // behind.
  if (!Number.isSafeInteger(threshold) || threshold < 1 || threshold > count)
    throw new Problem(
      'usage',
      `Cannot make a registry: --threshold ${context.options.threshold} of ${count} ${count === 1 ? 'administrator' : 'administrators'}`,
      {
        hint: `write a number from 1 to ${count}; --administrator FILE adds administrators`,
      },
    );
  const origin = await originOf(context, dir);
  // Called after the checks of the folder: nobody types a passphrase for what cannot be made.
  const newKey = async () => {
    const path = keyPath(context.paths, name);
    requireNoKeyAt(path);
    const passphrase =
      context.options.passphrase === true ? await askNewPassphrase(context, name) : undefined;
    const shared = keyPath(context.paths, name, 'public');
    return await createKeyFile(path, shared, name, undefined, passphrase);
  };
  const makeKey = () =>
    newKey().catch((cause: unknown) => {
      if (!(cause instanceof Problem) || cause.code !== 'file-exists') throw cause;
      throw new Problem('file-exists', cause.message, {
        cause,
        hint: `create a separate administrator’s key for this registry: skillgate registry init ${dir} --origin ${origin} --key ${name}-2`,
      });
    });
  const root = await makeRegistryFolder(folder, origin, makeKey, {
    others,
    threshold,
    now: context.now(),
    noScanner,
  });
  const fingerprint = rootFingerprint(root);
  const administrator = root.administrators[0]?.keyId;
  answer(
    context,
    {
      schema: 'skillgate.registry-made/1',
      folder,
      origin,
      fingerprint,
      key: name,
      administrator,
      threshold: root.threshold,
    },
    () => safe`${fingerprint}`,
  );
  printNote(
    context,
    safe`This is the fingerprint of the root of trust. Tell it to everybody who will install from this registry. The administrator’s key ${name} is in ${context.paths.config} and nowhere else: keep a copy offline.\nNext: ${threshold > 1 ? await signaturesFirst(folder, dir, root) : safe``}${nextStep(dir, origin)}`,
  );
  if (noScanner)
    printNote(
      context,
      safe`No scanner key was created. On another machine: skillgate key create watcher; here: skillgate member add watcher --role scanner --public-key watcher.pub.json; there: skillgate scanner work --key ~/.config/skillgate/keys/watcher.json`,
    );
  if (threshold > 1)
    printNote(
      context,
      safe`The enrolments of the administrator’s name and of the scanner need as many signatures. When the registry is running, skillgate member list shows the commands for the other administrators.`,
    );
  return exitCodes.ok;
}

/** What several administrators do before clients accept anything from their registry. */
async function signaturesFirst(folder: string, dir: string, root: RootFile): Promise<Safe> {
  const path = join(folder, registryFiles.proposal);
  const proposal = parseTufRepository(await readFile(path));
  return safe`${root.threshold} of ${root.administrators.length} administrators sign the root of trust. Until then clients refuse this registry (tuf-missing).
  1. Send each of them ${join(folder, registryFiles.root)} and ${path}.
  2. Each, with both files in one folder: skillgate registry rotate sign ${registryFiles.proposal} --root ${rootFingerprint(root)} --digest ${proposalDigest(proposal)}
  3. Here, with the signed copies: skillgate registry rotate publish ${dir} FILE…
  4. `;
}

/** No default is right: the log is named after the host name, which never changes. */
async function originOf(context: CommandContext, dir: string): Promise<string> {
  const { origin } = context.options;
  if (typeof origin === 'string') return origin;
  if (context.stdin.isTTY !== true || context.stderr.isTTY !== true)
    throw new Problem('usage', 'Cannot create a registry without its host name', {
      hint: `skillgate registry init ${dir} --origin skills.acme.example   (the name is fixed; for a trial on this machine: --origin localhost)`,
    });
  printLine(
    context.stderr,
    safe`Under which host name will people reach this registry? The name is fixed for the life of the registry: its log and its statements name it.\nExample: skills.acme.example. For a trial on this machine: localhost.`,
  );
  return (await askLine(context, 'Host name: ')).trim().toLowerCase();
}

function nextStep(dir: string, origin: string): Safe {
  const serve = safe`skillgate serve ${dir}`;
  return origin === 'localhost'
    ? serve
    : safe`${serve} --url https://${origin} --trusted-proxy 127.0.0.1   (behind a proxy on this machine, which has the certificate; skillgate help serve shows how the registry takes a certificate itself, and settings from a file)`;
}
