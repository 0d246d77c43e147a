/** Which mutations make no sense for which attacks, and why. The table may only become shorter. */
export interface Exemption {
  /** Names of mutations. */
  readonly mutations: readonly string[];
  /** Rule, or rule and attack as `group/name attack-x`. */
  readonly attacks: readonly string[];
  readonly reason: string;
}

export const exemptions: readonly Exemption[] = [
  {
    mutations: ['other names'],
    attacks: ['obfuscation/mixed-script', 'obfuscation/obfuscator attack-strings'],
    reason: 'the names are what is found',
  },
  {
    mutations: ['all in another file', 'functions in another file'],
    attacks: ['supply/install-hook'],
    reason: 'the file is run for its name: under another it is not',
  },
  {
    mutations: ['other names'],
    attacks: ['resources/fork-bomb attack-python', 'exec/patch-builtin attack-open'],
    reason: 'a gap: Python’s front end looks for these names by their text',
  },
  {
    mutations: ['texts in two halves'],
    attacks: ['obfuscation/encoded-program attack-hex'],
    reason: 'a gap: what Python puts together is not looked through for encoded programs',
  },
];

/** Why an attack is not mutated so; undefined for nearly all. */
export function exemptionOf(mutation: string, rule: string, attack: string): Exemption | undefined {
  return exemptions.find(
    (one) => one.mutations.includes(mutation) && (one.attacks.includes(rule) || one.attacks.includes(`${rule} ${attack}`)),
  );
}
