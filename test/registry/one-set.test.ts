import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSkill, readAll } from '../../runner/admission/catalogue.ts';
import { unpackTar } from '../../skills-index/skill/authoring/read-tar.ts';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { versionSubjects } from '../../skills-index/statement/attestation.ts';
import { oddFiles, oddSkill } from './odd-skills.ts';
import { tarOf } from './road.ts';

describe('any skill', () => {
  it('is one set of files when it is packed, uploaded, listed, signed about and opened', async () => {
    await fc.assert(
      fc.asyncProperty(oddFiles, async (others) => {
        const skill = oddSkill('@acme/odd', others);
        const { packed } = skill;
        const taken = unpackTar(tarOf(skill));
        expect(taken.digest).toBe(packed.digest);
        expect(Buffer.from(taken.bytes).equals(packed.bytes)).toBe(true);
        expect(parseBundle(taken.bytes)).toEqual({ bundle: packed.bundle, digest: packed.digest });

        const { name, version } = skill.manifest;
        const [whole, ...each] = versionSubjects({
          name,
          version,
          bundle: packed.digest,
          files: packed.bundle.files,
        });
        expect(`sha256:${whole?.digest.sha256}`).toBe(packed.digest);
        expect(each.map((one) => [one.name, `sha256:${one.digest.sha256}`])).toEqual(
          packed.bundle.files.map((file) => [file.path, file.sha256]),
        );

        const blobs = new Map(
          [packed.bytes, ...taken.contents.values()].map((content) => [digestOf(content), content]),
        );
        const opened = await readAll(
          await openSkill(packed.digest, async (digest) => blobs.get(digest) ?? Buffer.alloc(0)),
        );
        const given = new Map(skill.files.map((file) => [file.path, Buffer.from(file.bytes)]));
        expect([...opened.keys()].sort()).toEqual([...given.keys()].sort());
        for (const [path, content] of opened)
          expect(given.get(path)?.equals(content), path).toBe(true);
        for (const file of packed.bundle.files) {
          const mode = skill.files.find((one) => one.path === file.path)?.mode ?? 0;
          expect(file.mode, file.path).toBe((mode & 0o100) === 0 ? '644' : '755');
        }
      }),
      { numRuns: 200 },
    );
  });
});
