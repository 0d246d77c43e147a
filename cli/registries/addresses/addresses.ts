/**
 * `skillgate registry list|default|move|remove`: the addresses at which this host asks its
 * registries. The root of trust is the identity of a registry, so an address can change while the
 * pin and all that this host learned under the pin stay.
 */
import { fetchFile } from '../../../skills-index/client/blobs.ts';
import { proveHeads } from '../../../skills-index/client/log-proofs.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { verifyConsistency } from '../../../skills-index/log/merkle-tree.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseRoot, rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../../command.ts';
import { readTokens } from '../../readers/read-tokens.ts';
import { projectAt } from '../../run/admission.ts';
import { confirm } from '../../terminal/ask.ts';
import { answer, inkFor, joined, printNote, safe, table } from '../../terminal/output.ts';
import { fetchHead, lastSeenHead, printHead } from '../carry-memory.ts';
import { refreshTrust } from '../refresh.ts';
import { rootFileBytesMax, type TrustedRegistry, trustedRegistry } from '../registries.ts';
import {
  type PinnedRegistry,
  parseBase,
  type Registries,
  readRegistries,
} from '../registry-base.ts';
import { changeRegistries } from './pin-registry.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  switch (context.command) {
    case 'registry list':
      return list(context);
    case 'registry default':
      return makeDefault(context);
    case 'registry move':
      return move(context);
    default:
      return remove(context);
  }
}

function list(context: CommandContext): ExitCode {
  const { default: preferred, registries } = readRegistries(context.paths);
  const rows = registries.map((one) => ({ ...one, default: one.base === preferred }));
  answer(context, { schema: 'skillgate.registry-list/1', registries: rows }, () => {
    if (rows.length === 0)
      return safe`No registry is pinned on this host.\n→ pin one: skillgate registry add URL --root sha256:…`;
    const ink = inkFor(context.stdout, context.env);
    const lines = rows.map((row) => [
      ink.bold(row.base),
      row.default ? 'default' : '',
      row.root,
      row.scopes.length === 0 ? '' : `only here: ${row.scopes.map((one) => `@${one}`).join(', ')}`,
    ]);
    return joined(
      [
        table(lines),
        safe`→ When the address of a registry changes: skillgate registry move OLD NEW`,
      ],
      '\n',
    );
  });
  return exitCodes.ok;
}

async function makeDefault(context: CommandContext): Promise<ExitCode> {
  const pinned = pinnedAt(context, context.args[0]);
  const { base } = pinned;
  const { default: previous } = readRegistries(context.paths);
  await changeRegistries(context.paths, (now) => {
    requireStillPinned(now, pinned);
    return { ...now, default: base };
  });
  noteVariable(context, base);
  answer(
    context,
    { schema: 'skillgate.registry-default/1', base, before: previous ?? null },
    () =>
      safe`${base} is the default registry${previous === undefined || previous === base ? '' : `; before, it was ${previous}`}`,
  );
  return exitCodes.ok;
}

/**
 * Gives a pin another address, after the registry there has proved that it is the pinned one and
 * that its log continues the log that this host saw.
 */
async function move(context: CommandContext): Promise<ExitCode> {
  const { base: from, root } = pinnedAt(context, context.args[0]);
  const to = parseBase(context.args[1]);
  if (from === to) throw new Problem('usage', `Cannot move ${from}: the new address is the same`);
  requireSameRoot(readRegistries(context.paths), { base: from, root }, to);
  await requireSame(context, trustedRegistry(context, from), to);
  const after = await changeRegistries(context.paths, (now) => {
    requireStillPinned(now, { base: from, root });
    requireSameRoot(now, { base: from, root }, to);
    return movedIn(now, from, to);
  });
  const isDefault = after.default === to;
  noteVariable(context, to);
  await noteProject(context, from, to);
  noteToken(context, from, to);
  answer(
    context,
    { schema: 'skillgate.registry-moved/1', from, to, root, default: isDefault },
    () =>
      safe`The registry ${root} is asked at ${to} from now on${isDefault ? ', and is the default' : ''}; before, it was asked at ${from}. The pin, and what this host saw of the registry’s log, stay.`,
  );
  return exitCodes.ok;
}

function requireSameRoot(
  { registries }: Registries,
  { base: from, root }: Pick<PinnedRegistry, 'base' | 'root'>,
  to: string,
): void {
  const there = registries.find(({ base }) => base === to);
  if (there === undefined || there.root === root) return;
  throw new Problem(
    'usage',
    `Cannot move ${from} to ${to}: another root of trust is pinned there`,
    {
      hint: `for the registry that is pinned at ${to}: skillgate registry default ${to}, then skillgate registry remove ${from}`,
    },
  );
}

function movedIn(now: Registries, from: string, to: string): Registries {
  const scopesThere = now.registries.find(({ base }) => base === to)?.scopes ?? [];
  return {
    default: now.default === from ? to : now.default,
    registries: now.registries.flatMap((one) => {
      if (one.base === to) return [];
      if (one.base !== from) return [one];
      return [{ ...one, base: to, scopes: [...new Set([...one.scopes, ...scopesThere])].sort() }];
    }),
  };
}

