import { chmodSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../cli/paths.ts';
import { pinRegistry } from '../../cli/registries/addresses/pin-registry.ts';
import { trustedRegistry } from '../../cli/registries/registries.ts';
import { writeWhole } from '../../cli/whole-file.ts';
import { makeRoot } from './a-root.ts';
import { folderWith } from './temporary-folder.ts';

const base = 'https://skills.example';
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const umask = process.umask();

describe('a file that only its owner reads', () => {
  it('lies in folders that only the owner changes', async () => {
    const top = folderWith();
    chmodSync(top, 0o700);
    await writeWhole(join(top, 'config/tuf/a.json'), '{}', 0o600);
    for (const folder of ['config', 'config/tuf']) expect(modeOf(join(top, folder))).toBe(0o700);
    await writeWhole(join(top, 'data/a.json'), '{}');
    expect(modeOf(join(top, 'data'))).toBe(0o777 & ~umask);
  });

  it('is written beside no file whose name can be foreseen', async () => {
    const top = folderWith({ mine: 'untouched' });
    symlinkSync(join(top, 'mine'), join(top, `.a.json.${process.pid}.new`));
    await writeWhole(join(top, 'a.json'), '{}', 0o600);
    expect(readFileSync(join(top, 'mine'), 'utf8')).toBe('untouched');
    expect(readFileSync(join(top, 'a.json'), 'utf8')).toBe('{}');
  });
});

it.each(['775', '757', '777'])(
  'a config folder of mode %s, which others may write to, is not relied on',
  async (mode) => {
    const paths = pathsOf({ SKILLGATE_HOME: folderWith() });
    await pinRegistry(paths, base, makeRoot(), []);
    expect(trustedRegistry({ paths }, base).base).toBe(base);
    chmodSync(paths.config, Number.parseInt(mode, 8));
    expect(() => trustedRegistry({ paths }, base)).toThrow(
      /other users may change the trust settings in it/,
    );
    chmodSync(paths.config, 0o755);
    expect(trustedRegistry({ paths }, base).base).toBe(base);
  },
);
