/** The bundle names an account that money can go to. No words are needed for that. */
import { joinedText } from '../../fact/joined-text.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { ibanIn, isBase58Check, isBech32, isIban } from '../account-checksums.ts';

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
    return [...text.matchAll(form)].flatMap(({ 0: found, index }): FindingDraft[] => {
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
    form: /\b(?:bc|ltc)1[02-9ac-hj-np-z]{20,80}\b/g,
    isValid: isBech32,
  },
  {
    what: 'a wallet',
    form: /\b[139ADLMTX][1-9A-HJ-NP-Za-km-z]{25,34}\b/g,
    isValid: isBase58Check,
  },
];
