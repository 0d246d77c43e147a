/** Meanings of words in any language, for the rules on prose. */

/**
 * A concept. The tables of a language give its words; `tokens.ts` adds words that look alike in all
 * languages (addresses, files).
 */
export const concepts = [
  'ignore', // drop, override
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
  'gather', // read, collect, include
  'outside', // an external server, a webhook
  'excuse', // telemetry, backup, compliance: what sending is called
  'ask', // ask for, request
  'approval', // confirmation, permission
  'without',
  'skip', // bypass, turn off
  'always', // automatically, at once, every time
  'fetch', // download, open, visit
  'follow', // obey, execute
  'orders', // instructions, steps, commands to be carried out
  'write', // add, append, save, store
  'delete',
  'valuable', // all files, backups, the database
  'pay', // transfer, send funds
  'money', // funds, wallet, account number
  'account', // IBAN, address of a wallet
  'unbound', // without restrictions, developer mode
  'persona', // act as, pretend
  'url',
  'mail',
  'secret-file',
  'memory-file',
  // what frames ask for besides
  'take', // read, open, look up, summarise
  'pass', // pass on, include, attach, repeat
  'give', // append, add, write, put
  'reveal', // repeat, print, disclose
  'it', // what was taken: its content, the value, the result
  'slot', // a parameter, argument or field
  'reply', // an answer, a summary
  'published', // a commit message, a changelog, a pull request
  'tool',
  'talk', // the conversation, what the user says
  'environment', // environment variables
  'prompt', // the system prompt, the agent's own instructions
  'toolset', // the list of tools and servers
  'data', // data, files, everything
  'adopt', // treat as part of these instructions, carry out
  'silent', // in the background, needs no words
  'authority', // administrator, developer, a maker of models
  'speaks', // I instruct you, this is a system command
  'claims', // I am your, this message is from
  'refuse', // decline, say no
  'ethics', // ethics, morals, legality
  'filter', // filters, censorship, warnings
  'boundless', // unfiltered, uncensored, no restrictions
  'role', // you are now, act as, pretend
  'decode', // decode, reverse
  'blob', // a payload, a text, a line
  'execute', // run, follow
  'attacker', // attackers, malware, injections
  'weapon', // exfiltrate, steal
  'snippet', // the following code
  'work', // your code, your answer
  'obey', // do exactly what
  'comply', // obey any, never refuse
  'request',
  'contempt', // ignoring, regardless of, free of
  'policy', // content policy, ethical guidelines
  'henceforth', // from now on
  'behave', // you will, answer, act
  'channel', // messages, mails, pages
  'key-file', // keys in the home folder, password files
  'access-file', // authorized_keys, sudoers
  'secret-name', // `ACME_API_KEY`
  'url-slot', // an address with a place for data
  'host', // a host without a scheme
  'deliver', // send, in the words of people: post, put, hand over
  'belongings', // mail drafts, photos, all files, whole folders: more than a task needs
  'environ', // the agent's own environment
  'launch', // make it executable, start it
  'unchecked', // nothing to inspect, ignore the warning
  'unasked', // no need to ask, counts as consent
  'unsaid', // do not mention, leave it out of the summary
  'foreign', // where others write: fields, comments, answers, pages
  'to-agent', // work for you, addressed to the assistant
  'regard', // treat, consider, count
  'as-user', // as if the user had said it, like a message of the system
  'outrank', // takes precedence over
  'wish', // wishes, requests
  'assemble', // put the pieces together, first letters
  'terminal',
  'archive',
  'printed', // what a command printed or a file holds
  'type-in', // enter, paste
  'download', // fetch a file
  'at-once', // immediately, without waiting
  'do-it', // carry it out, do what it says
  'holds', // contains, carries
  'blind-copy', // bcc: a receiver whom nobody sees
  'none', // nothing, nobody, no need
  'notice', // see, know, mention; a summary or a report
  'key-shape', // `sk-`, `ghp_`, `_API_KEY`: how keys begin or end
  // orders of others (rows across all languages)
  'others', // what strangers write, and the strangers themselves
  'at-par', // on a par with, like those of
  'principal', // the user, the owner: whose word counts
  'fulfilled', // is carried out, is done
  'binding', // authoritative, counts as an order
  'asked', // what is asked for: requests, steps
  // credentials, and receivers that a page fixes
  'credential', // a password, a code, recovery words
  'solicit', // ask, have the user enter
  'conveyed', // passed on, entered, written
  'shared-place', // where others read
  'copy', // a copy of it
  'goes', // is mailed, goes to
  'routine', // as a matter of course, counts as done when
  // protections that are taken down
  // texts that plant themselves
  'planted', // copied, added, installed
  'elsewhere', // other projects, every repository
  'itself', // this page, this block
  'git-template', // hooks and templates for all repositories
  'schedule', // crontab, at boot
  'starter', // starts the assistant
  'unseen', // white on white
  // money that goes elsewhere
  'payee', // the account, the beneficiary
  'instead', // replaced, in place of
  'gift-card',
  'deposit', // a deposit, a fee
  'haste', // today, within minutes
  'paid', // pay, transfer
  'screen-share',
  'displayed', // what is shown
  'employs', // what is used
  // forged results
  'supplied', // added, filled in
  'past-bin', // past the bin, before the list is shown
  'deleted',
  // further acts against the user
  'affiliate', // referral codes, partner tags
  'same-page', // part of this page, the steps found there
  'proof-enough', // counts as verified, may give orders
  'real-values', // real, live
  'sample', // examples, fixtures
  'traces', // traces, shell history
  'watch', // monitor, track
  'person', // a partner, an employee
  'needless', // it would only confuse, a formality
  'presumed', // consent is assumed, without waiting
  'withheld', // stays internal, is not shown
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

/**
 * Words of concepts in all languages, side by side. No language can be left out.
 */
export type RowsAcross = Readonly<
  Partial<Record<Concept, Readonly<Record<PhraseLanguage, string>>>>
>;
