/** Says what the retention rules would delete now. Nothing is written, and a registry may serve. */

import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { parseQuotas } from '../intake/quotas-file.ts';
import { type PostOutside, webhooksOf } from '../notices/deliver.ts';
import { mailRecipients } from '../notices/mail.ts';
import { type NoticeConfig, type Notices, parseNoticeConfig } from '../notices/notice-config.ts';
import { Readers } from '../readers/readers.ts';
import { parseReaders, readersFileName } from '../readers/readers-file.ts';
import type { AddressOf } from '../request-limits/write-limits.ts';
import {
  type DueVersion,
  dueVersions,
  type RetentionRule,
  rulesOf,
  sumOfDue,
} from '../retention/delete-files.ts';
import { parseRetention, type RetentionRules } from '../retention/retention-rules.ts';
import { parseIncidentPolicy } from '../stops/incident-policy.ts';
import { readData, readIfThere } from './data-folder.ts';

interface DueOfRule extends RetentionRule {
  /** How many versions lose their files. */
  readonly versions: number;
  readonly bytes: number;
  /** The first of them. */
  readonly first: readonly DueVersion[];
}

/**
 * @param rules `retention.json` of the folder by default
 * @param limit versions that are listed for each rule
 * @throws Problem `file-not-found`, `json-invalid`
 */
export async function previewRetention(
  dir: string,
  {
    rules,
    now,
    limit,
  }: { readonly rules: RetentionRules | undefined; readonly now: Date; readonly limit: number },
): Promise<readonly DueOfRule[]> {
  const path = join(dir, 'registry.sqlite');
  const client = openToRead(path);
  try {
    const found: DueOfRule[] = [];
    const read = drizzle(client);
    for (const rule of rulesOf(rules ?? (await readRetention(dir)))) {
      const sum = await sumOfDue({ read }, rule, now);
      found.push({ ...rule, ...sum, first: await dueVersions({ read }, rule, { now, limit }) });
    }
    return found;
  } finally {
    client.close();
  }
}

function openToRead(path: string): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(path, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw new Problem('file-not-found', `Cannot read the database ${path}`, {
      hint: 'name the data folder of a registry that was served once',
      cause,
    });
  }
}

// The settings that a running registry reads again: who may read, how much is taken, how long files
// stay, whose incident reports count, and who is told.

export interface LiveSettingsOptions {
  /** A folder that `skillgate registry init` made. */
  readonly dir: string;
  /** A file that replaces `quotas.json` of the folder. */
  readonly quotas?: string | undefined;
  /** A file that replaces `retention.json` of the folder. */
  readonly retention?: string | undefined;
  /** Sends notices to webhooks. Without it, `notices.json` may have none. */
  readonly postOutside?: PostOutside;
}

type LiveSettings = Pick<Registry, 'readers' | 'quotas' | 'retention' | 'incidents' | 'notices'>;

/** What reads settings from their file; undefined when there is no such file. */
interface SettingFile<Setting> {
  readonly path: string;
  read(): Promise<Setting | undefined>;
}

type SettingFiles = {
  readonly [Name in keyof LiveSettings]-?: SettingFile<NonNullable<LiveSettings[Name]>>;
};

/** The files of these settings, for the start of a registry and for later. */
export class LiveSettingFiles {
  readonly #files: SettingFiles;
  readonly #say: (line: string) => void;

  constructor(
    { dir, quotas, retention, postOutside }: LiveSettingsOptions,
    addressOf: AddressOf,
    say: (line: string) => void,
  ) {
    this.#say = say;
    this.#files = {
      readers: inFolder(
        dir,
        readersFileName,
        (bytes, path) => new Readers(parseReaders(bytes, path), path, addressOf),
      ),
      quotas:
        quotas === undefined
          ? inFolder(dir, 'quotas.json', parseQuotas)
          : named(quotas, parseQuotas),
      retention: retentionOf(dir, retention),
      incidents: inFolder(dir, 'incidents.json', parseIncidentPolicy),
      notices: inFolder(dir, 'notices.json', (bytes, path) =>
        recipientsOf(parseNoticeConfig(bytes, path), postOutside, say),
      ),
    };
  }

  /** @throws Problem `json-invalid`, `file-not-found`, `usage` for a file that cannot be used */
  async read(): Promise<LiveSettings> {
    const { readers, quotas, retention, incidents, notices } = this.#files;
    return {
      readers: await readers.read(),
      quotas: await quotas.read(),
      retention: await retention.read(),
      incidents: await incidents.read(),
      notices: await notices.read(),
    };
  }

  /**
   * Reads the files again. A file that cannot be used, or that is gone, changes nothing: a scope
   * would become public while somebody replaces readers.json.
   */
  async reload(registry: Registry): Promise<void> {
    await registry.exclusive('reload settings', async () => {
      for (const [name, { path, read }] of Object.entries(this.#files))
        try {
          const now = await read();
          if (now === undefined && registry[name as keyof LiveSettings] !== undefined)
            throw new Problem(
              'file-not-found',
              `${path} is gone; to do without it, restart the registry`,
            );
          Object.assign(registry, { [name]: now });
          if (now !== undefined) this.#say(`The registry uses ${path} as it is now`);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          this.#say(`warning: the ${name} settings before stay in use: ${why}`);
        }
    });
  }
}

/** The rules of `retention.json` in a data folder. @throws Problem `json-invalid` */
function readRetention(dir: string): Promise<RetentionRules | undefined> {
  return retentionOf(dir).read();
}

function retentionOf(dir: string, path?: string): SettingFile<RetentionRules> {
  return path === undefined
    ? inFolder(dir, 'retention.json', parseRetention)
    : named(path, parseRetention);
}

type Parse<Setting> = (bytes: Uint8Array, path: string) => Setting | Promise<Setting>;

function inFolder<Setting>(dir: string, name: string, parse: Parse<Setting>): SettingFile<Setting> {
  const path = join(dir, name);
  const read = async (): Promise<Setting | undefined> => {
    const bytes = await readIfThere(path);
    return bytes === undefined ? undefined : parse(bytes, path);
  };
  return { path, read };
}

/** A file that an operator named must be there. */
function named<Setting>(path: string, parse: Parse<Setting>): SettingFile<Setting> {
  return { path, read: async () => parse(await readData(path), path) };
}

/** Everybody whom `notices.json` names. */
async function recipientsOf(
  config: NoticeConfig,
  post: PostOutside | undefined,
  say: (line: string) => void,
): Promise<Notices> {
  if (post === undefined) throw new Error('nothing sends the notices of notices.json');
  const byMail = config.mail === undefined ? [] : await mailRecipients(config.mail);
  return { recipients: [...webhooksOf(config, post), ...byMail], say };
}
