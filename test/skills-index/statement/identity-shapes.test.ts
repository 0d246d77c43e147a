import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../skills-index/skill/problem.ts';
import {
  type Identity,
  memberStatement,
  scopeStatement,
  statementBytes,
} from '../../../skills-index/statement/attestation.ts';
import {
  identityId,
  isCi,
  isKey,
  printIdentity,
} from '../../../skills-index/statement/identity-id.ts';
import { parseIdentity } from '../../../skills-index/statement/parse-identity.ts';
import { parseStatement } from '../../../skills-index/statement/parse-statement.ts';
import { identityCharsMax } from '../../../skills-index/statement/predicate-shapes.ts';
import { testSigner } from '../story-keys.ts';

const key = testSigner('author').named;
const person = { issuer: 'https://accounts.example', subject: 'ada@people.example' };
const job = {
  issuer: 'https://token.ci.example',
  repository: '4711',
  workflow: 'https://ci.example/acme/skills/.ci/publish.yml',
  ref: 'refs/heads/main',
};
const inEnvironment = {
  issuer: job.issuer,
  repository: job.repository,
  workflow: job.workflow,
  environment: 'release',
};

function messageOf(parse: () => unknown): string {
  try {
    parse();
    return '';
  } catch (error) {
    if (error instanceof Problem && error.code === 'statement-invalid') return error.message;
    throw error;
  }
}

describe('an identity', () => {
  it.each<[string, Identity]>([
    ['a key', key],
    ['a person', person],
    ['a person of an issuer on this machine', { ...person, issuer: 'http://127.0.0.1:5557' }],
    ['a CI job on a ref', job],
    ['a CI job in an environment', inEnvironment],
  ])('can be %s', (_, identity) => {
    expect(parseIdentity(identity)).toEqual(identity);
    expect(printIdentity(identity)).not.toContain('undefined');
  });

  it.each<[string, unknown, string]>([
    ['a person with a key id', { ...person, keyId: key.keyId }, 'spki is missing'],
    [
      'a subject that is a pattern',
      { ...person, subject: '*@people.example' },
      'never by a pattern',
    ],
    ['a subject with a space at its end', { ...person, subject: 'ada ' }, 'spaces at its ends'],
    [
      'an issuer with a query',
      { ...person, issuer: 'https://accounts.example/?a=b' },
      'https address',
    ],
    ['a subject with an invisible character', { ...person, subject: 'a\u200bda' }, 'invisible'],
    ['a huge subject', { ...person, subject: 'a'.repeat(identityCharsMax + 1) }, 'longer than'],
    ['an issuer without https', { ...person, issuer: 'http://accounts.example' }, 'https address'],
    [
      'an issuer that only begins like this machine',
      { ...person, issuer: 'http://localhost.example' },
      'https address',
    ],
    [
      'a job with neither ref nor environment',
      { issuer: job.issuer, repository: '1', workflow: job.workflow },
      'any branch',
    ],
    ['a job on refs that match', { ...job, ref: 'refs/heads/*' }, 'never by a pattern'],
    ['a branch without refs/heads/', { ...job, ref: 'main' }, 'whole ref'],
    ['a repository by its name', { ...job, repository: 'acme/skills' }, 'id of a repository'],
    [
      'a workflow with its @ref',
      { ...job, workflow: `${job.workflow}@refs/heads/main` },
      'without its @ref',
    ],
    ['a job with a trigger', { ...job, trigger: 'pull_request' }, 'trigger is not a known key'],
    [
      'a prototype',
      JSON.parse('{"issuer":"https://a.example","subject":"a","__proto__":{"keyId":"x"}}'),
      'not allowed as a key',
    ],
  ])('is never %s', (_, value, says) => {
    expect(messageOf(() => parseIdentity(value))).toContain(says);
  });

  it('is read or refused, whatever it is, and read as what it says', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        messageOf(() => parseIdentity(value));
      }),
    );
  });

  it('has an id that differs as soon as one character differs, and is that of its key for a key', () => {
    expect(identityId(key)).toBe(key.keyId);
    const text = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const somebody = fc.record({ issuer: text, subject: text });
    const someJob = fc.record(
      { issuer: text, repository: text, workflow: text, ref: text, environment: text },
      { requiredKeys: ['issuer', 'repository', 'workflow'] },
    );
    const any = fc.oneof(somebody, someJob) as fc.Arbitrary<Identity>;
    fc.assert(
      fc.property(any, any, (one, other) => {
        expect(identityId(one) === identityId(other)).toBe(
          JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)),
        );
        expect(isKey(one)).toBe(false);
        expect(isCi(one)).toBe('repository' in one);
      }),
    );
  });
});

describe('a scope statement', () => {
  const scope = 'acme' as never;
  const read = (statement: ReturnType<typeof scopeStatement>): unknown =>
    parseStatement(statementBytes(statement)).predicate;

  it('names keys, people and CI jobs as owners and publishers', () => {
    const predicate = { scope, owners: [key, person], publishers: [job, inEnvironment] };
    expect(read(scopeStatement(predicate))).toEqual(predicate);
  });

  it.each<[string, readonly Identity[], readonly Identity[] | undefined, string]>([
    ['no publishers at all', [key], [], 'is empty'],
    ['an owner twice', [person, person], undefined, 'twice'],
    ['a publisher twice, its fields in another order', [key], [job, reversed(job)], 'twice'],
  ])('with %s is refused', (_, owners, publishers, says) => {
    const predicate = { scope, owners, ...(publishers === undefined ? {} : { publishers }) };
    expect(messageOf(() => read(scopeStatement(predicate)))).toContain(says);
  });
});

function sorted(value: object): unknown {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

function reversed<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).reverse()) as Value;
}

describe('who a member is at issuers', () => {
  const member = {
    name: 'Ada',
    roles: ['reviewer'],
    key,
    state: 'enrolled',
    nonce: 'nonce-of-ada-0000000',
  } as const;
  const read = (change: object): string => {
    const statement = memberStatement({ ...member, ...change });
    return messageOf(() => expect(parseStatement(statementBytes(statement))).toEqual(statement));
  };

  it.each([[[]], [[person]], [[person, job, inEnvironment]]])('can be %j', (identities) => {
    expect(read({ identities })).toBe('');
  });

  it.each([
    ['a key, which the statement names elsewhere', { identities: [key] }, 'issuer is missing'],
    ['the same person twice', { identities: [person, person] }, 'names an identity twice'],
    [
      'said where a membership ends',
      { identities: [person], state: 'ended' },
      'names identities though it is ended',
    ],
  ])('is not %s', (_, change, says) => {
    expect(read(JSON.parse(JSON.stringify(change)))).toContain(says);
  });
});
