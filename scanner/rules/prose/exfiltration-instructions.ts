/** Text that tells an agent to send secrets somewhere. */
import { getDomainWithoutSuffix } from 'tldts';
import { belongingsToStranger, silentReceivers } from '../../prose/frames/act-frames.ts';
import { fixedReceivers, withFrames } from '../../prose/frames/find-frames.ts';
import { secretsInSamples } from '../../prose/frames/harm-frames.ts';
import {
  type KeyBesideAddress,
  keysBesideAddresses,
} from '../../prose/frames/keys-beside-addresses.ts';
import { secretToStranger } from '../../prose/frames/secret-frames.ts';
import { shadedSendings } from '../../prose/frames/shaded-frames.ts';
import { type UnseenSending, unseenSendings } from '../../prose/frames/unseen-sending.ts';
import { exfiltrations, tellsOfAuthentication } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { exfiltrationPhrases, privateDataPhrases } from '../../prose/phrases/orders.ts';
import { type ProseStatement, statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const exfiltrationInstructions = defineRule({
  id: 'prose/exfiltration-instructions',
  title: 'The text tells an agent to send secrets away',
  kind: 'malice',
  severity: 'critical',
  confidence: 'lexical',
  why: 'An agent that follows the text sends what it can reach to a stranger. No code is needed.',
  fix: 'Remove it. Where the user wants it sent, have the agent say what goes where and ask first, and declare the host as an egress in skill.json. A private key with which a user signs in to a server may stay: a person looks and approves.',
  maps: { owasp: ['LLM02', 'ASI03'], attack: ['AML.T0086'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const pictures = facts.flatMap((fact): FindingDraft[] =>
      fact.role === 'image' && placeholder.test(fact.text)
        ? [
            {
              span: fact.span,
              severity: 'medium',
              message: 'a picture whose address has a place for data',
            },
          ]
        : [],
    );
    const beacons = facts.flatMap((fact): FindingDraft[] =>
      (fact.role === 'image' || fact.role === 'link') && beacon.test(fact.text)
        ? [
            {
              span: fact.span,
              severity: 'high',
              message: 'an address with a place for data in it: whoever fills it in sends the data',
            },
          ]
        : [],
    );
    const secrets = statementsOf(facts, forms).map((statement) =>
      draftOfSecret(statement, context),
    );
    const taken = new Set(secrets.map((draft) => draft.span));
    const others = statementsOf(facts, privateDataPhrases).filter(
      ({ fact }) => !taken.has(fact.span),
    );
    const known = withFrames(
      [...pictures, ...beacons, ...secrets, ...others.map(draftOfPrivate)],
      facts,
      framesOfSending,
    );
    const told = new Set(known.map((draft) => draft.span));
    const unseen = unseenSendings(facts).filter(({ fact }) => !told.has(fact.span));
    for (const { fact } of unseen) told.add(fact.span);
    const keys = keysBesideAddresses(facts).filter(({ fact }) => !told.has(fact.span));
    return [...known, ...unseen.map(draftOfUnseen), ...keys.map(draftOfKey)];
  },
});

const forms = [...exfiltrations, ...exfiltrationPhrases];

const framesOfSending = [
  ...secretToStranger,
  ...belongingsToStranger,
  ...silentReceivers,
  ...fixedReceivers,
  ...secretsInSamples,
  ...shadedSendings,
];

function draftOfSecret(
  { fact, quote, manner, reading, match }: ProseStatement,
  { name }: RuleContext,
): FindingDraft {
  const around = reading.words.slice(Math.max(0, match.start - 20), match.end + 40);
  const signsIn = tellsOfAuthentication.test(around);
  const isHonest = (signsIn && !noSignIn.test(quote)) || isOwnKey(around, name);
  return {
    span: fact.span,
    message: `tells to send secrets: "${quote}"`,
    ...(isHonest
      ? ({ kind: 'capability', severity: 'low' } as const)
      : weighed(manner, signsIn || /\bonly\b/i.test(quote) ? 'medium' : 'critical')),
  };
}

// Nobody signs in with a private key, with the whole environment, or with all secrets.
const noSignIn =
  /\b(?:id_rsa|private keys?|ssh keys?|seed phrases?|mnemonics?|env(?:ironment)? var\w*|(?:all|every|each) (?:of )?(?:the |your )?(?:\w+ )?(?:keys?|tokens?|secrets?|passwords?|credentials?)|api keys of)\b|\.(?:ssh|aws|env)\b/i;

// "Sends the API key only to https://acme.example", in the skill of that name: one key, and a
// promise to send it nowhere else.
function isOwnKey(words: string, name: string): boolean {
  const [, host = ''] =
    /\bthe (?:api )?key only to\b[^.!?]{0,30}?https:\/\/([\w.-]{3,120})/i.exec(words) ?? [];
  const registered = getDomainWithoutSuffix(host, { allowPrivateDomains: true }) ?? '';
  return (
    registered.length >= 4 &&
    name
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .includes(registered)
  );
}

function draftOfUnseen({ fact, quote, manner }: UnseenSending): FindingDraft {
  return {
    span: fact.span,
    message: `tells to send something to an address, and that nobody is to notice: "${quote}"`,
    ...weighed(manner, 'medium'),
  };
}

function draftOfKey({ fact, quote, manner }: KeyBesideAddress): FindingDraft {
  return {
    span: fact.span,
    message: `has a private key of the user beside a stranger’s address: "${quote}"`,
    ...weighed(manner, 'medium'),
  };
}

function draftOfPrivate({ fact, quote, manner }: ProseStatement): FindingDraft {
  return {
    span: fact.span,
    message: `tells to send what is private: "${quote}"`,
    ...weighed(manner, 'medium'),
  };
}

// `![x](https://host/?q={conversation})`
const beacon =
  /^https?:\/\/[^\s]{3,200}[?&/=][^\s]{0,80}[{[<$]{1,2}\s?(data|secret|token|api[_-]?key|env|password|conversation|history|context|prompt|content|memory|credentials?)\b[^\s]{0,40}[}\]>]/i;
// `![x](https://host/?q=SECRET)`
const placeholder =
  /^https?:\/\/[^\s]{3,200}[?&][\w-]{1,40}=[{[<$]{0,2}(SECRET|DATA|PASSWORDS?|CREDENTIALS?|CONVERSATION|HISTORY|CONTEXT|MEMORY|API_?KEY|[A-Z]{1,12}_(DATA|KEY|SECRET))[}\]>]{0,2}$/;
