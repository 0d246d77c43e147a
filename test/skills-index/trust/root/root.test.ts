import { describe, expect, it } from 'vitest';
import {
  parseRoot,
  rootBytesMax,
  rootFingerprint,
} from '../../../../skills-index/trust/root/root.ts';
import { people, storyRoot } from '../../story.ts';

const refused = (change: object) => () => parseRoot(JSON.stringify({ ...storyRoot, ...change }));
const retired = { role: 'registry', key: people.ada.named.spki, validUpTo: 9 };
const earlier = (validUpTo: number) => ({ threshold: 2, validUpTo });
const code = expect.objectContaining({ code: 'root-invalid' });

describe('a root file', () => {
  it('has one fingerprint, however it is written', () => {
    const turned = Object.fromEntries(Object.entries(storyRoot).reverse());
    expect(rootFingerprint(parseRoot(JSON.stringify(turned, null, 4)))).toBe(
      rootFingerprint(storyRoot),
    );
  });

  it('has another fingerprint when anything in it changes', () => {
    expect(rootFingerprint({ ...storyRoot, origin: 'other.example' })).not.toBe(
      rootFingerprint(storyRoot),
    );
  });

  it.each<[string, object]>([
    ['a key is missing', { log: undefined }],
    ['a key is unknown', { extra: 1 }],
    ['the origin has a path', { origin: 'skills.example/a' }],
    ['the origin has a port', { origin: 'skills.example:443' }],
    ['the origin is an address', { origin: '127.0.0.1' }],
    ['the log key is of the wrong kind', { log: storyRoot.status }],
    ['the status key is of the wrong kind', { status: storyRoot.log }],
    ['nobody administers it', { administrators: [] }],
    ['the threshold is above the administrators', { threshold: 2 }],
    ['the threshold is nothing', { threshold: 0 }],
    ['the status key is the registry’s', { status: storyRoot.registry }],
    [
      'an administrator’s key is the registry’s',
      { administrators: [{ keyId: people.registry.keyId, key: people.registry.named.spki }] },
    ],
    [
      'one administrator stands there twice',
      { administrators: [...storyRoot.administrators, ...storyRoot.administrators], threshold: 2 },
    ],
    [
      'a key id is not that of its key',
      { administrators: [{ keyId: people.ada.keyId, key: people.administrator.named.spki }] },
    ],
    [
      'a retired key is in the same role still',
      { retired: [{ role: 'registry', validUpTo: 9, ...storyRoot.registry }] },
    ],
    [
      'a retired key is in another role now',
      { retired: [{ role: 'administrator', validUpTo: 9, ...storyRoot.status }] },
    ],
    [
      'the log’s key is retired and in office',
      { retired: [{ role: 'log', validUpTo: 9, ...storyRoot.log }] },
    ],
    ['one key is retired twice', { retired: [retired, { ...retired, validUpTo: 99 }] }],
    ['one key is retired from two roles', { retired: [retired, { ...retired, role: 'status' }] }],
    [
      'a retired key has no last index',
      { retired: [{ role: 'registry', key: people.ada.named.spki }] },
    ],
    ['a retired key is of an unknown office', { retired: [{ ...retired, role: 'scanner' }] }],
    ['a retired log key is of the wrong kind', { retired: [{ ...retired, role: 'log' }] }],
    ['a retired key’s last index is before the log', { retired: [{ ...retired, validUpTo: -1 }] }],
    ['it is of another version', { schema: 'skillgate.root/2' }],
    ['the threshold is no whole number', { threshold: 1.5 }],
    ['an earlier threshold is nothing', { thresholds: [{ threshold: 0, validUpTo: 9 }] }],
    ['an earlier threshold has no last index', { thresholds: [{ threshold: 1 }] }],
    [
      'an earlier threshold’s last index is before the log',
      { thresholds: [{ threshold: 1, validUpTo: -1 }] },
    ],
    ['an earlier threshold has a note', { thresholds: [{ ...earlier(9), note: 1 }] }],
    ['earlier thresholds are not in log order', { thresholds: [earlier(9), earlier(5)] }],
    ['the last of them is not in log order', { thresholds: [earlier(5), earlier(9), earlier(7)] }],
    ['two earlier thresholds end at once', { thresholds: [earlier(9), earlier(9)] }],
    ['a first root file is named without TUF metadata', { first: rootFingerprint(storyRoot) }],
    ['the first root file is no digest', { tuf: 1, first: 'the first' }],
    ['it says something else of TUF metadata', { tuf: 2 }],
  ])('is refused when %s', (_, change) => {
    expect(refused(change)).toThrow(code);
  });

  it.each<[string, object]>([
    ['an earlier threshold from the first log index on', { thresholds: [earlier(0)] }],
    ['earlier thresholds in log order', { thresholds: [earlier(0), earlier(1), earlier(7)] }],
    ['TUF metadata', { tuf: 1 }],
    ['the first root file, with TUF metadata', { tuf: 1, first: rootFingerprint(storyRoot) }],
    ['the last log index of statements without a registry', { tuf: 1, unnamedUpTo: 7 }],
  ])('may name %s', (_, more) => {
    const root = { ...storyRoot, ...more };
    expect(parseRoot(JSON.stringify(root))).toEqual(root);
  });

  it('may name keys of earlier root files', () => {
    const root = { ...storyRoot, retired: [retired] };
    expect(parseRoot(JSON.stringify(root))).toEqual(root);
    expect(rootFingerprint(parseRoot(JSON.stringify(root)))).not.toBe(rootFingerprint(storyRoot));
  });

  it('is read up to its size, and not beyond', () => {
    const padded = JSON.stringify(storyRoot).padEnd(rootBytesMax);
    expect(parseRoot(padded)).toEqual(storyRoot);
    expect(() => parseRoot(`${padded} `)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('too large') }),
    );
  });

  it('may be of localhost', () => {
    expect(refused({ origin: 'localhost' })).not.toThrow();
  });
});
