/** The bundle names an account that money can go to. No words are needed for that. */
import { createHash } from 'node:crypto';
import { bech32, bech32m, createBase58check } from '@scure/base';
import { countrySpecs, isValidIBAN } from 'ibantools';
import { sourceOfByteCode } from '../../../skills-index/skill/authoring/byte-code.ts';
import type { ArtifactFact } from '../../fact/fact.ts';
import { joinedText } from '../../fact/joined-text.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { credentialForms, differentCharactersMin, placeholderWords } from '../credentials.ts';

// Whether a word is the number of an account, by the checksum in it. A form without a checksum is
// noise: minified programs have thousands of such words.

/** The number of a bank account with valid checksums, with or without spaces (ISO 13616). */
function isIban(written: string): boolean {
  const account = written.replaceAll(' ', '');
  // Zeros alone make a valid number of no bank.
  return isValidIBAN(account) && !/^.{4}0+$/.test(account);
}

/** The beginning of a text that is as long as the numbers of its country are, without spaces. */
function ibanIn(text: string): string {
  const length = countrySpecs[text.slice(0, 2)]?.chars ?? 0;
  return new RegExp(`^(?:\\S ?){${length}}`).exec(text)?.[0].trimEnd() ?? text;
}

/** An address with a valid checksum: in Bech32, Bech32m (BIP 173, BIP 350) or Base58Check. */
function isWallet(address: string): boolean {
  try {
    const isBech32 = [bech32, bech32m].some((code) => code.decodeUnsafe(address, false));
    return isBech32 || Boolean(base58check.decode(address));
  } catch {
    return false;
  }
}

const base58check = createBase58check((bytes: Uint8Array) =>
  createHash('sha256').update(bytes).digest(),
);

export const payeeInBundle = defineRule({
  id: 'supply/payee-in-bundle',
  title: 'The bundle names an account for money',
  kind: 'policy',
  severity: 'medium',
  confidence: 'exact',
  why: 'An agent that pays, invoices or copies an address can be given the account of a stranger. Payments cannot be called back.',
  fix: 'Let the user name the recipient. In an example, write a number with a wrong checksum. Where the account is meant, say on the page whose account it is, so that a reviewer can approve it.',
  maps: { owasp: ['LLM06', 'ASI02'], attack: ['T1657'] },
  reads: ['source'],
  // Programs inside other texts stand in their file's own text.
  check: ({ sources }) => sources.filter(({ depth }) => depth === 0).flatMap(payeesOnce),
});

const payeesOnce = remembered(payeesIn);

function payeesIn(source: TaintSource): FindingDraft[] {
  const { text, offsetOf } = joinedText(source);
  return accounts.flatMap(({ what, form, isValid, cut }) => {
    const seen = new Set<string>();
    return [...text.matchAll(form)].flatMap(({ 0: found, index }) => {
      const account = cut?.(found) ?? found;
      if (seen.has(account) || isExample(account) || !isValid(account)) return [];
      seen.add(account);
      const span = {
        path: source.path,
        start: offsetOf(index),
        end: offsetOf(index + account.length),
      };
      return [{ span, message: `names ${what}, where money can go: ${account}` }];
    });
  });
}

function isExample(account: string): boolean {
  return publishedExamples.has(account.replaceAll(' ', ''));
}

/**
 * Valid numbers that standards and manuals print as examples: of the IBAN registry, of tests of a
 * payment service, of BIP 173, Bitcoin's first block, and the address of nobody.
 */
const publishedExamples: ReadonlySet<string> = new Set([
  'AT611904300234573201',
  'AT861904300235473202',
  'BE68539007547034',
  'CH9300762011623852957',
  'DE02120300000000202051',
  'DE62370400440532013001',
  'DE75512108001245126199',
  'DE89370400440532013000',
  'DK5000400440116243',
  'ES9121000418450200051332',
  'FI2112345600000785',
  'FR1420041010050500013M02606',
  'GB29NWBK60161331926819',
  'GB82WEST12345698765432',
  'IE29AIBK93115212345678',
  'IT60X0542811101000000123456',
  'LU280019400644750000',
  'NL91ABNA0417164300',
  'NO9386011117947',
  'PL61109010140000071219812874',
  'PT50000201231234567890154',
  'SE4550000000058398257466',
  'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  'bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh',
  '1111111111111111111114oLvT2',
  '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
  '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2',
  '1BoatSLRHtKNngkdXEeobR76b53LETtpyT',
  '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy',
]);

const accounts: readonly {
  readonly what: string;
  readonly form: RegExp;
  readonly isValid: (account: string) => boolean;
  /** The account in what was found, where a word may follow it. */
  readonly cut?: (found: string) => string;
}[] = [
  {
    what: 'a bank account',
    form: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/g,
    isValid: isIban,
    cut: ibanIn,
  },
  {
    what: 'a wallet',
    form: /\b(?:(?:bc|ltc)1[02-9ac-hj-np-z]{20,80}|[139ADLMTX][1-9A-HJ-NP-Za-km-z]{25,34})\b/g,
    isValid: isWallet,
  },
];

