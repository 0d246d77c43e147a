import { parseScope } from '../../../../skills-index/skill/name.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../../../skills-index/skill/text/json.ts';
import { scopeStatement, statementBytes } from '../../../../skills-index/statement/attestation.ts';
import { signPayload } from '../../../../skills-index/statement/sign.ts';
import { inTotoPayloadType } from '../../../../skills-index/statement/signature-formats/envelope.ts';
import type { KeyedBundle } from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { type Attack, attacks } from '../../hostile.ts';
import { people, storyRoot as root } from '../../story.ts';
import { TestLog } from '../../story-log.ts';
import { somebody, TestSigstore } from '../../story-sigstore.ts';

const { author, stranger } = people;
const log = new TestLog('skills.example');
const claim = scopeStatement({ scope: parseScope('acme'), owners: [author.named] });
await log.say(claim, stranger);
const good = (await log.say(claim, author)).bundle as KeyedBundle;
const text = canonicalJson(good);

type Path = readonly (string | number)[];
const at = {
  material: ['verificationMaterial'],
  hint: ['verificationMaterial', 'publicKey', 'hint'],
  entry: ['verificationMaterial', 'tlogEntries', 0],
  proof: ['verificationMaterial', 'tlogEntries', 0, 'inclusionProof'],
  envelope: ['dsseEnvelope'],
  signature: ['dsseEnvelope', 'signatures', 0],
} as const satisfies Record<string, Path>;

// The bundle with the value at a path replaced (or taken away), by a function of the old one.
const put = (path: Path, change: (old: never) => unknown): unknown => {
  const copy: unknown = structuredClone(good);
  const parent = path
    .slice(0, -1)
    .reduce((value, step) => (value as Record<string | number, unknown>)[step], copy);
  const [last = ''] = path.slice(-1);
  const holder = parent as Record<string | number, unknown>;
  const next = change(holder[last] as never);
  if (next === undefined) delete holder[last];
  else holder[last] = next;
  return copy;
};
const judged = (bundle: unknown) => () => verifyStatement(bundle, { root });
const withValue = (path: Path, value: unknown) => judged(put(path, () => value));
const withText = (path: Path, change: (old: string) => string) => judged(put(path, change));
const added = (path: Path, more: object) =>
  judged(put(path, (old: object) => ({ ...old, ...more })));
const read = (changed: string) => () =>
  verifyStatement(parseJson(changed, 'the bundle').value, { root });
const control: Attack = ['as it was written', judged(good), 'accepted'];

attacks('fields of a bundle', [
  control,
  ['an unknown field beside the media type', judged({ ...good, note: 'x' }), 'statement-invalid'],
  [
    'an inclusion promise',
    added(at.entry, { inclusionPromise: { signedEntryTimestamp: 'AAAA' } }),
    'statement-invalid',
  ],
  [
    'timestamps beside a key',
    added(at.material, { timestampVerificationData: { rfc3161Timestamps: [] } }),
    'statement-invalid',
  ],
  [
    'a message signature beside the envelope',
    judged({ ...good, messageSignature: {} }),
    'statement-invalid',
  ],
  ['a list for a bundle', judged([good]), 'statement-invalid'],
  [
    'a key that changes what objects are',
    read(`{"__proto__":{},${text.slice(1)}`),
    'statement-invalid',
  ],
]);

attacks('keys of JSON that are there twice', [
  ['none', read(text), 'accepted'],
  [
    'the signature, once with an escape',
    read(text.replace('"sig"', '"\\u0073ig":"AAAA","sig"')),
    'json-invalid',
  ],
  ['the key hint', read(text.replace('"hint"', '"hint":"x","hint"')), 'json-invalid'],
]);

const type = (media: string) => withValue(['mediaType'], media);
attacks('media types and kinds of entries', [
  control,
  ['a bundle v0.4', type('application/vnd.dev.sigstore.bundle.v0.4+json'), 'statement-invalid'],
  [
    'an entry that calls itself dsse',
    withValue([...at.entry, 'kindVersion', 'kind'], 'dsse'),
    'statement-invalid',
  ],
]);

