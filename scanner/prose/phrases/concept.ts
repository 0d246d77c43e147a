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
  'lasting', // in future sessions, permanently
  'memory', // memory, settings of the agent
  'delete',
  'valuable', // all files, backups, the database
  'pay', // transfer, send funds
  'money', // funds, wallet, account number
  'account', // IBAN, address of a wallet
  'unbound', // without restrictions, developer mode
  'persona', // act as, pretend
  'defence', // antivirus, firewall, certificate checks
  'off', // turn off
  'favour', // recommend, rate, rank
  'top', // best, highest, positive
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
  'stubborn', // survives, put it back, in every project
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
] as const;
export type Concept = (typeof concepts)[number];

/**
 * Words of one language, separated by white space. `abc*` is the beginning of a word, `a+b` are
 * consecutive words. They are written as people write; case, accents and width are folded. Words of
 * scripts without spaces match anywhere.
 */
export type PhraseTable = Readonly<Partial<Record<Concept, string>>>;
