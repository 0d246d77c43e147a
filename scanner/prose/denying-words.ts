/**
 * Words over a table or a list, or in another cell of a row, which say that its rows are denied,
 * forbidden, tested or wrong: what stands there is shown, and nobody is told to do it. Such words
 * have to be all that is said: “How to avoid errors” and “Commands that are never refused” are
 * about something else.
 */
const denied =
  "block(?:s|ed|ing|[- ]?lists?(?:ed)?)?|deny-?list(?:ed)?|black-?list(?:ed)?|denied|forbidden|prohibited|disallowed|reject(?:s|ed)|refused?|banned|not allowed|anti-?patterns?|don['’]?ts?|dangerous|unsafe|destructive|malicious|attacks?|wrong|incorrect|bad";
const rowsOf =
  '(?:commands?|patterns?|examples?|calls?|inputs?|operations?|actions?|code|usages?|practices?|prompts?|payloads?|strings?|requests?|paths?|scripts?|tests?|cases?|vectors?|things?)';
const guard =
  '(?:guards?|hooks?|gates?|polic(?:y|ies)|sandbox|tool|agent|scanner|linter|rules?|filters?|skill|it)';
const these =
  '(?: (?:any|all|each|every one) of)?(?: (?:this|these|them|the following))?(?: \\w+)?';
export const deniesRows = new RegExp(
  [
    `(?:(?:the|always|never|explicitly|hard|examples? of|examples?|samples?|list of|common|known|what is|what gets|${denied}) ){0,3}(?:${denied})(?: (?:shell |bash |sql |git )?${rowsOf})?(?: \\((?![^)]*\\b(?:run|repair|fix|do|start)\\b)[^)]{0,60}\\))?`,
    `(?:\\w+ ){0,2}(?:${rowsOf}|these|the following|all of these) (?:(?:that|which) )?(?:are|is|get|must be|will be) (?:(?:always|all) )?(?:${denied})(?: (?:by|in|of) the \\w+)?`,
    `(?:\\w+ ){0,2}${rowsOf} (?:to (?:avoid|block|deny|flag|refuse|reject)|(?:that|which) (?:must|should) (?:never|not) be (?:run|used|executed|called))`,
    `(?:the )?(?:deny|block|black)[ -]?lists?|(?:${denied}) by default|(?:block|deny|refuse|reject|flag) (?:these|the following)`,
    `(?:what )?(?:(?:the|this|our|an?) )?${guard} (?:(?:always|must|should|will) )?(?:blocks?|den(?:y|ies)|forbids?|prohibits?|disallows?|rejects?|refuses?|catches|flags?)${these}`,
    `(?:you |the agent )?(?:must )?(?:never|do not|don['’]t|must not|should not)(?:, [\\w ]{1,40},)? (?:ever )?(?:run|use|execute|type|call|suggest|generate|write|emit|do)${these}`,
    `(?:things to )?avoid(?: (?:running|using|executing|calling))?${these}`,
    `(?:more |the )?test (?:cases?|vectors?|inputs?|strings?|fixtures?)|(?:these|inputs that) should (?:fail|be (?:caught|flagged|blocked|denied|rejected|refused))|never`,
  ]
    .map((one) => `^\\W*(?:${one})\\W*$`)
    .join('|'),
  'i',
);
/** A word that each of them has. A page without one needs no search, and none of its memory. */
export const mayDenyRows =
  /block|den[iy]|black|forbid|prohibit|disallow|reject|refus|banned|\bnot\b|anti|don|danger|unsafe|destruct|malic|attack|wrong|incorrect|bad|avoid|flag|catch|never|test|should/i;

/** A cell that is nothing but such a word. */
export const deniesRow =
  /^\W{0,4}(block(ed)?( by the \w{1,12})?|den(y|ied)|forbidden|prohibited|disallowed|refused?|banned|not allowed|dangerous|unsafe|malicious|never)\W{0,4}$/iu;

/** A sentence beside a table or list that has all of it done. */
export const hasAllDone =
  /(?<!(?:\b(?:not|never|cannot|without|avoid|refuses?|denies|blocks?|forbids?)|n['’]t)\b(?! (?:skip|forget|omit|miss|leave)\b)[^.!?,;:]{0,20}|\bbefore (?:you|it|anybody) )\b(?:follow|run|do(?! not\b)|execute|perform|apply|complete|type|use|work (?:through|down)|go through|carry out|start)s?\b[^.!?]{0,40}\b(?:(?:each|every|all)(?! others?\b)|them|these|in order|one by one|at the top|(?:the|this) (?:list|items?|steps?|table|rows?|commands?))\b/i;
