/** The settings of one `skillgate serve`: options of the command line, then the settings file. */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { isLoopbackUrl } from '../loopback-url.ts';
import { parseBase } from '../registries/registry-base.ts';
import { type SettingKey, type SettingRow, settingRows } from './setting-table.ts';
import {
  numberMax,
  type RequireUrl,
  readSettings,
  type Settings,
  type SettingValue,
} from './settings-file.ts';

export interface ServeSettings {
  /** The data folder. */
  readonly dir: string;
  readonly url: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly proxies:
    | { readonly addresses: readonly string[]; readonly header: string | undefined }
    | undefined;
  /** A path, or `-` for standard output. */
  readonly accessLog: string | undefined;
  readonly metricsPort: number | undefined;
  /** The bucket of the objects. */
  readonly objects: ObjectsPlace | undefined;
  /** Path of a policy file. */
  readonly policy: string | undefined;
  /** Path of a file with quotas. */
  readonly quotas: string | undefined;
  /** Path of a file with retention rules. */
  readonly retention: string | undefined;
  readonly witnesses: readonly string[];
  /** Single sign-on at the desk. */
  readonly signOn: SignOnOptions | undefined;
  readonly noScanner: boolean;
}

/** Single sign-on as the operator wrote it; the registry checks the values. */
interface SignOnOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[] | undefined;
  readonly groupsClaim: string | undefined;
  readonly personClaim: string | undefined;
  readonly readers: readonly string[];
  readonly reviewers: readonly string[];
  readonly operators: readonly string[];
  readonly hours: number | undefined;
}

interface ObjectsPlace {
  readonly url: string;
  readonly region: string;
  /** Path of a file with the access key. */
  readonly keys: string | undefined;
}

const portDefault = 4880;

/**
 * Joins the options with the file of `--config`.
 * @throws Problem `usage`, `file-not-found`, `settings-invalid`
 */
export async function settingsOf(
  context: CommandContext,
  requireUrl: RequireUrl,
): Promise<ServeSettings> {
  const { cwd, options, args, paths } = context;
  const file =
    typeof options.config === 'string'
      ? await readSettings(resolve(cwd, options.config), requireUrl)
      : {};
  const settings: Settings = { ...file, ...fromOptions(context) };
  const text = (key: SettingKey): string | undefined =>
    typeof settings[key] === 'string' ? settings[key] : undefined;
  const texts = (key: SettingKey): readonly string[] => {
    const value = settings[key];
    return Array.isArray(value) ? value : [];
  };
  const addresses = texts('trusted-proxies');
  return {
    dir:
      args[0] === undefined
        ? (text('data') ?? join(paths.data, 'registry'))
        : resolve(cwd, args[0]),
    url: text('url'),
    host: text('host') ?? 'localhost',
    port: typeof settings.port === 'number' ? settings.port : portDefault,
    tls: pairOf(text('tls-certificate'), text('tls-key')),
    proxies: addresses.length === 0 ? undefined : { addresses, header: text('forwarded-header') },
    accessLog: text('access-log'),
    metricsPort:
      typeof settings['metrics-port'] === 'number' ? settings['metrics-port'] : undefined,
    objects: bucketOf(text('objects'), text('objects-region'), text('objects-keys')),
    policy: text('policy'),
    quotas: text('quotas'),
    retention: text('retention'),
    witnesses: texts('witnesses').map(parseBase),
    signOn: await signOnOf(context, { text, texts, hours: settings['sign-on-hours'] }),
    noScanner: settings['no-scanner'] === true,
  };
}

