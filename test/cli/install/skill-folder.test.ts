import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareFolder } from '../../../cli/install/prepare-folder.ts';
import {
  differences,
  foldersOf,
  installedFiles,
  type Layout,
  requireFreePlaces,
} from '../../../cli/install/skill-folder.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import type { BundlePath } from '../../../skills-index/skill/bundle-path.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';

let project = '';
let layout: Layout;
const bytes = (text: string) => new TextEncoder().encode(text);
const packed = packBundle([
  { path: 'SKILL.md', bytes: bytes('# Report\n'), mode: 0o644 },
  { path: 'scripts/report.ts', bytes: bytes('console.log(1)\n'), mode: 0o644 },
  { path: 'scripts/clean.sh', bytes: bytes('#!/bin/sh\necho\n'), mode: 0o755 },
]);
const options = {
  name: parseSkillName('@acme/report'),
  commands: { report: 'scripts/report.ts' as BundlePath },
  plain: false,
};
const files = installedFiles(packed.bundle, packed.contents, options);

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'skillgate-folder-'));
  layout = { project, folder: 'report', agentFolders: ['.claude/skills'], copy: false };
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const place = (): string => join(project, '.agents/skills/report');
function put(): void {
  const prepared = prepareFolder(layout, files);
  prepared.commit();
  prepared.discard();
}
function install(): void {
  requireFreePlaces(layout, files, []);
  put();
}

describe('an installed folder', () => {
  it('has texts as they were approved, and shims for what would run', () => {
    install();
    expect(readFileSync(join(place(), 'SKILL.md'), 'utf8')).toBe('# Report\n');
    expect(readFileSync(join(place(), 'scripts/report.ts'), 'utf8')).toContain('"skillgate"');
    expect(readFileSync(join(place(), 'scripts/clean.sh'), 'utf8')).toContain(
      'skillgate run @acme/report scripts/clean.sh "$@"',
    );
    expect(lstatSync(join(place(), 'scripts/report.ts')).mode & 0o777).toBe(0o755);
    expect(lstatSync(join(place(), 'SKILL.md')).mode & 0o111).toBe(0);
    expect(differences(place(), files)).toEqual([]);
  });

  it('has the original files with plain', () => {
    const plain = installedFiles(packed.bundle, packed.contents, { ...options, plain: true });
    expect(Buffer.from(plain.get('scripts/clean.sh')?.bytes ?? []).toString()).toBe(
      '#!/bin/sh\necho\n',
    );
    expect(plain.get('scripts/clean.sh')?.executable).toBe(true);
  });

  it('is reached from an agent’s folder by a relative link, or by a copy', () => {
    install();
    expect(readlinkSync(join(project, '.claude/skills/report'))).toBe(
      '../../.agents/skills/report',
    );
    layout = { ...layout, copy: true, agentFolders: ['.goose/skills'] };
    requireFreePlaces(layout, files, ['.agents/skills']);
    put();
    expect(differences(join(project, '.goose/skills/report'), files)).toEqual([]);
  });

  it('is replaced as a whole, so that no file of the old version stays', () => {
    install();
    writeFileSync(join(place(), 'old.md'), 'of the old version');
    put();
    expect(differences(place(), files)).toEqual([]);
    expect(readdirSync(join(project, '.agents'))).toEqual(['skills']);
  });

  it.each([
    [
      'a changed byte',
      () => writeFileSync(join(place(), 'SKILL.md'), '# Rep0rt\n'),
      'SKILL.md has other bytes than the approved file',
    ],
    [
      'a shim that was put back',
      () => writeFileSync(join(place(), 'scripts/clean.sh'), '#!/bin/sh\necho\n'),
      'scripts/clean.sh has other bytes than the approved file',
    ],
    [
      'a file more',
      () => writeFileSync(join(place(), 'scripts/new.sh'), ''),
      'scripts/new.sh is not part of the skill',
    ],
    ['a file less', () => rmSync(join(place(), 'SKILL.md')), 'SKILL.md is missing'],
    [
      'a text made executable',
      () => chmodSync(join(place(), 'SKILL.md'), 0o755),
      'SKILL.md is executable, and the approved file is not',
    ],
    [
      'a link instead of a file',
      () => {
        rmSync(join(place(), 'SKILL.md'));
        symlinkSync('/etc/hostname', join(place(), 'SKILL.md'));
      },
      'SKILL.md is not a plain file',
    ],
  ])('shows %s', (_, change, line) => {
    install();
    change();
    expect(differences(place(), files)).toEqual([line]);
  });
});

