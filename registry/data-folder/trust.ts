/** What a registry reads from its folder at the start. */
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import type { Quotas } from '../intake/quota-policy.ts';
import { mailRecipients } from '../notices/mail.ts';
import type { NoticeConfig } from '../notices/notice-config.ts';
import type { Notices } from '../notices/notice-types.ts';
import { webhooksOf } from '../notices/recipients.ts';
import type { PostOutside } from '../notices/webhook.ts';
import type { AddressOf } from '../request-limits/write-limits.ts';
import type { RetentionRules } from '../retention/retention-rules.ts';
import {
  readIncidentPolicy,
  readKeys,
  readNotices,
  readPolicy,
  readQuotas,
  readReaders,
  readRetention,
  readRootFile,
  readSigstore,
  readTuf,
} from './data-folder.ts';
import { readWitnesses } from './witness-config.ts';

export interface TrustOptions {
  /** A folder that `skillgate registry init` made. */
  readonly dir: string;
  /** Replaces `policy.json` of the folder. */
  readonly policy?: Policy;
  /** Replaces `quotas.json` of the folder. */
  readonly quotas?: Quotas | undefined;
  /** Replaces `retention.json` of the folder. */
  readonly retention?: RetentionRules | undefined;
  /** Submission prefixes of witnesses. `witnesses.json` of the folder names their keys. */
  readonly witnesses?: readonly string[];
  /** Sends notices to webhooks. Without it, `notices.json` may have none. */
  readonly postOutside?: PostOutside;
}

/** Whom the registry trusts, and with which keys it signs: the files of its folder. */
export async function readTrust(
  { dir, ...options }: TrustOptions,
  addressOf: AddressOf,
  say: (line: string) => void,
) {
  const root = await readRootFile(dir);
  const keys = await readKeys(dir, root);
  const policy = options.policy ?? (await readPolicy(dir));
  const incidents = await readIncidentPolicy(dir);
  const quotas = options.quotas ?? (await readQuotas(dir));
  const retention = options.retention ?? (await readRetention(dir));
  const notices = await recipientsOf(await readNotices(dir), options.postOutside, say);
  const tuf = await readTuf(dir, { root, policy });
  const sigstore = await readSigstore(dir, tuf);
  const signedPolicy = tuf?.files['witnesses.json'];
  const witnesses = await readWitnesses(dir, { urls: options.witnesses ?? [], signedPolicy, say });
  const readers = await readReaders(dir, addressOf);
  const limits = { quotas, retention };
  return { root, keys, policy, tuf, sigstore, witnesses, incidents, ...limits, notices, readers };
}

/** Everybody whom `notices.json` names. */
async function recipientsOf(
  config: NoticeConfig | undefined,
  post: PostOutside | undefined,
  say: (line: string) => void,
): Promise<Notices | undefined> {
  if (config === undefined) return undefined;
  if (post === undefined) throw new Error('nothing sends the notices of notices.json');
  const byMail = config.mail === undefined ? [] : await mailRecipients(config.mail);
  return { recipients: [...webhooksOf(config, post), ...byMail], say };
}
