import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { skill } from './skill-command.ts';
import { folderWith } from './temporary-folder.ts';

// The suite's data are its authors': they are not copied here (docs/contributing.md says how to get
// them).
const suite = process.env.SKILLGATE_SIGSTORE_CONFORMANCE;
if (suite === undefined)
  process.stderr.write(
    '\nNOT RUN: sigstore-conformance. Set SKILLGATE_SIGSTORE_CONFORMANCE, see docs/contributing.md.\n\n',
  );

// What the suite's README names for folders that say nothing else.
const usual = {
  identity:
    'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main',
  issuer: 'https://token.actions.githubusercontent.com',
};

describe.skipIf(suite === undefined)('bundle-verify of sigstore-conformance', () => {
  it('is answered 140 of 140, each case by file and by digest', async () => {
    const cases = join(suite ?? '', 'test/assets/bundle-verify');
    const production =
      process.env.SKILLGATE_SIGSTORE_ROOT ?? join(suite ?? '', 'trusted_root.json');
    const home = folderWith({ 'config/sigstore/production.json': readFileSync(production) });
    const wrong: string[] = [];
    let right = 0;
    const folders = readdirSync(cases, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name } of folders) {
      const at = (file: string): string => join(cases, name, file);
      const text = (file: string, otherwise: string): string =>
        existsSync(at(file)) ? readFileSync(at(file), 'utf8').trim() : otherwise;
      const file = existsSync(at('artifact')) ? at('artifact') : join(cases, 'a.txt');
      const signer = existsSync(at('key.pub'))
        ? ['--key', at('key.pub')]
        : [
            '--certificate-identity',
            text('identity', usual.identity),
            '--certificate-oidc-issuer',
            text('issuer', usual.issuer),
          ];
      const root = existsSync(at('trusted_root.json'))
        ? ['--trusted-root', at('trusted_root.json')]
        : [];
      for (const artifact of [file, digestOf(readFileSync(file))]) {
        const given = ['--bundle', at('bundle.sigstore.json'), ...signer, ...root, artifact];
        const { exit, err } = await skill({ home }, 'sigstore', 'verify-bundle', ...given);
        const isRight = name.endsWith('_fail') ? exit > 1 : exit === 0;
        if (isRight) right++;
        else wrong.push(`${name} (${artifact}): exit ${exit} ${err}`);
      }
    }
    process.stdout.write(
      `sigstore-conformance bundle-verify: ${right} of ${right + wrong.length}\n`,
    );
    expect(wrong).toEqual([]);
    expect(right).toBe(140);
  });
});
