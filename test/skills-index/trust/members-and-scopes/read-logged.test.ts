import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import {
  type ReadingTrust,
  readLogged,
} from '../../../../skills-index/trust/members-and-scopes/read-logged.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { VerifiedStatements } from '../../../../skills-index/trust/signatures/verified-statements.ts';
import { people, storyRoot, tellStory } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';

const { log } = await tellStory();
const lostLog: RootFile = {
  ...storyRoot,
  log: { key: Buffer.from(testLogKey('another log').publicKey).toString('base64') },
};

/** The first statement of a kind in the story's log. */
function firstOf(kind: keyof typeof predicateTypes) {
  const found = log.said.find(({ statement }) => statement.predicateType === predicateTypes[kind]);
  if (found === undefined) throw new Error(`the story has no statement of the kind ${kind}`);
  return found;
}
const claim = firstOf('scope');

describe('an identity statement of the log', () => {
  it.each<[string, ReadingTrust]>([
    ['at once', { root: storyRoot }],
    ['from memory', { root: storyRoot, verified: new VerifiedStatements() }],
  ])('is verified %s', (_, trust) => {
    expect(readLogged(claim.bytes, claim, trust)).toMatchObject({
      statement: claim.statement,
      signer: people.author.keyId,
      logIndex: claim.logIndex,
      digest: claim.digest,
    });
  });

  it.each<[string, Statement, object]>([
    ['a claim', claim.statement, { scope: 'acme' }],
    ['an enrolment', firstOf('member').statement, { id: people.scanner.keyId }],
  ])('is frozen where nobody vouches for its log any more: %s', (_, statement, about) => {
    const said = log.said.find((one) => one.statement === statement) ?? claim;
    const at = { logIndex: said.logIndex, digest: said.digest };
    expect(readLogged(said.bytes, at, { root: lostLog })).toEqual({
      ...at,
      about,
      why: expect.stringMatching(
        new RegExp(`^the statement at log index ${said.logIndex} cannot be verified: .`),
      ),
    });
  });

  it('is an error where its subject cannot be read, because it may concern anybody', () => {
    const { dsseEnvelope, ...rest } = claim.bundle;
    const payload = Buffer.from('{"predicate":{}}').toString('base64');
    const bytes = Buffer.from(
      canonicalJson({ ...rest, dsseEnvelope: { ...dsseEnvelope, payload } } as never),
    );
    expect(() => readLogged(bytes, claim, { root: storyRoot })).toThrow(
      expect.objectContaining({ code: 'statement-invalid' }),
    );
    expect(() => readLogged(Buffer.from('{'), claim, { root: storyRoot })).toThrow(
      expect.objectContaining({ code: 'json-invalid' }),
    );
  });

  it('is not frozen by a fault of the program', () => {
    const fault = new TypeError('a fault of the program');
    const verified = new VerifiedStatements();
    verified.verify = () => {
      throw fault;
    };
    expect(() => readLogged(claim.bytes, claim, { root: storyRoot, verified })).toThrow(fault);
  });
});
