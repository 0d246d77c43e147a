/**
 * Whether the log of a backup is the newest, by witnesses and by a head that somebody remembers.
 * A registry that begins from an older log writes other statements in the place of lost ones, and
 * clients refuse such a registry for ever.
 */
import { randomBytes } from 'node:crypto';
import type { Checkpoint } from '../../skills-index/log/checkpoint.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { type RootFile, rootKeyId, spkiOf } from '../../skills-index/trust/root/root.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-office.ts';
import { makeExclusive, type Registry } from '../context.ts';
import { rootOfSize } from '../log/log.ts';
import type { ReadDatabase } from '../log/segments/read-segments.ts';
import type { RegistryKeys } from '../log/signing.ts';
import type { Witnesses } from '../log/witness-answers.ts';
import { behindOf } from '../log/witness-duty.ts';
import { askWitnesses } from '../log/witnesses.ts';
import type { Database } from '../store/batch.ts';
import type { Objects } from '../store/objects.ts';
import type { RestoredLog } from './restored-log.ts';

const hint =
  'Look for a newer backup, or for the disk of the registry, before you give the lost statements up: docs/registry-reference.md, "The log was restored from a backup".';

/**
 * Compares the restored log with a signed head that the operator or a client remembers.
 * @param note of the checkpoint, as /log/checkpoint of the registry served it
 * @throws Problem `log-behind`, `log-invalid`, `signature-invalid`
 */
export async function requireHead(
  storage: ReadDatabase,
  log: RestoredLog,
  { root, note, from }: { readonly root: RootFile; readonly note: string; readonly from: string },
): Promise<void> {
  const head = parseHead(note, from, root);
  if (head.size > log.size)
    throw new Problem(
      'log-behind',
      `Cannot restore: the backup has ${log.size} log entries, and ${from} shows ${head.size}, so the backup lacks ${head.size - log.size}`,
      { hint },
    );
  if (head.size === 0) return;
  if ((await rootOfSize(storage, head.size)) !== Buffer.from(head.root).toString('base64'))
    throw new Problem(
      'log-behind',
      `Cannot restore: ${from} shows ${head.size} log entries, and the backup has others in the place of these`,
      { hint },
    );
}

function parseHead(note: string, from: string, root: RootFile): Checkpoint {
  try {
    return verifyRootCheckpoint(note, root);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw new Problem(cause.code, `Cannot compare the log with ${from}: ${cause.message}`, {
      cause,
      hint: 'Name a file with an answer of /log/checkpoint of this registry: curl -o checkpoint https://skills.acme.example/log/checkpoint',
    });
  }
}

/** What the witnesses are asked with. */
export interface WitnessQuestion {
  readonly db: Database;
  readonly objects: Objects;
  readonly root: RootFile;
  /** The registry's keys, where the backup has them. */
  readonly keys: RegistryKeys | undefined;
  readonly witnesses: Witnesses;
  readonly now: () => Date;
}

/**
 * Asks every witness about the restored head.
 * @returns why witnesses could not say anything; empty when all know no later head
 * @throws Problem `log-behind` when a witness cosigned a later or another head
 */
export async function askForLaterHead(
  log: RestoredLog,
  question: WitnessQuestion,
): Promise<readonly string[]> {
  const { witnesses } = question;
  if (log.head === undefined) return witnesses.urls.map((url) => `${url}: the log has no head yet`);
  const registry = askingRegistry(question);
  await askWitnesses(registry, log.head);
  const behind = behindOf(registry);
  if (behind !== undefined && 'url' in behind)
    throw new Problem(
      'log-behind',
      `Cannot restore: the backup has ${log.size} log entries, and the witness ${behind.url} cosigned ${behind.size}, so the backup lacks ${behind.size - log.size}`,
      { hint },
    );
  const answers = witnesses.urls.map((url) => ({ url, answer: witnesses.last.get(url) }));
  const refused = answers.find(({ answer }) => answer?.ok === false && answer.answered === true);
  if (refused !== undefined)
    throw new Problem(
      'log-behind',
      `Cannot restore: the witness ${refused.url} does not accept the head of the backup, which has ${log.size} log entries: ${refused.answer?.why}`,
      { hint },
    );
  return answers.flatMap(({ url, answer }) =>
    answer?.ok === true ? [] : `${url}: ${answer?.why ?? 'was not asked'}`,
  );
}

// What a question to a witness needs of a registry.
function askingRegistry({ root, keys, ...rest }: WitnessQuestion): Registry {
  return {
    ...rest,
    root,
    keys: keys ?? publicKeysOf(root),
    policy: defaultPolicy,
    config: { base: `https://${root.origin}`, hosts: [] },
    identities: {},
    unsettled: new Set(),
    random: (bytes) => randomBytes(bytes),
    exclusive: makeExclusive(),
  };
}

function publicKeysOf(root: RootFile): RegistryKeys {
  const sign = async (): Promise<never> => {
    throw new Problem(
      'key-file-invalid',
      'The newest head of the backup has the signature of an earlier log key, and only the registry’s keys can sign the head again',
      { hint: 'Give the keys: skillgate registry restore BACKUP DIR --keys FILE' },
    );
  };
  const signer = (name: 'status' | 'registry') => ({
    keyId: rootKeyId(root[name]),
    publicKey: spkiOf(root[name]),
    sign,
  });
  return {
    log: { publicKey: spkiOf(root.log), sign },
    status: signer('status'),
    registry: signer('registry'),
  };
}
