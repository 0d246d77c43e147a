import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  parseNote,
  printSignatureLine,
  verifyCheckpoint,
} from '../../../skills-index/log/checkpoint.ts';
import {
  cosignerKeyId,
  countWitnesses,
  verifyCosignatures,
} from '../../../skills-index/log/cosignature.ts';
import { signCheckpoint, signCosignature } from '../../../skills-index/log/sign-cosignature.ts';
import {
  parseWitnessPolicy,
  type WitnessPolicy,
} from '../../../skills-index/log/witness-policy.ts';
import { testLogKey, testSigner } from '../story-keys.ts';

const logKey = testLogKey('log');
const log = { origin: 'skills.example', key: logKey.publicKey };
const keys = {
  one: testLogKey('witness one'),
  two: testLogKey('witness two'),
  stranger: testLogKey('stranger'),
};
const root = createHash('sha256').update('root').digest();
const note = await signCheckpoint({ origin: log.origin, size: 42, root }, logKey);
const seconds = 1_772_452_800;
const now = seconds * 1000;
const spki = (key: { publicKey: Uint8Array }): string =>
  Buffer.from(key.publicKey).toString('base64');
const policy: WitnessPolicy = {
  schema: 'skillgate.witnesses/1',
  threshold: 1,
  witnesses: [
    { name: 'one.example/w', key: spki(keys.one) },
    { name: 'two.example/w', key: spki(keys.two) },
  ],
};
const line = (name: string, key = keys.one, at = seconds, of = note): Promise<string> =>
  signCosignature(of, { name, seconds: at, key });
const count = (lines: readonly string[], at = now, of = note) =>
  countWitnesses({ note: of + lines.join(''), policy, log, now: at });
const one = await line('one.example/w');
const two = await line('two.example/w', keys.two);

describe('a cosignature', () => {
  it('counts for the witness that made it, and leaves the checkpoint as it is', () => {
    expect(verifyCosignatures(note + one, policy, log)).toEqual([
      { name: 'one.example/w', seconds },
    ]);
    expect(verifyCheckpoint(note + one + two, log)).toMatchObject({ size: 42 });
    expect(count([one, two])).toMatchObject({
      counted: [{ name: 'one.example/w' }, { name: 'two.example/w' }],
      of: 2,
      enough: true,
    });
  });

  it('is named by a hash over name, 0x04 and key, and signs the time before the note (C2SP tlog-cosignature)', () => {
    const raw = Buffer.from(keys.one.publicKey).subarray(-32);
    const id = createHash('sha256')
      .update('one.example/w\n')
      .update(Buffer.of(4))
      .update(raw)
      .digest()
      .subarray(0, 4);
    expect(Buffer.from(cosignerKeyId('one.example/w', keys.one.publicKey))).toEqual(id);
    const keyed = Buffer.from(one.trimEnd().split(' ')[2] ?? '', 'base64');
    const message = `cosignature/v1\ntime ${seconds}\nskills.example\n42\n${root.toString('base64')}\n`;
    expect(keyed.subarray(12)).toEqual(Buffer.from(keys.one.sign(Buffer.from(message))));
    expect(keyed.subarray(0, 4)).toEqual(id);
    expect(keyed.readBigUInt64BE(4)).toBe(BigInt(seconds));
  });

  it.each([
    ['of a witness under another name', () => line('two.example/w')],
    ['of a stranger under the name of a witness', () => line('one.example/w', keys.stranger)],
    ['with the log’s own key', () => line('one.example/w', logKey)],
    [
      'made for another size',
      async () => line('one.example/w', keys.one, seconds, note.replace('\n42\n', '\n43\n')),
    ],
    ['whose time was changed', async () => flip(one, 11)],
    ['that was cut short', async () => cut(one, 75)],
  ])('counts for nothing when it is one %s', async (_, make) => {
    expect(count([await make()])).toMatchObject({ counted: [], old: [], early: [], enough: false });
    // And it does not spoil the one beside it.
    expect(count([await make(), two])).toMatchObject({
      counted: [{ name: 'two.example/w' }],
      enough: true,
    });
  });

  it('counts once for one witness, however many it made', async () => {
    const again = await line('one.example/w', keys.one, seconds - 60);
    expect(count([one, one, again])).toMatchObject({
      counted: [{ name: 'one.example/w', seconds }],
    });
    expect(count([again, one])).toMatchObject({
      counted: [{ name: 'one.example/w', seconds }],
      old: [],
      early: [],
    });
    const twoNeeded = { ...policy, threshold: 2 };
    expect(countWitnesses({ note: note + one + again, policy: twoNeeded, log, now }).enough).toBe(
      false,
    );
    expect(countWitnesses({ note: note + one + two, policy: twoNeeded, log, now }).enough).toBe(
      true,
    );
  });

  it.each([
    ['24 hours old', -86_400, 'counted'],
    ['a second older than 24 hours', -86_401, 'old'],
    ['from five minutes ahead', 300, 'counted'],
    ['from further in the future', 301, 'early'],
  ])('that is %s is %3$s', async (_, by, where) => {
    const found = count([await line('one.example/w', keys.one, seconds + by)]);
    expect({
      counted: found.counted.length,
      old: found.old.length,
      early: found.early.length,
    }).toEqual({
      counted: 0,
      old: 0,
      early: 0,
      [where]: 1,
    });
  });

  it('whose time is beyond what numbers hold says nothing', async () => {
    const at = async (time: number) =>
      verifyCosignatures(note + (await line('one.example/w', keys.one, time)), policy, log);
    expect(await at(Number.MAX_SAFE_INTEGER)).toHaveLength(1);
    expect(await at(2 ** 53)).toEqual([]);
  });

  it('from the future does not hide one that counts', async () => {
    const early = await line('one.example/w', keys.one, seconds + 9_999);
    expect(count([early, one])).toMatchObject({ counted: [{ seconds }], early: [] });
  });

  it('is never of the log itself, even where the policy says so', async () => {
    const own = { ...policy, witnesses: [{ name: 'one.example/w', key: spki(logKey) }] };
    const signed = note + (await line('one.example/w', logKey));
    expect(() => verifyCosignatures(signed, own, log)).toThrow('the key of the log itself');
  });

  it('is by Ed25519 keys only', () => {
    expect(() => cosignerKeyId('w', testSigner('p256').publicKey)).toThrow('not an Ed25519 key');
  });
});

