import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  google,
  json,
  pkcs8,
  type Service,
  serviceHost,
  startService,
  tokenUrl,
} from '../../runner/secret-sources/token-services.ts';
import { skill } from '../skill-command.ts';

let home: string;
let service: Service;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-secret-'));
  service = await startService(google);
  mkdirSync(join(home, 'config'), { mode: 0o700 });
  const hosts = { [serviceHost]: `127.0.0.1:${service.port}` };
  writeFileSync(join(home, 'config/host.json'), JSON.stringify({ hosts }), { mode: 0o600 });
});
afterEach(() => {
  service.close();
  rmSync(home, { recursive: true });
});

const key = {
  type: 'service_account',
  client_email: 'robot@p.iam.example',
  private_key: pkcs8,
  token_uri: tokenUrl,
};
const set = (words: string, stdin: unknown = '') =>
  skill(
    { home, stdin: typeof stdin === 'string' ? stdin : JSON.stringify(stdin, null, 2) },
    ...['secret', 'set', 'SHEETS', '--host', 'sheets.example', ...words.split(' ')],
  );

describe('skillgate secret set --renew', () => {
  it('tries the credential, keeps it, and shows how long its tokens live', async () => {
    const scope = 'sheets.readonly';
    expect(await set('--renew google-service-account', { ...key, scope })).toMatchObject({
      exit: 0,
      out: expect.stringContaining('; google-service-account: tokens of 60 min'),
    });
    expect(service.seen).toHaveLength(1);
    const listed = await skill({ home }, 'secret', 'list', '--format', 'json');
    expect(JSON.parse(listed.out)).toMatchObject({
      secrets: [
        { name: 'SHEETS', source: 'file', renew: 'google-service-account', seconds: 3_599 },
      ],
    });
    expect(listed.out).not.toContain('PRIVATE');
    const [secret] = JSON.parse(readFileSync(join(home, 'config/secrets.json'), 'utf8')).secrets;
    expect(JSON.parse(secret.value)).toEqual({ ...key, scope });
  });

  it.each<[string, string, unknown, number, string]>([
    ['without a member', '--renew google-service-account', key, 6, 'scope is missing or not valid'],
    [
      'that the service refuses',
      '--renew google-service-account',
      { ...key, scope: 'all' },
      6,
      'Cannot use secret "SHEETS": login.example answered with status 400 invalid_grant',
    ],
    [
      'of an unknown kind',
      '--renew google',
      key,
      6,
      'no kind google, only oauth-client, oauth-refr',
    ],
    ['of a program that is not named', '--renew program', '', 2, 'needs the --command'],
    [
      'whose refresh token nothing could keep',
      '--renew oauth-refresh --command true',
      '',
      2,
      'give it by < FILE',
    ],
  ])('does not keep one %s', async (_, words, stdin, exit, why) => {
    const said = await set(words, stdin);
    expect(said).toMatchObject({ exit, out: '' });
    expect(said.err).toContain(why);
    expect(said.err).not.toMatch(/PRIVATE|MII/);
    expect(existsSync(join(home, 'config/secrets.json'))).toBe(false);
  });

  it('asks a program each time', async () => {
    service.close();
    service = await startService(json({}));
    writeFileSync(join(home, 'printed.json'), '{"token":"token-0123","expires_at":"2999-01-01"}');
    const { exit, out } = await skill(
      { home },
      ...['secret', 'set', 'SHEETS', '--host', 'sheets.example', '--renew', 'program'],
      ...['--command', `cat ${join(home, 'printed.json')}`],
    );
    expect([exit, out]).toEqual([0, expect.stringContaining('comes from the command; program')]);
    expect(readFileSync(join(home, 'config/secrets.json'), 'utf8')).not.toContain('token-0123');
  });
});