const twice = <Value>(list: readonly Value[]): Value[] => [...list, ...list];
attacks('who signed', [
  control,
  ['the hint of another key', withValue(at.hint, stranger.keyId), 'signature-invalid'],
  ['a hint in capitals', withText(at.hint, (old) => old.toUpperCase()), 'statement-invalid'],
  [
    'another entry of the log beside it',
    judged(put([...at.material, 'tlogEntries'], twice)),
    'statement-invalid',
  ],
  [
    'a certificate beside the key',
    added(at.material, { certificate: { rawBytes: 'AAAA' } }),
    'statement-invalid',
  ],
]);

const sigstore = new TestSigstore('hostile');
const plain = await sigstore.say(claim, sigstore.certify(somebody));
attacks('a certificate where none is trusted', [
  control,
  ['a certified bundle that is not in our log', judged(plain), 'statement-invalid'],
  [
    'a certified bundle, and no trusted root',
    judged({
      ...plain,
      verificationMaterial: {
        ...plain.verificationMaterial,
        tlogEntries: [
          good.verificationMaterial.tlogEntries[0],
          plain.verificationMaterial.tlogEntries[0],
        ],
      },
    }),
    'certificate-invalid',
  ],
]);

const places: readonly (readonly [string, Path])[] = [
  ['the payload', [...at.envelope, 'payload']],
  ['the root hash', [...at.proof, 'rootHash']],
  ['the log’s id', [...at.entry, 'logId', 'keyId']],
  ['the entry', [...at.entry, 'canonicalizedBody']],
];
attacks('base64 in another form than its one', [
  control,
  ...places.flatMap(([name, path]): Attack[] => [
    [
      `white space in ${name}`,
      withText(path, (old) => `${old.slice(0, 8)}\n${old.slice(8)}`),
      'statement-invalid',
    ],
    [`a space behind ${name}`, withText(path, (old) => `${old} `), 'statement-invalid'],
    [`padding too much at ${name}`, withText(path, (old) => `${old}=`), 'statement-invalid'],
    [
      `a foreign character in ${name}`,
      withText(path, (old) => `${old.slice(0, 4)}-${old.slice(5)}`),
      'statement-invalid',
    ],
    [
      `${name} empty`,
      withValue(path, ''),
      name === 'the entry' || name === 'the payload' ? 'log-invalid' : 'statement-invalid',
    ],
    [`${name} as a list of bytes`, withValue(path, [1, 2, 3]), 'statement-invalid'],
  ]),
  [
    'a signature of a kilobyte',
    withValue([...at.signature, 'sig'], Buffer.alloc(1024).toString('base64')),
    'statement-invalid',
  ],
]);

const numbers: readonly (readonly [string, unknown])[] = [
  ['with an exponent', '1e0'],
  ['with a line feed', '1\n'],
  ['of 2^53', '9007199254740992'],
];
attacks('numbers in the log’s part', [
  control,
  ...numbers.flatMap(([how, value]): Attack[] => [
    [`a log index ${how}`, withValue([...at.entry, 'logIndex'], value), 'statement-invalid'],
    [
      `the proof’s log index ${how}`,
      withValue([...at.proof, 'logIndex'], value),
      'statement-invalid',
    ],
    [`a tree size ${how}`, withValue([...at.proof, 'treeSize'], value), 'statement-invalid'],
  ]),
]);

// Signed under the other type, and logged: whoever signs a status or a cosign statement signs no
// statement of ours.
const typed = (payloadType: string) => async (): Promise<void> => {
  const envelope = await signPayload(payloadType, statementBytes(claim), author);
  verifyStatement((await log.append(claim, envelope, author)).bundle, { root });
};
const relabelled = (payloadType: string) => async (): Promise<void> => {
  const envelope = {
    ...(await signPayload(payloadType, statementBytes(claim), author)),
    payloadType: inTotoPayloadType,
  };
  verifyStatement((await log.append(claim, envelope, author)).bundle, { root });
};
attacks('payload types', [
  ['in-toto', typed(inTotoPayloadType), 'accepted'],
  ['a status file’s', typed('application/vnd.skillgate.status+json'), 'statement-invalid'],
  [
    'a status file’s, signed, and in-toto written over it',
    relabelled('application/vnd.skillgate.status+json'),
    'signature-invalid',
  ],
  ['in-toto with a parameter', typed(`${inTotoPayloadType};v=1`), 'statement-invalid'],
  [
    'a length that moves the border to the payload',
    relabelled(`${inTotoPayloadType} 1`),
    'signature-invalid',
  ],
]);
