/**
 * The set scanned = the set signed = the set installed = the set mounted, over the whole road with
 * real processes and bubblewrap.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedBlobName } from '../../registry/store/objects.ts';
import { scanSkill } from '../../scanner/scan.ts';
import { standIns } from '../../skills-index/run/agents/shims.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import { parseIndexFile } from '../../skills-index/trust/index-files/index-line.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { release } from '../cli/installer-world.ts';
import { oddFiles, oddSkill } from '../registry/odd-skills.ts';
import type { Skill } from '../registry/road.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';

const runs = 4;

describe('the files of a skill', () => {
  let host: InstalledHost;
  beforeAll(async () => {
    host = await makeInstalledHost();
  });
  afterAll(() => host?.close());

  const blob = (digest: Parameters<typeof storedBlobName>[0]): Uint8Array =>
    host.network.registry.stored.get(storedBlobName(digest)) ?? Buffer.alloc(0);
  const setOf = ({ packed }: Skill): string[] =>
    packed.bundle.files.map((file) => `${file.sha256} ${file.path}`).sort();

  it('are one set when they are packed, kept, scanned, signed, admitted, installed and mounted', async () => {
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(oddFiles, async (others) => {
        const skill = oddSkill(`@acme/odd-${++serial}`, others);
        const { name } = skill.manifest;
        const expected = setOf(skill);
        await release(host.network, skill);

        const { bundle } = parseBundle(blob(skill.packed.digest));
        const kept = bundle.files.map(
          (file): SourceFile => ({
            path: file.path,
            bytes: blob(file.sha256),
            mode: Number.parseInt(file.mode, 8),
          }),
        );
        const { coverage } = await scanSkill(kept);
        expect(coverage.files.map((file) => `${file.sha256} ${file.path}`).sort()).toEqual(
          expected,
        );

        const response = await host.network.registry.send(`/index/${name}`);
        const [line] = parseIndexFile(Buffer.from(await response.arrayBuffer()), name);
        expect(line?.bundle).toBe(skill.packed.digest);
        expect(signedSets(line?.statements ?? [])).toEqual([
          expected,
          expected,
          expected,
          expected,
        ]);

        const installed = await host.skill('install', name);
        expect(installed, installed.err).toMatchObject({ exit: 0 });
        expectInstalled(skill);

        const mounted = await host.skill('run', name, 'list');
        expect(mounted, mounted.err).toMatchObject({ exit: 0 });
        expect(mounted.out.trimEnd().split('\n').sort()).toEqual(
          bundle.files
            .map((file) => `${file.mode} ${file.sha256.slice('sha256:'.length)} ./${file.path}`)
            .sort(),
        );
      }),
      { numRuns: runs },
    );
  });

  /** The files that each statement about the version names. */
  function signedSets(digests: readonly Parameters<typeof storedBlobName>[0][]): string[][] {
    const memory = new VerifiedStatements();
    return digests
      .map(
        (digest) =>
          memory.verify(blob(digest), host.network.registry.trust.root, undefined).statement
            .subject,
      )
      .filter((subject) => subject.length > 1)
      .map((subject) =>
        subject
          .slice(1)
          .map((one) => `sha256:${one.digest.sha256} ${one.name}`)
          .sort(),
      );
  }

  function expectInstalled({ manifest, packed, files }: Skill): void {
    const folder = join(host.project, '.agents/skills', manifest.name.split('/')[1] ?? '');
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => !entry.isDirectory(),
    );
    expect(found.every((entry) => entry.isFile())).toBe(true);
    const paths = found.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    expect(paths.sort()).toEqual(packed.bundle.files.map((file) => file.path as string).sort());
    const instead = standIns(packed.bundle, packed.contents, manifest.commands ?? {});
    for (const { path, bytes } of files) {
      const content = readFileSync(join(folder, path));
      const standsIn = [...instead.keys()].some((one) => one === path);
      // What would run on the host is a stand-in; all else is what was approved, byte for byte.
      expect(content.equals(bytes), path).toBe(!standsIn);
      if (!standsIn) expect(statSync(join(folder, path)).mode & 0o111, path).toBe(0);
    }
  }
});