/** @throws Problem `usage` */
async function signOnOf(
  { env }: CommandContext,
  {
    text,
    texts,
    hours,
  }: {
    readonly text: (key: SettingKey) => string | undefined;
    readonly texts: (key: SettingKey) => readonly string[];
    readonly hours: SettingValue | undefined;
  },
): Promise<SignOnOptions | undefined> {
  const issuer = text('sign-on-issuer');
  const clientId = text('sign-on-client');
  if (issuer === undefined && clientId === undefined) return undefined;
  const path = text('sign-on-secret-file');
  const secret = path === undefined ? env.SKILLGATE_SIGN_ON_SECRET : await secretIn(path);
  if (issuer === undefined || clientId === undefined || secret === undefined)
    throw new Problem(
      'usage',
      'Cannot use single sign-on without the issuer, the client’s id and the client’s secret',
      {
        hint: 'Give sign-on-issuer, sign-on-client and sign-on-secret-file in the settings, or the same options with two dashes. SKILLGATE_SIGN_ON_SECRET may hold the secret instead',
      },
    );
  const scopes = texts('sign-on-scopes');
  return {
    issuer,
    clientId,
    clientSecret: secret.trim(),
    scopes: scopes.length === 0 ? undefined : scopes,
    groupsClaim: text('sign-on-groups-claim'),
    personClaim: text('sign-on-person-claim'),
    readers: texts('sign-on-readers'),
    reviewers: texts('sign-on-reviewers'),
    operators: texts('sign-on-operators'),
    hours: typeof hours === 'number' ? hours : undefined,
  };
}

async function secretIn(path: string): Promise<string> {
  const refuse = (why: string, hint: string, cause?: unknown): Problem =>
    new Problem('usage', `Cannot use the secret in ${path}: ${why}`, { hint, cause });
  const { mode } = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw refuse(
      cause.code === 'ENOENT' ? 'there is no such file' : String(cause.code),
      'Write the secret into the file: the one that the server shows for this registry.',
      cause,
    );
  });
  if ((mode & 0o007) !== 0 && process.platform !== 'win32')
    throw refuse('every user of this machine may read the file', `chmod o-rwx ${path}`);
  return readFile(path, 'utf8');
}

function pairOf(
  certificate: string | undefined,
  key: string | undefined,
): ServeSettings['tls'] | undefined {
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === undefined && key === undefined) return undefined;
  throw new Problem(
    'usage',
    `Cannot use TLS with ${key === undefined ? 'a certificate alone' : 'a private key alone'}`,
    { hint: 'Give both: --tls-certificate FILE --tls-key FILE' },
  );
}

function bucketOf(
  url: string | undefined,
  region = 'us-east-1',
  keys?: string,
): ObjectsPlace | undefined {
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  // The signature of a request does not hide the bytes, and unpublished skills are among them.
  if (parsed === null || !(parsed.protocol === 'https:' || isLoopbackUrl(parsed)))
    throw new Problem('usage', `Cannot use ${JSON.stringify(url)} as the place of the objects`, {
      hint: 'write https://HOST/BUCKET or https://BUCKET.HOST; plain http is for this machine only',
    });
  if (parsed.username !== '' || parsed.search !== '' || parsed.hash !== '')
    throw new Problem('usage', 'The address of the objects has a user, a query or a fragment', {
      hint: 'the access key is in the environment, or in the file of --objects-keys',
    });
  return { url: parsed.href, region, keys };
}

function fromOptions({ cwd, options }: CommandContext): Settings {
  const settings: Partial<Record<SettingKey, SettingValue>> = {};
  for (const { key, kind, option } of settingRows as readonly (SettingRow & {
    readonly key: SettingKey;
  })[]) {
    const given = option === undefined ? undefined : options[option];
    if (given === undefined) continue;
    const max = numberMax(kind);
    if (max !== undefined) settings[key] = numberOf(given, { key, max });
    else if (kind === 'path' && given !== '-') settings[key] = resolve(cwd, String(given));
    else settings[key] = given;
  }
  return settings;
}

function numberOf(text: unknown, { key, max }: { key: SettingKey; max: number }): number {
  const number = Number(text);
  if (typeof text === 'string' && /^\d+$/.test(text) && number <= max) return number;
  const isPort = key === 'port' || key === 'metrics-port';
  throw new Problem('usage', `Cannot use ${isPort ? 'port' : key} ${JSON.stringify(text)}`, {
    hint: isPort
      ? `write a number from 1 to ${max}, or 0 for any free port`
      : `write a whole number from 1 to ${max}`,
  });
}
