/** Text that tells an agent to send secrets somewhere. */
import { getDomainWithoutSuffix } from 'tldts';
import { type FoundOrder, ordersIn, tellsOfAuthentication } from '../../prose/find-orders.ts';
import { keysBesideAddresses } from '../../prose/keys-beside-addresses.ts';
import { secretsSent, takings } from '../../prose/phrases/orders.ts';
import { unseenSendings } from '../../prose/unseen-sending.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

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
    const orders = ordersIn(facts, sendings, (found) => weigh(found, context.name));
    const known = [...pictures, ...beacons, ...orders];
    // What decides nothing makes way for a sentence that does.
    const told = new Set(known.flatMap(({ kind, span }) => (kind === 'capability' ? [] : [span])));
    const unseen = unseenSendings(facts).filter(({ span }) => !told.has(span));
    for (const { span } of unseen) told.add(span);
    const keys = keysBesideAddresses(facts).filter(({ span }) => !told.has(span));
    const more = [...unseen, ...keys];
    return [...known.filter(({ span }) => !more.some((one) => one.span === span)), ...more];
  },
});

const sendings = [...secretsSent, ...takings];

function weigh(found: FoundOrder, name: string): FoundOrder | undefined {
  const { order, quote, reading, match } = found;
  if (order.severity !== 'critical') return found;
  if (partsOfMail.test(quote)) return undefined;
  const around = reading.words.slice(Math.max(0, match.start - 20), match.end + 40);
  const signsIn = tellsOfAuthentication.test(around);
  if ((signsIn && !noSignIn.test(quote)) || isOwnKey(around, name))
    return { ...found, manner: 'described' };
  return { ...found, severity: signsIn || /\bonly\b/i.test(quote) ? 'medium' : found.severity };
}

// The text of a mail that an application sends.
const partsOfMail = /^e-?mail\W{0,6}(?:subject|body|from|to)\b/i;

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

// `![x](https://host/?q={conversation})`
const beacon =
  /^https?:\/\/[^\s]{3,200}[?&/=][^\s]{0,80}[{[<$]{1,2}\s?(data|secret|token|api[_-]?key|env|password|conversation|history|context|prompt|content|memory|credentials?)\b[^\s]{0,40}[}\]>]/i;
// `![x](https://host/?q=SECRET)`
const placeholder =
  /^https?:\/\/[^\s]{3,200}[?&][\w-]{1,40}=[{[<$]{0,2}(SECRET|DATA|PASSWORDS?|CREDENTIALS?|CONVERSATION|HISTORY|CONTEXT|MEMORY|API_?KEY|[A-Z]{1,12}_(DATA|KEY|SECRET))[}\]>]{0,2}$/;
