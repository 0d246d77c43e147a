import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fetchFile, type Source } from '../../skills-index/client/blobs.ts';
import { keepAlarm } from '../../skills-index/client/log-alarm.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import {
  cosignatureSecondsMax,
  countWitnesses,
  type Witnessed,
} from '../../skills-index/log/cosignature.ts';
import { hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { parseScope, type Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { tufDocumentBytesMax } from '../../skills-index/trust/root/repository.ts';
import { parseRoot, type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-role.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, count, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import { pinRegistry } from './addresses/pin-registry.ts';
import {
  carryMemory,
  diskStore,
  fetchHead,
  lastSeenHead,
  type NotedHead,
  printHead,
  setMemoryAside,
} from './carry-memory.ts';
import { freshRegistry, refreshTrust } from './refresh.ts';
import {
  requireRootSize,
  rootFileBytesMax,
  type TrustedRegistry,
  trustedRegistry,
} from './registries.ts';
import { requestBytes } from './registry-api.ts';
import { type PinnedRegistry, parseBase, readRegistries } from './registry-base.ts';
import { type StoredTrust, storedVersion } from './stored-trust.ts';

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
  const { pinned, kept } = await pinAsked(context);
  return pinnedAnswer(context, pinned, kept);
}

/**
 * Pins the registry at the address in the arguments, with the scopes and the fingerprint of the
 * options; without one a person compares it.
 * @throws Problem `root-invalid` for another root, and others of `refreshTrust`
 */
export async function pinAsked(context: CommandContext): Promise<Pinned> {
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
  const { pinned, kept } = await pin(context, {
    base,
    root,
    scopes: [],
    registryMayBeDown: !fromUrl,
  });
  return pinnedAnswer(context, pinned, kept);
}

interface Pinned {
  readonly pinned: PinnedRegistry;
  readonly kept: StoredTrust | undefined;
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
): Promise<Pinned> {
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
  const kept = trusted ?? undefined;
  await carryMemory(context, base, { root, kept });
  return { pinned: await pinRegistry(context.paths, base, root, scopes), kept };
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
  kept: StoredTrust | undefined,
): ExitCode {
  const { default: preferred, registries } = readRegistries(context.paths);
  const isDefault = preferred === pinned.base;
  const same = registries.find(({ base, root }) => base !== pinned.base && root === pinned.root);
  const { root: inForce } = trustedRegistry(context, pinned.base);
  const tuf =
    kept === undefined
      ? null
      : {
          version: storedVersion(kept, 'root'),
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

// `skillgate registry show`: the pinned root of a registry, the age of its root of trust, the size
// of its log, and its witnesses.

/** @throws Problem `root-not-pinned`, `registry-down`, and others of `freshRegistry` */
async function showRegistry(context: CommandContext, base: string): Promise<ExitCode> {
  const terms = { offline: false, graceHours: 0, isDoubted: true };
  const { registry, notes } = await freshRegistry(context, trustedRegistry(context, base), terms);
  for (const line of notes) printNote(context, safe`note: ${line}`);
  const head = await fetchHead(context, registry);
  const seen = await lastSeenHead(context, registry);
  const witnessed = countOf(context, registry, head);
  const { fingerprint, root, kept } = registry;
  const version = kept === undefined ? undefined : storedVersion(kept, 'root');
  const signedUntil =
    kept === undefined ? undefined : String(JSON.parse(kept.metadata.root).signed.expires);
  const inForce = rootFingerprint(root);
  const said = {
    base,
    fingerprint,
    origin: root.origin,
    root: { fingerprint: inForce, version: version ?? null, signedUntil: signedUntil ?? null },
    administrators: root.administrators.map(({ keyId }) => keyId),
    threshold: root.threshold,
    log: jsonOf(head),
    seen: seen === undefined ? null : jsonOf(seen),
    witnesses:
      witnessed === undefined
        ? null
        : { threshold: witnessed.threshold, of: witnessed.of, counted: witnessed.counted },
  };
  answer(context, { schema: 'skillgate.registry/1', ...said }, () =>
    joined(
      [
        safe`${base}`,
        safe`  pinned:    ${fingerprint}`,
        version === undefined
          ? safe`  root:      the pinned root, ${root.origin}; the registry delivers no rotations`
          : safe`  root:      ${inForce}, version ${version}, signed until ${signedUntil ?? ''}`,
        safe`  people:    ${count(root.administrators.length, 'administrator')}, ${root.threshold} must agree`,
        safe`  log:       ${printHead(head)}   (newest log index: ${head.size - 1})`,
        safe`  seen here: ${seen === undefined ? 'nothing yet' : printHead(seen)}`,
        safe`  witnesses: ${witnessedText(witnessed)}`,
      ],
      '\n',
    ),
  );
  return exitCodes.ok;
}

function witnessedText(witnessed: Witnessed | undefined): string {
  if (witnessed === undefined) return 'none required';
  const names = witnessed.counted.map(({ name }) => name).join(', ');
  return `${witnessed.counted.length} of ${witnessed.of} cosigned it, ${witnessed.threshold} required${names === '' ? '' : `: ${names}`}`;
}

function countOf(
  context: CommandContext,
  { witnesses, root }: TrustedRegistry,
  head: NotedHead,
): Witnessed | undefined {
  if (witnesses === undefined) return undefined;
  const { logKey } = verifyRootCheckpoint(head.note, root);
  const now = context.now().getTime();
  return countWitnesses({
    note: head.note,
    policy: witnesses,
    log: { key: logKey },
    now,
    secondsMax: cosignatureSecondsMax,
  });
}

function jsonOf({ size, root }: NotedHead): { readonly size: number; readonly root: string } {
  return { size, root: Buffer.from(root).toString('base64') };
}

// `skillgate registry add URL --root` with the fingerprint of an earlier root file: the registry
// serves earlier ones, and TUF leads from each to the current one.

/**
 * The root file that `--root` names: the current or an earlier one. A file from the registry has
 * the named fingerprint, so it is as good as a pinned one. Without a match the current one is
 * returned, and the caller refuses it.
 */
async function rootNamed(
  context: CommandContext,
  base: string,
  inForce: RootFile,
): Promise<RootFile> {
  const { root: given } = context.options;
  if (given === undefined) return inForce;
  const named = parseDigest(given);
  if (named === rootFingerprint(inForce)) return inForce;
  try {
    const bytes = await requestBytes(
      { ...context, registryBase: base },
      `/index/roots/${hexOf(named)}.json`,
    );
    const earlier = parseRoot(requireRootSize(bytes));
    return rootFingerprint(earlier) === named ? earlier : inForce;
  } catch (cause) {
    if (cause instanceof Problem && cause.code !== 'interrupted' && cause.code !== 'registry-down')
      return inForce;
    throw cause;
  }
}

/**
 * An earlier root file is accepted only if its administrators signed the way to the current one.
 */
function requireSuccession(base: string, named: RootFile): never {
  throw new Problem(
    'root-invalid',
    `Cannot trust ${base}: ${rootFingerprint(named)} is an earlier root file, and no signed root follows it`,
    {
      hint: 'ask its operator over another channel for the current fingerprint',
    },
  );
}

// `skillgate registry trust URL --forget-log`: for a host that saw a log that no longer exists, as
// after a restore. Only a person can confirm the current log, so both heads are shown, and the old
// data is kept as evidence.

/**
 * @throws Problem `root-not-pinned`, `root-invalid` for another fingerprint, `not-confirmed`,
 * `registry-down`, `signature-invalid`
 */
async function forgetLog(context: CommandContext, base: string): Promise<ExitCode> {
  const terms = { offline: false, graceHours: 0, isDoubted: true };
  const { registry } = await freshRegistry(context, trustedRegistry(context, base), terms);
  const { root, fingerprint } = registry;
  const shown = await fetchHead(context, registry);
  const seen = await lastSeenHead(context, registry);
  if (seen === undefined)
    throw new Problem(
      'not-found',
      `Cannot forget the log of ${base}: this host has seen no log of this registry`,
    );
  const question = safe`The log of ${base} that was seen here: ${printHead(seen)}\nThe log that the registry shows:            ${printHead(shown)}\nContinue only if the operator told you over another channel why the log changed, and confirmed the second head. What this host learned from the first log, such as a revocation or an ended key, will no longer count. This host then learns from the second log.`;
  const { root: given } = context.options;
  if (given === undefined) {
    await confirm(
      context,
      question,
      'yes',
      `skillgate registry trust ${base} --forget-log --root sha256:…   (the fingerprint that the registry’s operator told you)`,
    );
  } else {
    const named = parseDigest(given);
    const inForce = rootFingerprint(root);
    if (named !== inForce && named !== fingerprint)
      throw new Problem(
        'root-invalid',
        `Cannot forget the log of ${base}: its root of trust is ${inForce}, not the root you named`,
      );
    printNote(context, question);
  }
  const store = diskStore(context.paths, fingerprint);
  const heads = [
    { ...seen, from: 'kept by this host' },
    { ...shown, from: 'the registry’s status.json' },
  ] as const;
  const message = 'a person on this host went on with the second head';
  const alarm = { kind: 'log-rolled-back', heads, proven: false, message } as const;
  const kept = await keepAlarm({ store, base, root, now: context.now().getTime() }, alarm);
  // The data is moved first: after a crash the host still refuses the log, and the same command
  // moves the rest.
  const aside = await setMemoryAside(context.paths, fingerprint, context.now());
  await store.putNamed('checkpoint', Buffer.from(shown.note));
  const before = printHead(seen);
  const after = printHead(shown);
  answer(
    context,
    { schema: 'skillgate.log-forgotten/1', base, seen: before, shown: after, kept, aside },
    () =>
      safe`${base} is judged by the log of ${after} from now on; both heads are kept in ${kept}, and what was learned from the other log in ${aside}`,
  );
  return exitCodes.ok;
}

// Files that a user can trust: a root file, the `trusted.json` of `skillgate verify --export`, or a
// TUF root.

/**
 * The root file that a file leads to. A TUF root names administrators, and the registry supplies
 * the newest files that they signed. A person compares the fingerprint in any case.
 * @throws Problem `root-invalid` for other files, `tuf-invalid`, `registry-down`
 */
async function rootIn(context: CommandContext, base: string, bytes: Uint8Array): Promise<RootFile> {
  if (bytes.byteLength > tufDocumentBytesMax) return parseRoot(requireRootSize(bytes));
  const { value } = parseJson(bytes, 'the file');
  const { schema, root, signed } = fieldsOf(value);
  if (schema === 'skillgate.root/1') return parseRoot(requireRootSize(bytes));
  if (schema === 'skillgate.trusted/1') return parseRoot(JSON.stringify(root ?? null));
  if (fieldsOf(signed)._type === 'root') return rootBehind(context, base, bytes);
  throw new Problem('root-invalid', `Cannot trust this file: it contains ${nameOf(value)}`, {
    hint: 'name root.json of the registry, trusted.json of skillgate verify --export, or a TUF root (1.root.json)',
  });
}

async function rootBehind(
  context: CommandContext,
  base: string,
  start: Uint8Array,
): Promise<RootFile> {
  const source: Source = {
    fetch: context.send ?? context.fetch,
    store: memoryStore(),
    base,
    signal: context.signal,
  };
  // Only the origin comes from the registry's answer; the pinned file is the one that
  // administrators signed.
  const told = await fetchFile(source, '/index/root.json', rootFileBytesMax);
  if (told === undefined)
    throw new Problem('registry-answer-invalid', `${base} serves no root file`);
  const { updateTrust } = await import('./updater.ts');
  const now = context.now().getTime();
  const { files } = await updateTrust({ source, pinned: parseRoot(told), start, now });
  return parseRoot(files['root.json']);
}

function nameOf(value: unknown): string {
  const { schema, mediaType, signed } = fieldsOf(value);
  const type = fieldsOf(signed)._type;
  if (type !== undefined) return `TUF metadata of the role ${JSON.stringify(type)}`;
  if (typeof mediaType === 'string' && mediaType.includes('trustedroot'))
    return 'a Sigstore trusted root, which administrators sign into theirs (skillgate registry rotate propose --trusted-root)';
  return schema === undefined ? 'JSON of an unknown form' : `of the form ${JSON.stringify(schema)}`;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
