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
    attacks: [
      'obfuscation/hidden-name attack-other-name',
      'obfuscation/mixed-script',
      'obfuscation/obfuscator attack-strings',
    ],
    reason: 'the names are what is found',
  },
  {
    mutations: ['all in another file', 'functions in another file'],
    attacks: [
      'supply/acts-at-installation',
      'supply/install-hook',
      'supply/lifecycle-script attack-prepare-file',
    ],
    reason: 'the file is run for its name: under another it is not',
  },
  {
    mutations: ['all in another file'],
    attacks: ['flow/network-to-exec attack-own-program'],
    reason: 'a gap: a file that a shell sources does not get the arguments of the script',
  },
  {
    mutations: ['other names'],
    attacks: ['resources/fork-bomb attack-python', 'exec/patch-builtin attack-open'],
    reason: 'a gap: Python’s front end looks for these names by their text',
  },
  {
    mutations: ['texts in two halves'],
    attacks: [
      'obfuscation/decode-and-run attack-decrypt',
      'obfuscation/encoded-program attack-hex',
      'supply/acts-at-installation attack-webhook',
    ],
    reason: 'a gap: what Python puts together is not looked through for encoded programs',
  },
  {
    mutations: ['texts in two halves'],
    attacks: [
      'env/client-address attack-python',
      'env/client-address attack-script',
      'files/browser-data attack-search',
      'network/raw-address attack-default-of-option',
    ],
    reason: 'a gap: these texts are looked for where they are written',
  },
  {
    mutations: ['in a function or branch'],
    attacks: ['flow/file-to-exec attack-digest-unused'],
    reason: 'a gap: a name that another function uses counts as a digest that is compared',
  },
  {
    mutations: ['other names'],
    attacks: ['flow/file-to-exec attack-class'],
    reason: 'a gap: a file at a path that cannot be computed is known by how its path is written',
  },
  {
    mutations: ['texts in two halves'],
    attacks: ['persistence/folder-hook attack-writes-task'],
    reason:
      'a gap: Python’s pathlib with a name in two halves is not the path of the settings file',
  },
  {
    mutations: ['functions in another file'],
    attacks: ['flow/network-to-exec attack-python-server'],
    reason: 'a gap: what comes in to a Python server reaches the handlers of its own file only',
  },
];

/** Why an attack is not mutated so; undefined for nearly all. */
export function exemptionOf(mutation: string, rule: string, attack: string): Exemption | undefined {
  return exemptions.find(
    (one) =>
      one.mutations.includes(mutation) &&
      (one.attacks.includes(rule) || one.attacks.includes(`${rule} ${attack}`)),
  );
}
