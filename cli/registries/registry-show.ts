/**
 * `skillgate registry show`: the pinned root of a registry, the age of its root of trust, the size
 * of its log, and its witnesses.
 */
import { countWitnesses, type Witnessed } from '../../skills-index/log/cosignature.ts';
import { cosignatureSecondsMax } from '../../skills-index/log/limits.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-office.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, count, joined, printNote, safe } from '../terminal/output.ts';
import { keptVersion } from './kept.ts';
import { fetchHead, lastSeenHead, type NotedHead, printHead } from './log-head.ts';
import { freshRegistry } from './refresh.ts';
import { type TrustedRegistry, trustedRegistry } from './registries.ts';

/** @throws Problem `root-not-pinned`, `registry-down`, and others of `freshRegistry` */
export async function showRegistry(context: CommandContext, base: string): Promise<ExitCode> {
  const terms = { offline: false, graceHours: 0, isDoubted: true };
  const { registry, notes } = await freshRegistry(context, trustedRegistry(context, base), terms);
  for (const line of notes) printNote(context, safe`note: ${line}`);
  const head = await fetchHead(context, registry);
  const seen = await lastSeenHead(context, registry);
  const witnessed = countOf(context, registry, head);
  const { fingerprint, root, kept } = registry;
  const version = kept === undefined ? undefined : keptVersion(kept, 'root');
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
