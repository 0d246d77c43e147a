import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServeSettings, settingsOf } from '../../../cli/serve/settings.ts';
import { parsePublicUrl } from '../../../registry/serving/public-address.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const issuer = 'https://login.acme.example';

/** What `skillgate serve` with these options and variables would do. */
function settingsWith(
  options: Record<string, unknown>,
  env: Record<string, string> = {},
): Promise<ServeSettings> {
  const context = { cwd: folder, options, args: [], env, paths: { data: folder } };
  return settingsOf(context as never, parsePublicUrl);
}

function secretFile(mode: number): string {
  const path = join(folder, `secret-${mode}`);
  writeFileSync(path, 'from a file\n');
  chmodSync(path, mode);
  return path;
}

describe('single sign-on in the settings', () => {
  const client = { 'sign-on-issuer': issuer, 'sign-on-client': 'skillgate' };

  it('takes the secret from a file, else from the environment', async () => {
    const env = { SKILLGATE_SIGN_ON_SECRET: 'from the environment' };
    const file = { ...client, 'sign-on-secret-file': secretFile(0o600) };
    expect((await settingsWith(file, env)).signOn?.clientSecret).toBe('from a file');
    expect((await settingsWith(client, env)).signOn?.clientSecret).toBe('from the environment');
    expect((await settingsWith({}, env)).signOn).toBeUndefined();
  });

  it.runIf(process.platform !== 'win32')('refuses a secret that everybody may read', async () => {
    await expect(
      settingsWith({ ...client, 'sign-on-secret-file': secretFile(0o644) }),
    ).rejects.toThrow('every user of this machine may read the file');
  });

  it('reads groups and hours from the options', async () => {
    const options = {
      ...client,
      'sign-on-reader': ['everybody'],
      'sign-on-reviewer': ['a', 'b'],
      'sign-on-hours': '4',
    };
    const { signOn } = await settingsWith(options, { SKILLGATE_SIGN_ON_SECRET: 's' });
    expect(signOn).toMatchObject({ readers: ['everybody'], reviewers: ['a', 'b'], hours: 4 });
  });

  it.each([
    ['no secret', client, 'without the issuer'],
    ['no client', { 'sign-on-issuer': issuer }, 'without the issuer'],
    ['a file that is not there', { ...client, 'sign-on-secret-file': 'nowhere' }, 'no such file'],
    ['hours that are no number', { ...client, 'sign-on-hours': 'ever' }, 'sign-on-hours "ever"'],
  ])('is refused with %s', async (_, options, why) => {
    await expect(settingsWith(options)).rejects.toThrow(why);
  });

  it('is refused with a secret that everybody on the machine may read', async () => {
    const options = { ...client, 'sign-on-secret-file': secretFile(0o644) };
    await expect(settingsWith(options)).rejects.toThrow('every user of this machine');
  });
});
