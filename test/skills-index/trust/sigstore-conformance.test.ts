import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import { verifyArtifact } from '../../sigstore/verify-artifact.ts';

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
  it('is answered 70 of 70, each case', async () => {
    const cases = join(suite ?? '', 'test/assets/bundle-verify');
    const production =
      process.env.SKILLGATE_SIGSTORE_ROOT ?? join(suite ?? '', 'trusted_root.json');
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
      const expected = existsSync(at('key.pub'))
        ? { key: readFileSync(at('key.pub'), 'utf8') }
        : { subject: text('identity', usual.identity), issuer: text('issuer', usual.issuer) };
      const root = existsSync(at('trusted_root.json')) ? at('trusted_root.json') : production;
      const bundle = readFileSync(at('bundle.sigstore.json'));
      let why = '';
      try {
        const trusted = parseJson(readFileSync(root), 'the trusted root').value;
        verifyArtifact(bundle, digestOf(readFileSync(file)), expected, trusted);
      } catch (thrown) {
        if (!(thrown instanceof Problem)) throw thrown;
        why = thrown.code;
      }
      if (name.endsWith('_fail') === (why !== '')) right++;
      else wrong.push(`${name}: ${why}`);
    }
    process.stdout.write(
      `sigstore-conformance bundle-verify: ${right} of ${right + wrong.length}\n`,
    );
    expect(wrong).toEqual([]);
    expect(right).toBe(70);
  });
});
