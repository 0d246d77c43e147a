import { describe, expect, it } from 'vitest';
import { parseSkillName } from '../../../../skills-index/skill/name.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  keyStatement,
  memberStatement,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import { parseStatement } from '../../../../skills-index/statement/parse-statement.ts';
import { mapNames } from '../../../../skills-index/trust/members-and-scopes/map-names.ts';
import { namesRestedOn } from '../../../../skills-index/trust/members-and-scopes/names-rested-on.ts';
import { people } from '../../story.ts';
import { testSigner } from '../../story-keys.ts';
import { historyBundle, job, kim, lee } from './history-people.ts';

const { author, ada, ben } = people;
const nonce = 'a'.repeat(22);
const next = testSigner('next');

const member = (credentialId: string): unknown =>
  memberStatement({
    nonce,
    name: 'Ben',
    roles: ['reviewer'],
    passkey: { ...ben.enrolled, credentialId },
    state: 'enrolled',
  });
const claim = (scope: string): unknown =>
  scopeStatement({ scope: scope as never, owners: [author.named] });
const stop = (target: object): unknown =>
  revocationStatement({ nonce, kind: 'revoked', target: target as never, reason: 'a test' });
const ended = (keyId: string): unknown =>
  keyStatement({ key: { ...author.named, keyId: keyId as never }, state: 'ended' });
const hex = (id: string) => id.slice('sha256:'.length);
const parsed = (statement: unknown): Statement =>
  parseStatement(Buffer.from(canonicalJson(statement as never)));

describe('a name', () => {
  it.each<[string, unknown, readonly unknown[]]>([
    [
      'scope/acme',
      claim('acme'),
      ['Acme', '@acme', ' acme', 'acme/', 'other/../acme', 'acm\u0435', '\uff41cme', ['acme']].map(
        (scope) => claim(scope as string),
      ),
    ],
    [
      `identity/${author.keyId}`,
      ended(author.keyId),
      [author.keyId.toUpperCase(), hex(author.keyId), `${author.keyId} `, ada.keyId].map(ended),
    ],
    [
      `identity/${author.keyId}`,
      stop({ publisher: author.keyId }),
      [author.keyId.toUpperCase(), `${author.keyId}/`, [author.keyId]].map((publisher) =>
        stop({ publisher }),
      ),
    ],
    [
      `identity/${ben.enrolled.credentialId}`,
      member(ben.enrolled.credentialId),
      // No passkey takes the name of a key or of another kind.
      [author.keyId, `../scope/acme`, 'a/b', `${ben.enrolled.credentialId}=`, 'a+b', ''].map(
        member,
      ),
    ],
    [
      'version/@acme/tool@1.0.0',
      stop({ name: '@acme/tool', version: '1.0.0' }),
      [
        { name: '@acme/tool@1.0.0', version: '1.0.0' },
        { name: '@Acme/tool', version: '1.0.0' },
        { name: 'acme/tool', version: '1.0.0' },
        { name: '@acme/tool', version: 'v1.0.0' },
        { name: '@acme/tool', version: '1.0.0 ' },
        { name: '@acme/tool', version: '1.0' },
        { name: '@acme/tool', version: '1.0.0', publisher: author.keyId },
      ].map(stop),
    ],
    [
      `bundle/${historyBundle}`,
      stop({ bundle: historyBundle }),
      [historyBundle.toUpperCase(), hex(historyBundle)].map((bundle) => stop({ bundle })),
    ],
  ])('%s has one spelling', (name, statement, misspelt) => {
    expect(mapNames(parsed(statement))).toContain(name);
    for (const other of misspelt) expect(() => parsed(other)).toThrow();
  });

  it('is of the key that is succeeded: nobody fills the name of a stranger’s key', () => {
    const declared = keyStatement({ key: next.named, state: 'enrolled', replaces: author.keyId });
    expect(mapNames(declared)).toEqual([`identity/${author.keyId}`, `holder/${next.keyId}`]);
    const introduced = keyStatement({ key: next.named, state: 'enrolled' });
    expect(mapNames(introduced)).toEqual([`identity/${next.keyId}`]);
  });
});

describe('a version rests on', () => {
  const version = {
    name: parseSkillName('@acme/tool'),
    version: parseVersion('1.0.0'),
    bundle: historyBundle,
    publisher: author.keyId,
  };
  const restsOn = (...statements: readonly Parameters<typeof namesRestedOn>[1][number][]) => {
    const names = [...namesRestedOn(version, statements).keys()];
    return names.filter((name) => name.startsWith('identity/')).sort();
  };
  const named = (...ids: readonly string[]) => ids.map((id) => `identity/${id}`).sort();

  it('every identity for which a certificate of a claim stands', () => {
    const [person, other, ci] = [kim, lee, job].map(identityId) as [never, never, never];
    const statement = claim('acme') as Statement;
    const at = { statement, logIndex: 0 };
    expect(restsOn({ ...at, signer: person, signers: [other, ci] })).toEqual(
      named(author.keyId, person, other, ci),
    );
    // A job that a stranger's proposal started stands for nobody.
    expect(restsOn({ ...at, signer: person, signers: [] })).toEqual(named(author.keyId, person));
    const foreign = { ...at, statement: claim('other') as Statement };
    expect(restsOn({ ...foreign, signer: person, signers: [other] })).toEqual(named(author.keyId));
  });
});
