import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { parseScope, type Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseRoot, type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import { pinRegistry } from './addresses/pin-registry.ts';
import { carryMemory } from './carry-memory.ts';
import { requireSuccession, rootNamed } from './earlier-root.ts';
import { rootIn } from './file.ts';
import { forgetLog } from './forget-log.ts';
import { type KeptTrust, keptVersion } from './kept.ts';
import { refreshTrust } from './refresh.ts';
import { requireRootSize, trustedRegistry } from './registries.ts';
import { requestBytes } from './registry-api.ts';
import { type PinnedRegistry, parseBase, readRegistries } from './registry-base.ts';
import { showRegistry } from './registry-show.ts';

/** `skillgate registry add|show|trust`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  switch (context.command) {
    case 'registry add':
      return add(context);
    case 'registry show':
      return showRegistry(
        context,
        context.args[0] === undefined ? context.registryBase : parseBase(context.args[0]),
      );
    default:
      return trust(context);
  }
}

async function add(context: CommandContext): Promise<ExitCode> {
  const base = parseBase(context.args[0]);
  const scopes = (Array.isArray(context.options.scope) ? context.options.scope : []).map(
    parseScope,
  );
  const inForce = parseRoot(
    requireRootSize(await requestBytes({ ...context, registryBase: base }, '/index/root.json')),
  );
  const root = await rootNamed(context, base, inForce);
  await requireFingerprint(context, base, root);
  return pin(context, { base, root, scopes, isEarlier: root !== inForce });
}

async function trust(context: CommandContext): Promise<ExitCode> {
  const [target = ''] = context.args;
  const fromUrl = /^(https?|file):\/\//.test(target);
  if (context.options['forget-log'] === true) {
    if (fromUrl) return forgetLog(context, parseBase(target));
    throw new Problem(
      'usage',
      'Cannot forget a log: --forget-log needs the address of the registry',
    );
  }
  const base = fromUrl ? parseBase(target) : context.registryBase;
  const bytes = fromUrl
    ? await requestBytes({ ...context, registryBase: base }, '/index/root.json')
    : await readFile(resolve(context.cwd, target)).catch((cause: NodeJS.ErrnoException) => {
        throw new Problem('file-not-found', `Cannot read ${target}: ${cause.code}`, { cause });
      });
  const root = fromUrl ? parseRoot(requireRootSize(bytes)) : await rootIn(context, base, bytes);
  const before = readRegistries(context.paths).registries.find((pinned) => pinned.base === base);
  if (before !== undefined) printNote(context, safe`Pinned before: ${before.root}`);
  await requireFingerprint(context, base, root);
  return pin(context, { base, root, scopes: [], registryMayBeDown: !fromUrl });
}

interface NewPin {
  readonly base: string;
  readonly root: RootFile;
  readonly scopes: readonly Scope[];
  /** A local root file can be pinned without a network. */
  readonly registryMayBeDown?: boolean;
  /**
   * An earlier root file: only a chain of its administrators' signatures makes the current one
   * valid.
   */
  readonly isEarlier?: boolean;
}

// The TUF metadata comes first: a registry that fails its checks is not pinned.
async function pin(
  context: CommandContext,
  { base, root, scopes, registryMayBeDown = false, isEarlier = false }: NewPin,
): Promise<ExitCode> {
  const trusted = await refreshTrust(context, base, root).catch((cause: unknown) => {
    if (
      !registryMayBeDown ||
      !(cause instanceof Problem) ||
      !['registry-down', 'tuf-missing'].includes(cause.code)
    )
      throw cause;
    const until = root.tuf === 1 ? ', and this host admits no version without TUF metadata' : '';
    printNote(
      context,
      safe`${cause.message}\nThe TUF metadata will be fetched at the next admission${until}.`,
    );
    return null;
  });
  if (trusted === undefined && isEarlier) requireSuccession(base, root);
  if (trusted === undefined)
    printNote(
      context,
      safe`${base} serves no TUF metadata. This host trusts it by the root file alone and cannot learn of rotated keys. This host asks for the metadata again each hour; the operator creates it with skillgate registry rotate.`,
    );
  await carryMemory(context, base, { root, kept: trusted ?? undefined });
  return pinnedAnswer(
    context,
    await pinRegistry(context.paths, base, root, scopes),
    trusted ?? undefined,
  );
}

// The registry cannot vouch for itself: an option names the fingerprint, or a person compares it.
async function requireFingerprint(
  context: CommandContext,
  base: string,
  root: RootFile,
): Promise<void> {
  const found = rootFingerprint(root);
  const { root: namedRoot } = context.options;
  if (namedRoot !== undefined) {
    if (parseDigest(namedRoot) === found) return;
    throw new Problem(
      'root-invalid',
      `Cannot trust ${base}: its root file has fingerprint ${found}, not the fingerprint you named`,
      {
        hint: `${context.command === 'registry add' ? 'none of its earlier root files has the named fingerprint; ' : ''}ask the operator of the registry for the fingerprint over another channel; do not copy the fingerprint from this message`,
      },
    );
  }
  const ink = inkFor(context.stderr, context.env);
  await confirm(
    context,
    safe`${base} (origin ${root.origin}) shows the root of trust\n  ${ink.bold(found)}\nCompare it with the fingerprint that the operator told you. The trust in everything you install depends on it.`,
    'yes',
    `${calledName()} ${context.command} ${context.args[0] ?? ''} --root sha256:…`,
  );
}

function pinnedAnswer(
  context: CommandContext,
  pinned: PinnedRegistry,
  kept: KeptTrust | undefined,
): ExitCode {
  const { default: preferred, registries } = readRegistries(context.paths);
  const isDefault = preferred === pinned.base;
  const same = registries.find(({ base, root }) => base !== pinned.base && root === pinned.root);
  const { root: inForce } = trustedRegistry(context, pinned.base);
  const tuf =
    kept === undefined
      ? null
      : {
          version: keptVersion(kept, 'root'),
          root: rootFingerprint(inForce),
          freshUntil: kept.freshUntil,
        };
  const rotated =
    tuf === null || tuf.root === pinned.root
      ? safe``
      : safe`; its administrators have rotated it since: ${tuf.root} is in force`;
  answer(
    context,
    { schema: 'skillgate.registry-pinned/1', ...pinned, default: isDefault, tuf },
    () =>
      joined(
        [
          safe`${pinned.base} is pinned with root ${pinned.root}${isDefault ? ' and is the default' : ''}${rotated}`,
          ...(isDefault
            ? []
            : [
                same === undefined
                  ? safe`→ ${preferred ?? ''} stays the default; to change that: skillgate registry default ${pinned.base}`
                  : safe`→ the same registry is pinned at ${same.base}; when it moved: skillgate registry move ${same.base} ${pinned.base}`,
              ]),
        ],
        '\n',
      ),
  );
  return exitCodes.ok;
}
