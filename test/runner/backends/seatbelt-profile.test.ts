import { describe, expect, it } from 'vitest';
import { seatbeltProfile } from '../../../runner/backends/seatbelt-profile.ts';

const limits = {
  seconds: 30,
  memoryMiB: 256,
  outputBytes: 1_000,
  processes: 64,
  temporaryMiB: 256,
  homeMiB: 64,
  changesMiB: 200,
};
const plan = { limits, mounts: [], workingDirectory: '/tmp', uid: 501, gid: 20 };

describe('a Seatbelt profile', () => {
  it('is the whole of what a run on macOS may, whatever signs its paths have', async () => {
    const programs = [
      { program: 'python3', path: '/opt/homebrew/bin/python3', reason: 'interpreter' },
      { program: 'say', path: '/Users/ann/My "tools"/say\\it', reason: 'exec' },
    ];
    const root = '/private/var/folders/zz/skillgate a"b\\c(d)';
    const profile = seatbeltProfile(
      { plan: { ...plan, programs } },
      { skill: `${root}/skills`, home: `${root}/home`, temporary: `${root}/tmp` },
    );
    await expect(profile).toMatchFileSnapshot('seatbelt-profile.golden.sb');
    expect(profile).toContain('(deny default');
  });

  it('lets no path end its own string', () => {
    const path = '/a") (allow default) (x "';
    const profile = seatbeltProfile(
      { plan: { ...plan, programs: [] } },
      { skill: path, home: '/h', temporary: '/t' },
    );
    // What is left when each string of the language is taken out.
    expect(profile.replace(/"(?:\\.|[^"\\])*"/g, '""')).not.toContain('allow default');
  });
});
