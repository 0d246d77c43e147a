/** The settings of one `skillgate serve`: options of the command line, then the settings file. */
import { join, resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { parseBase } from '../registries/registry-base.ts';
import { type SettingKey, type SettingRow, settingRows } from './setting-table.ts';
import {
  portMax,
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
  /** Path of a policy file. */
  readonly policy: string | undefined;
  readonly witnesses: readonly string[];
  /** Whether a follower should copy the registry to a backup. */
  readonly backupFollower: boolean;
  readonly noScanner: boolean;
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
    policy: text('policy'),
    witnesses: texts('witnesses').map(parseBase),
    backupFollower: settings['backup-follower'] === true,
    noScanner: settings['no-scanner'] === true,
  };
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

function fromOptions({ cwd, options }: CommandContext): Settings {
  const settings: Partial<Record<SettingKey, SettingValue>> = {};
  for (const { key, kind, option } of settingRows as readonly (SettingRow & {
    readonly key: SettingKey;
  })[]) {
    const given = option === undefined ? undefined : options[option];
    if (given === undefined) continue;
    if (kind === 'port') settings[key] = portOf(given);
    else if (kind === 'path' && given !== '-') settings[key] = resolve(cwd, String(given));
    else settings[key] = given;
  }
  return settings;
}

function portOf(text: unknown): number {
  const port = Number(text);
  if (typeof text === 'string' && /^\d+$/.test(text) && port <= portMax) return port;
  throw new Problem('usage', `Cannot use port ${JSON.stringify(text)}`, {
    hint: 'write a number from 1 to 65535, or 0 for any free port',
  });
}
