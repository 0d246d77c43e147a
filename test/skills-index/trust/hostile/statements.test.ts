import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  keyStatement,
  predicateTypes,
  type Statement,
  type Subject,
  scopeStatement,
  versionSubjects,
} from '../../../../skills-index/statement/attestation.ts';
import { signPayload } from '../../../../skills-index/statement/sign.ts';
import { inTotoPayloadType } from '../../../../skills-index/statement/signature-formats/envelope.ts';
import { publishStatement } from '../../../../skills-index/statement/version-statement.ts';
import { requireSubjects } from '../../../../skills-index/trust/signatures/require-own-registry.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { type Attack, attacks } from '../../hostile.ts';
import { people, storyRoot as root, storyManifest, tellStory } from '../../story.ts';
import { TestLog } from '../../story-log.ts';

const { author, stranger } = people;
const log = new TestLog('skills.example');
const { about } = await tellStory();
const publish = publishStatement(about, { manifest: storyManifest, tool: 'skillgate 0.1.0' });
const text = canonicalJson(publish);
const { predicate, ...head } = publish;

// Signed and logged as it should be: only what is signed is wrong.
const payload = (bytes: Uint8Array | string) => async (): Promise<void> => {
  const envelope = await signPayload(inTotoPayloadType, Buffer.from(bytes), author);
  verifyStatement((await log.append(publish, envelope, author)).bundle, { root });
};
const changed = (change: object) => payload(canonicalJson({ ...publish, ...change }));
const [first, ...others] = publish.subject;
const firstWith = (change: object) => changed({ subject: [{ ...first, ...change }, ...others] });
const scope = scopeStatement({ scope: parseScope('acme'), owners: [author.named] });
const key = keyStatement({ key: author.named, state: 'enrolled' });

attacks('what is signed, by the right key and in the log', [
  ['a publish statement in canonical form', payload(text), 'accepted'],
  ['nothing at all', payload(''), 'signature-invalid'],
  ['white space behind it', payload(`${text} `), 'statement-invalid'],
  [
    'bytes that are not UTF-8',
    payload(Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xc0, 0xaf])])),
    'statement-invalid',
  ],
  ['keys in another order', payload(JSON.stringify({ predicate, ...head })), 'statement-invalid'],
  [
    'the subjects twice, the first of them right',
    payload(`${text.slice(0, -1)},"subject":[]}`),
    'statement-invalid',
  ],
  ['an unknown field beside the predicate', changed({ note: 'x' }), 'statement-invalid'],
  [
    'an unknown field in the predicate',
    changed({ predicate: { ...publish.predicate, note: 'x' } }),
    'statement-invalid',
  ],
  [
    'a digest in capitals',
    firstWith({ digest: { sha256: first?.digest.sha256.toUpperCase() } }),
    'statement-invalid',
  ],
  [
    'six hundred subjects',
    changed({ subject: Array.from({ length: 600 }, () => first) }),
    'statement-invalid',
  ],
  [
    'a predicate type of a version to come',
    changed({ predicateType: predicateTypes.publish.replace('v1', 'v2') }),
    'statement-invalid',
  ],
  [
    'a statement of version 0.1',
    changed({ _type: 'https://in-toto.io/Statement/v0.1' }),
    'statement-invalid',
  ],
  [
    'a key that changes what objects are',
    payload(`{"__proto__":{},${text.slice(1)}`),
    'statement-invalid',
  ],
  ['two thousand levels', payload(`${'['.repeat(2_000)}${']'.repeat(2_000)}`), 'statement-invalid'],
  ['more than a statement may have', payload(`"${'a'.repeat(1024 * 1024)}"`), 'statement-invalid'],
  ['a scope’s claim', payload(canonicalJson(scope)), 'accepted'],
  [
    'a scope’s claim under another scope’s name',
    payload(canonicalJson({ ...scope, subject: [{ ...scope.subject[0], name: 'scope:@other' }] })),
    'statement-invalid',
  ],
  [
    'a scope’s claim with a second subject',
    payload(canonicalJson({ ...scope, subject: [...scope.subject, ...scope.subject] })),
    'statement-invalid',
  ],
  ['a key’s enrolment', payload(canonicalJson(key)), 'accepted'],
  [
    'a key’s enrolment with another key’s digest',
    payload(
      canonicalJson({
        ...key,
        subject: [{ ...key.subject[0], digest: { sha256: stranger.keyId.slice(7) } }],
      }),
    ),
    'statement-invalid',
  ],
]);

const subjects = (list: readonly Subject[]) => () =>
  requireSubjects({ ...publish, subject: list } as Statement, about);
const named = (name: string, sha256 = first?.digest.sha256 ?? ''): Subject => ({
  name,
  digest: { sha256 },
});
const whole = first ?? named('');
const otherDigest = digestOf('other bytes').slice(7);

attacks('what a statement about a version is about', [
  ['exactly the bundle and its files, in their order', subjects(publish.subject), 'accepted'],
  [
    'other bytes of the bundle',
    subjects([named(whole.name, otherDigest), ...others]),
    'subject-mismatch',
  ],
  [
    'one file more',
    subjects([...publish.subject, named('scripts/extra.ts', otherDigest)]),
    'subject-mismatch',
  ],
  ['one file less', subjects(publish.subject.slice(0, -1)), 'subject-mismatch'],
  [
    'a twin: the bundle’s name again with other bytes',
    subjects([...publish.subject, named(whole.name, otherDigest)]),
    'subject-mismatch',
  ],
  [
    'a file’s name again with other bytes',
    subjects([...publish.subject, named(others[0]?.name ?? '', otherDigest)]),
    'subject-mismatch',
  ],
  ['the same in another order', subjects([...others, whole]), 'subject-mismatch'],
  [
    'the same files as another version',
    subjects(versionSubjects({ ...about, version: parseVersion('1.4.1') })),
    'subject-mismatch',
  ],
]);

const rows: readonly Attack[] = Object.values(predicateTypes)
  .filter((type) => type !== predicateTypes.publish && type !== predicateTypes.provenance)
  .map(
    (type): Attack => [
      `a publish predicate that calls itself ${type}`,
      changed({ predicateType: type }),
      'statement-invalid',
    ],
  );
attacks('a predicate under each other type', [
  ['its own type', payload(text), 'accepted'],
  ...rows,
]);
