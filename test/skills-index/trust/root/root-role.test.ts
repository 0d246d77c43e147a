import { describe, expect, it } from 'vitest';
import type { RootFile, RootRole } from '../../../../skills-index/trust/root/root.ts';
import {
  heldRole,
  keysOfRole,
  thresholdAt,
  verifyRootCheckpoint,
} from '../../../../skills-index/trust/root/root-role.ts';
import { people, storyRoot } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';
import { TestLog } from '../../story-log.ts';

const spki = ({ publicKey }: { publicKey: Uint8Array }): string =>
  Buffer.from(publicKey).toString('base64');
const former = testLogKey('former log');
const foreign = testLogKey('foreign log');
const { ada, administrator } = people;
const root: RootFile = {
  ...storyRoot,
  retired: [
    { role: 'registry', key: ada.named.spki, validUpTo: 5 },
    { role: 'log', key: spki(former), validUpTo: 0 },
  ],
};

describe('a role of the root file', () => {
  it.each<[RootRole, string[]]>([
    ['registry', [storyRoot.registry.key, ada.named.spki]],
    ['status', [storyRoot.status.key]],
    ['administrator', [administrator.named.spki]],
    ['log', [storyRoot.log.key, spki(former)]],
  ])('is held by who is in it, then by those who were: %s', (role, keys) => {
    expect(keysOfRole(root, role).map((one) => one.key)).toEqual(keys);
    expect(keysOfRole(storyRoot, role).map((one) => one.key)).toEqual(keys.slice(0, 1));
  });

  it('is held up to the last index by who was retired, and always by who is in it', () => {
    expect([0, 5, 6].map((at) => heldRole(root, 'registry', ada.keyId, at))).toEqual([
      true,
      true,
      false,
    ]);
    expect([0, 999].map((at) => heldRole(root, 'registry', people.registry.keyId, at))).toEqual([
      true,
      true,
    ]);
    expect(
      (['status', 'administrator', 'log'] as const).map((role) =>
        heldRole(root, role, ada.keyId, 0),
      ),
    ).toEqual([false, false, false]);
  });
});

describe('the number of administrators who had to agree', () => {
  const thresholds = [
    { threshold: 1, validUpTo: 4 },
    { threshold: 3, validUpTo: 9 },
  ];

  it.each<[number, number]>([
    [4, 1],
    [5, 3],
    [10, 2],
  ])('at log index %i was %i', (at, number) => {
    expect(thresholdAt({ ...root, threshold: 2, thresholds }, at)).toBe(number);
    expect(thresholdAt({ ...root, threshold: 2 }, at)).toBe(2);
  });
});

describe('a checkpoint of the log', () => {
  const noteOf = async (
    key: ReturnType<typeof testLogKey>,
    size: number,
    origin = 'skills.example',
  ): Promise<string> => {
    const log = new TestLog(origin);
    for (let index = 0; index < size; index++) await log.say(statement, people.author);
    log.key = key;
    return log.note();
  };
  const statement = { _type: 'https://in-toto.io/Statement/v1' } as never;

  it('counts by the key in office, whatever its size', async () => {
    const key = new TestLog('skills.example').key;
    const head = verifyRootCheckpoint(await noteOf(key, 2), root);
    expect(head).toMatchObject({ size: 2, retired: false });
    expect(Buffer.from(head.logKey).toString('base64')).toBe(storyRoot.log.key);
  });

  it('counts by a retired key up to its last index, and says so', async () => {
    const head = verifyRootCheckpoint(await noteOf(former, 1), root);
    expect(head).toMatchObject({ size: 1, retired: true });
    expect(Buffer.from(head.logKey).toString('base64')).toBe(spki(former));
  });

  it.each<[string, () => Promise<string>, string, string]>([
    [
      'beyond the last index of its key',
      () => noteOf(former, 2),
      'log-invalid',
      'was retired at log index 0',
    ],
    ['by a key that never was the log’s', () => noteOf(foreign, 1), 'signature-invalid', 'signed'],
    ['of another log', () => noteOf(former, 1, 'other.example'), 'log-invalid', 'other.example'],
  ])('does not count: %s', async (_case, note, code, says) => {
    const read = await note();
    const message = expect.stringContaining(says);
    expect(() => verifyRootCheckpoint(read, root)).toThrow(
      expect.objectContaining({ code, message }),
    );
  });
});
