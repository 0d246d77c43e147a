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
    ['a key is unknown', { extra: 1 }],
    ['the origin has a path', { origin: 'skills.example/a' }],
    ['the origin is an address', { origin: '127.0.0.1' }],
    ['the log key is of the wrong kind', { log: storyRoot.status }],
    ['the status key is of the wrong kind', { status: storyRoot.log }],
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
    ['one key is retired twice', { retired: [retired, { ...retired, validUpTo: 99 }] }],
    ['one key is retired from two roles', { retired: [retired, { ...retired, role: 'status' }] }],
    ['a retired key is of an unknown office', { retired: [{ ...retired, role: 'scanner' }] }],
    ['a retired log key is of the wrong kind', { retired: [{ ...retired, role: 'log' }] }],
    ['an earlier threshold is nothing', { thresholds: [{ threshold: 0, validUpTo: 9 }] }],
    ['earlier thresholds are not in log order', { thresholds: [earlier(9), earlier(5)] }],
    ['a first root file is named without TUF metadata', { first: rootFingerprint(storyRoot) }],
  ])('is refused when %s', (_, change) => {
    expect(refused(change)).toThrow(code);
  });

  it.each<[string, object]>([
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
