import { generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createKeyFile,
  publicKeyOf,
  readKeyFile,
  readPublicKeyFile,
} from '../../../cli/signing/key-file.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

const made = async () => {
  const folder = folderWith();
  const path = join(folder, 'keys/rita.json');
  const shared = join(folder, 'keys/rita.pub.json');
  return { folder, path, shared, key: await createKeyFile(path, shared, 'rita') };
};

describe('a key in a file', () => {
  it('signs what its public part verifies', async () => {
    const { path, key, shared } = await made();
    const read = await readKeyFile(path);
    const bytes = Buffer.from('statement');
    expect(verify('sha256', bytes, key.publicPem, await read.sign(bytes))).toBe(true);
    expect(read.keyId).toBe(digestOf(read.publicKey));
    expect(await readPublicKeyFile(shared)).toEqual({ name: 'rita', ...publicKeyOf(read) });
  });

  it('lies where only its owner reads it, and its private part nowhere else', async () => {
    const { path, shared } = await made();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('PRIVATE KEY');
    expect(readFileSync(shared, 'utf8')).not.toContain('PRIVATE');
  });

  it('is never overwritten, also not through a link laid there', async () => {
    const { folder, path } = await made();
    const before = readFileSync(path);
    await expect(createKeyFile(path, undefined, 'rita')).rejects.toMatchObject({
      code: 'file-exists',
    });
    expect(readFileSync(path)).toEqual(before);
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'keys/link.json'));
    await expect(
      createKeyFile(join(folder, 'keys/link.json'), undefined, 'x'),
    ).rejects.toMatchObject({ code: 'file-exists' });
  });

  it.each([0o644, 0o640, 0o660, 0o602])(
    'is refused when others may read or write it (%o)',
    async (mode) => {
      const { path } = await made();
      chmodSync(path, mode);
      await expect(readKeyFile(path)).rejects.toMatchObject({
        code: 'key-file-invalid',
        hint: expect.stringContaining('chmod 600'),
      });
    },
  );

  const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  const damage: [string, (json: Record<string, unknown>) => unknown, string][] = [
    ['another curve', (json) => ({ ...json, privateKey: p384 }), 'not a P-256 key'],
    [
      'a key id of another key',
      (json) => ({ ...json, keyId: digestOf('x') }),
      'its key id is not that of its key',
    ],
    ['no private part', ({ privateKey: _, ...json }) => json, 'contains no private key'],
    [
      'another form',
      (json) => ({ ...json, schema: 'skillgate.key/2' }),
      'not of form skillgate.key/1',
    ],
    ['a broken key', (json) => ({ ...json, privateKey: '-----BEGIN' }), 'cannot be read'],
    ['null', () => null, 'not of form'],
  ];
  it.each(damage)('is refused with %s', async (_, spoil, says) => {
    const { path } = await made();
    writeFileSync(path, JSON.stringify(spoil(JSON.parse(readFileSync(path, 'utf8')))), {
      mode: 0o600,
    });
    await expect(readKeyFile(path)).rejects.toMatchObject({
      code: 'key-file-invalid',
      message: expect.stringContaining(says),
    });
  });
});

describe('skillgate key', () => {
  it('makes keys, lists them, and shows a damaged one beside the others', async () => {
    const home = folderWith();
    const env = { SKILLGATE_HOME: home };
    const created = await skill(['key', 'create'], { env });
    expect(created.exit).toBe(0);
    expect(created.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    await skill(['key', 'create', 'second'], { env });
    chmodSync(join(home, 'config/keys/second.json'), 0o644);
    const listed = await skill(['key', 'list'], { env });
    expect(listed.stdout).toContain(`default  ${created.stdout.trim()}`);
    expect(listed.stdout).toMatch(/second +Cannot use key/);
    expect((await skill(['key', 'create'], { env })).exit).toBe(2);
    expect((await skill(['key', 'create', '../x'], { env })).stderr).toContain(
      'error[name-invalid]',
    );
  });

  it('is asked for by name when there are several, and by what to type when there is none', async () => {
    const env = { SKILLGATE_HOME: folderWith() };
    expect(await skill(['whoami'], { env })).toMatchObject({
      exit: 5,
      stderr: expect.stringContaining('skillgate key create'),
    });
    for (const name of ['a', 'b']) await skill(['key', 'create', name], { env });
    expect(await skill(['whoami'], { env })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--key a or --key b'),
    });
  });
});