// A credential lies in the bundle: whoever may read the skill may use it.

export const credentialInBundle = defineRule({
  id: 'supply/credential-in-bundle',
  title: 'The bundle contains a credential',
  kind: 'policy',
  severity: 'high',
  confidence: 'lexical',
  why: 'Versions are immutable, and everybody who installs can read them. So a credential in one is public for ever, and works outside every sandbox.',
  fix: 'Revoke it where it was issued. Declare a secret in skill.json instead: its value stays with the operator.',
  maps: { cwe: ['CWE-798', 'CWE-540'], owasp: ['AST03'], attack: ['T1552.001'] },
  reads: ['source'],
  // Programs inside other texts stand in their file's own text.
  check: ({ sources }) => sources.filter(({ depth }) => depth === 0).flatMap(credentialsOnce),
});

const credentialsOnce = remembered(credentialsIn);

function credentialsIn(source: TaintSource): FindingDraft[] {
  const { path, context } = source;
  const { text, offsetOf } = joinedText(source);
  return credentialForms.flatMap(({ what, sign, form }) =>
    !text.includes(sign)
      ? []
      : [...text.matchAll(form)].flatMap((match) => {
          const [value] = match;
          if (isPlaceholder(value)) return [];
          const end = match.index + (value.split(/\s|\\n/)[0]?.length ?? 0);
          const span = { path, start: offsetOf(match.index), end: offsetOf(end) };
          return [
            {
              span,
              severity: context === 'test' ? 'medium' : 'high',
              message: `${what} is in the bundle: ${value.slice(0, 8)}…`,
            },
          ];
        }),
  );
}

function isPlaceholder(value: string): boolean {
  const drawn = value.replace(/^-----[^-]+-----/, '');
  return (
    placeholderWords.test(drawn) ||
    /(.)\1{3}/.test(drawn) ||
    new Set(drawn).size < differentCharactersMin
  );
}

// An archive is in the bundle.

export const archiveInBundle = defineRule({
  id: 'supply/archive-in-bundle',
  title: 'The bundle contains an archive',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'A reviewer does not see the content of an archive. With a password, or in an unknown form, nobody sees it.',
  fix: 'Put the files into the bundle as they are.',
  maps: { cwe: ['CWE-506'], owasp: ['AST08'], attack: ['T1027.015', 'T1027'] },
  reads: [
    'artifact:archive',
    'artifact:nested-archive',
    'artifact:encrypted-archive',
    'artifact:opened',
  ],
  check: (context) =>
    context.of('artifact').flatMap((fact) => {
      const about = says[fact.what];
      if (about === undefined) return [];
      const isData = fact.what === 'archive' && dataInArchives.test(fact.span.path);
      const weight = isData ? { kind: 'capability' as const, severity: 'low' as const } : {};
      return [
        { span: fact.span, ...about, ...weight, message: `${fact.detail}: ${about.message}` },
      ];
    }),
});

// Documents and data whose format is an archive.
const dataInArchives = /\.(docx|xlsx|pptx|odt|ods|odp|epub|dotx|potx|npz|svgz)$/i;

const says: Readonly<Partial<Record<ArtifactFact['what'], Omit<FindingDraft, 'span'>>>> = {
  archive: { severity: 'high', message: 'an archive that could not be opened' },
  'encrypted-archive': { severity: 'high', message: 'an archive with a password' },
  'nested-archive': { severity: 'medium', message: 'an archive within an archive' },
  opened: { kind: 'capability', severity: 'info', message: 'its files were scanned, too' },
};

// A program or a document that cannot be read is in the bundle.

export const binaryInBundle = defineRule({
  id: 'supply/binary-in-bundle',
  title: 'The bundle contains a file that nobody can review',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'Programs and bytecode cannot be reviewed. They can do other things than the source beside them.',
  fix: 'Ship sources. Delete each __pycache__ folder: Python makes it again, and publish leaves it out. Build or fetch the rest from a registry, by name and version.',
  maps: { attack: ['T1027', 'T1036'], cwe: ['CWE-506'] },
  reads: ['artifact:binary', 'artifact:document', 'source'],
  check: (context) => {
    const paths = new Set(context.sources.map(({ path }) => path));
    return context.of('artifact').map((fact): FindingDraft => {
      const { span, detail } = fact;
      if (fact.what === 'document')
        return { span, kind: 'capability', severity: 'low', message: `${detail} in the bundle` };
      // It can differ from its source: Python never compares an unchecked file with it (PEP 552).
      const source = detail === 'Python bytecode' ? sourceOfByteCode(span.path) : undefined;
      return source !== undefined && paths.has(source)
        ? {
            span,
            severity: 'medium',
            message: `${detail}: Python may run it in place of ${source}`,
          }
        : { span, message: `${detail} in the bundle` };
    });
  },
});