describe('a witness policy', () => {
  it('is read as it was written', () => {
    expect(parseWitnessPolicy(JSON.stringify(policy))).toEqual(policy);
  });

  it.each<[string, unknown, string]>([
    ['more demanded than named', { ...policy, threshold: 3 }, 'demands more'],
    [
      'one key under two names',
      { ...policy, witnesses: [policy.witnesses[0], { ...policy.witnesses[0], name: 'x' }] },
      'one key twice',
    ],
    [
      'one name for two keys',
      { ...policy, witnesses: policy.witnesses.map((w) => ({ ...w, name: 'x' })) },
      'one name twice',
    ],
    [
      'a key that is not Ed25519',
      { ...policy, witnesses: [{ name: 'a', key: spki(testSigner('p256')) }] },
      'Ed25519',
    ],
  ])('is refused with %s', (_, value, says) => {
    expect(() => parseWitnessPolicy(JSON.stringify(value))).toThrow(says);
  });

  it('is refused when it is too large', () => {
    expect(() => parseWitnessPolicy(' '.repeat(70_000))).toThrow('too large');
  });
});

/** Changes one bit of what a line carries. */
function flip(text: string, at: number): string {
  const [signature] = parseNote(`${note.slice(0, note.indexOf('\u2014'))}${text}`).signatures;
  const keyed = Buffer.from(signature?.keyed ?? []);
  keyed[at] = (keyed[at] ?? 0) ^ 1;
  return printSignatureLine({ name: signature?.name ?? '', keyed });
}

function cut(text: string, length: number, more = Buffer.alloc(0)): string {
  const [signature] = parseNote(`${note.slice(0, note.indexOf('\u2014'))}${text}`).signatures;
  return printSignatureLine({
    name: signature?.name ?? '',
    keyed: Buffer.concat([Buffer.from(signature?.keyed ?? []).subarray(0, length), more]),
  });
}