describe('requireFreePlaces', () => {
  const untouched = (path: string) => expect(readdirSync(join(project, path))).toHaveLength(1);

  it('refuses a folder that somebody else made', () => {
    mkdirSync(place(), { recursive: true });
    writeFileSync(join(place(), 'mine.md'), 'mine');
    expect(() => requireFreePlaces(layout, files, [])).toThrow(
      '.agents/skills/report exists already, and Skillgate did not create it for this skill',
    );
    untouched('.agents/skills/report');
  });

  it('refuses a folder of the user’s own in an agent that was not asked for before', () => {
    install();
    mkdirSync(join(project, '.goose/skills/report'), { recursive: true });
    const wider = { ...layout, agentFolders: ['.claude/skills', '.goose/skills'] };
    const ours = ['.agents/skills', '.claude/skills'];
    expect(() => requireFreePlaces(wider, files, ours)).toThrow(
      '.goose/skills/report exists already, and Skillgate did not create it for this skill',
    );
  });

  it('takes over what an interrupted installation left complete', () => {
    prepareFolder(layout, files).commit();
    expect(() => requireFreePlaces(layout, files, [])).not.toThrow();
  });

  it.each([
    ['a folder', () => mkdirSync(join(project, '.claude/skills/report'), { recursive: true })],
    [
      'a link to somewhere else',
      () => {
        mkdirSync(join(project, '.claude/skills'), { recursive: true });
        symlinkSync('../../mine', join(project, '.claude/skills/report'));
      },
    ],
  ])('refuses %s in the agent’s folder', (_, make) => {
    make();
    expect(() => requireFreePlaces(layout, files, [])).toThrow(
      '.claude/skills/report exists already, and Skillgate did not create it for this skill',
    );
  });

  it.each(['.agents', '.agents/skills', '.claude'])(
    'refuses when %s is a link that leads out of the project',
    (link) => {
      const outside = mkdtempSync(join(tmpdir(), 'skillgate-outside-'));
      mkdirSync(join(project, link, '..'), { recursive: true });
      symlinkSync(outside, join(project, link));
      try {
        expect(() =>
          requireFreePlaces(layout, files, ['.agents/skills', '.claude/skills']),
        ).toThrow('outside the project');
      } finally {
        rmSync(outside, { recursive: true });
      }
    },
  );
});

describe('prepareFolder', () => {
  it('leaves nothing when it is discarded', () => {
    prepareFolder(layout, files).discard();
    expect(readdirSync(project)).toEqual([]);
  });

  it('clears what a dead process left, and nothing of a living one', () => {
    mkdirSync(join(project, '.agents/.skillgate-999999999-x'), { recursive: true });
    mkdirSync(join(project, `.agents/.skillgate-${process.ppid}-x`), { recursive: true });
    install();
    expect(readdirSync(join(project, '.agents')).sort()).toEqual([
      `.skillgate-${process.ppid}-x`,
      'skills',
    ]);
  });

  it('has nothing in place before it is committed', () => {
    prepareFolder(layout, files);
    expect(existsSync(place())).toBe(false);
  });
});

describe('foldersOf', () => {
  it('names the folder of an agent, and none for agents that read the shared one', () => {
    expect(foldersOf(['claude', 'claude-code', 'codex', 'openclaw'])).toEqual([
      '.claude/skills',
      'skills',
    ]);
  });

  it.each(['nobody', '__proto__', 'toString'])('knows no agent %s', (agent) => {
    expect(() => foldersOf([agent])).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
