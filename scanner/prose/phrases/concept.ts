/** Meanings of words in any language, for the rules on prose. */

/**
 * A concept. The tables of a language give its words; `names.ts` adds words that look alike in all
 * languages (addresses, files).
 */
export const concepts = [
  'ignore', // drop, override
  'told', // what you were told
  'message-mark', // marks between an agent's messages
  'forged-mark', // imitations of such marks
  'rules', // instructions, prompts, guidelines
  'limits', // restrictions, policies: words that also mean other things
  'prior', // earlier, of the system
  'own', // your, existing, original
  'every', // all, any
  'content', // pages, mails, documents: what comes from outside
  'void', // no longer apply
  'bypass', // override, get round: in honest texts too
  'not',
  'tell', // inform, mention, show
  'user',
  'hide',
  'covert', // silently, without the user's knowledge
  'secret', // keys, passwords, tokens
  'opener', // what opens everything: passwords, seed phrases, private keys
  'private', // conversations, personal data, files of the user
  'send',
  'outside', // an external server, a webhook
  'ask', // ask for, request
  'approval', // confirmation, permission
  'without',
  'skip', // bypass, turn off
  'follow', // obey, execute
  'orders', // instructions, steps, commands to be carried out
  'delete',
  'valuable', // all files, backups, the database
  'url',
  'mail',
  'secret-file',
  'memory-file',
  // what is taken and passed on
  'take', // read, open, look up, summarise
  'pass', // pass on, include, attach, repeat
  'give', // append, add, write, put
  'reveal', // repeat, print, disclose
  'it', // what was taken: its content, the value, the result
  'slot', // a parameter, argument or field
  'reply', // an answer, a summary
  'published', // a commit message, a changelog, a pull request
  'prompt', // the system prompt, the agent's own instructions
  'adopt', // treat as part of these instructions, carry out
  'speaks', // I instruct you, this is a system command
  'refuse', // decline, say no
  'ethics', // ethics, morals, legality
  'filter', // filters, censorship, warnings
  'boundless', // unfiltered, uncensored, no restrictions
  'role', // you are now, act as, pretend
  'decode', // decode, reverse
  'blob', // a payload, a text, a line
  'attacker', // attackers, malware, injections
  'snippet', // the following code
  'planted', // a tracking pixel, a hidden account
  'made', // files, pages, replies, commits
  'exposed', // verbatim, in the address
  'repeats', // echo back
  'decoded', // the resulting commands
  'work', // your code, your answer
  'obey', // do exactly what
  'contempt', // ignoring, regardless of, free of
  'behave', // you will, answer, act
  'channel', // messages, mails, pages
  'key-file', // keys in the home folder, password files
  'access-file', // authorized_keys, sudoers
  'secret-name', // `ACME_API_KEY`
  'url-slot', // an address with a place for data
  'host', // a host without a scheme
  'belongings', // mail drafts, photos, all files, whole folders: more than a task needs
  'unasked', // no need to ask, counts as consent
  'unsaid', // do not mention, leave it out of the summary
  'assemble', // put the pieces together, first letters
  'terminal',
  'type-in', // enter, paste
  'download', // fetch a file
  'none', // nothing, nobody, no need
  'notice', // see, know, mention; a summary or a report
  'credential', // a password, a code, recovery words
  'copy', // a copy of it
  'goes', // is mailed, goes to
  'needless', // it would only confuse, a formality
  'paste-site', // an address where anybody leaves a text or a file
  'archive', // a packed file, unpack
  'program', // `setup.exe`, an executable
  'make', // generate, derive
  'unwritten', // on the fly, at run time
] as const;
export type Concept = (typeof concepts)[number];

export const languageNames = [
  'chinese',
  'english',
  'french',
  'german',
  'japanese',
  'portuguese',
  'russian',
  'spanish',
] as const;
export type PhraseLanguage = (typeof languageNames)[number];

/**
 * Words of one language, separated by white space. `abc*` is the beginning of a word, `a+b` are
 * consecutive words. They are written as people write; case, accents and width are folded. Words of
 * scripts without spaces match anywhere.
 */
export type PhraseTable = Readonly<Partial<Record<Concept, string>>>;