// Another command may have changed the list while this command asked the registry or a person.
function requireStillPinned(
  { registries }: Registries,
  { base, root }: Pick<PinnedRegistry, 'base' | 'root'>,
): void {
  if (registries.some((one) => one.base === base && one.root === root)) return;
  throw new Problem('root-not-pinned', `Another command has just changed the pin of ${base}`, {
    hint: 'skillgate registry list shows the pinned addresses',
  });
}

async function remove(context: CommandContext): Promise<ExitCode> {
  const { base, root } = pinnedAt(context, context.args[0]);
  const before = readRegistries(context.paths);
  const isDefault = before.default === base;
  const { default: preferred } = withoutBase(before, base);
  if (context.options.yes !== true)
    await confirm(
      context,
      safe`Skills of ${base} no longer start or install on this host. What this host saw of the registry’s log stays, and counts again when the same root is pinned.`,
      'yes',
      `skillgate registry remove ${base} --yes`,
    );
  await changeRegistries(context.paths, (now) => {
    requireStillPinned(now, { base, root });
    return withoutBase(now, base);
  });
  noteVariable(context, preferred);
  answer(
    context,
    { schema: 'skillgate.registry-removed/1', base, root, default: preferred ?? null },
    () =>
      safe`${base} is no longer pinned${isDefault && preferred !== undefined ? `; ${preferred} is the default now` : ''}. To pin it again: skillgate registry add ${base} --root ${root}`,
  );
  return exitCodes.ok;
}

function withoutBase(now: Registries, base: string): Registries {
  const registries = now.registries.filter((one) => one.base !== base);
  if (now.default !== base) return { default: now.default, registries };
  if (registries.length > 1)
    throw new Problem('usage', `Cannot remove ${base}: it is the default registry`, {
      hint: 'name another default first: skillgate registry default URL (skillgate registry list shows the addresses)',
    });
  return { default: registries[0]?.base, registries };
}

function pinnedAt(context: CommandContext, text: unknown): PinnedRegistry {
  const base = parseBase(text);
  const pinned = readRegistries(context.paths).registries.find((one) => one.base === base);
  if (pinned !== undefined) return pinned;
  throw new Problem('root-not-pinned', `No registry is pinned at ${base} on this host`, {
    hint: 'skillgate registry list shows the pinned addresses',
  });
}

// The root of trust proves who answers, and the log that the host saw proves that nothing is lost.
async function requireSame(
  context: CommandContext,
  { pinned, fingerprint, base: from }: TrustedRegistry,
  to: string,
): Promise<void> {
  const source = {
    base: to,
    fetch: context.send ?? context.fetch,
    signal: context.signal,
    store: memoryStore(),
  };
  if ((await refreshTrust(context, to, pinned)) === undefined) {
    const bytes = await fetchFile(source, '/index/root.json', rootFileBytesMax);
    const found = bytes === undefined ? 'none' : rootFingerprint(parseRoot(bytes));
    if (found !== fingerprint)
      throw new Problem(
        'root-invalid',
        `Cannot move ${from} to ${to}: its root of trust is ${found}, and ${fingerprint} is pinned`,
        { hint: 'ask the operator for the address over another channel' },
      );
  }
  const moved = { ...trustedRegistry(context, from), base: to };
  const seen = await lastSeenHead(context, moved);
  if (seen === undefined) return;
  const shown = await fetchHead(context, moved);
  const proofs = shown.size > seen.size ? await proveHeads(source, [seen], shown) : new Map();
  const proof = proofs.get(seen.size) ?? [];
  if (verifyConsistency({ first: seen, second: shown, proof })) return;
  // Without a proof nobody knows whether the log is another one: a tile may be withheld or late.
  if (shown.size > seen.size && proof.length === 0)
    throw new Problem(
      'log-unproven',
      `Cannot move ${from} to ${to}: the registry there does not prove that its log (${printHead(shown)}) continues the log that this host saw (${printHead(seen)})`,
    );
  throw new Problem(
    'log-rolled-back',
    `Cannot move ${from} to ${to}: its log (${printHead(shown)}) does not continue the log that this host saw (${printHead(seen)})`,
    { hint: 'ask the operator whether the new address serves an old copy; nothing was changed' },
  );
}

// The variable counts before the default, for as long as the shell has it.
function noteVariable({ env, stderr, ...context }: CommandContext, base: string | undefined): void {
  const named = env.SKILLGATE_REGISTRY;
  if (named !== undefined && named !== '' && parseBase(named) !== base)
    printNote({ ...context, env, stderr }, safe`note: SKILLGATE_REGISTRY still names ${named}`);
}

// A token goes to one address only, and nobody but its owner may send it elsewhere.
function noteToken(context: CommandContext, from: string, to: string): void {
  if (readTokens(context.paths)[from] === undefined) return;
  printNote(
    context,
    safe`note: a token that reads private scopes is kept for ${from}, and none is sent to ${to}: skillgate registry token ${to}, then skillgate registry token ${from} --remove`,
  );
}

async function noteProject(context: CommandContext, from: string, to: string): Promise<void> {
  // The registry has moved already, so a project that cannot be read ends nothing.
  const project = await projectAt(context.cwd).catch(() => undefined);
  for (const [scope, base] of Object.entries(project?.file.registries ?? {}))
    if (base.replace(/\/$/, '') === from)
      printNote(
        context,
        safe`note: skillgate.json in ${project?.folder ?? ''} names ${from} for ${scope}: write ${to} there`,
      );
}
