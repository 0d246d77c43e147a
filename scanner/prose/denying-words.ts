/**
 * Words over a table or a list, or in another cell of a row, which say that its rows are denied,
 * forbidden, tested or wrong: what stands there is shown, and nobody is told to do it. The word has
 * to be about what stands in the rows: “How to avoid errors” is about something else.
 */
const denied =
  "block(?:s|ed|ing|[- ]?lists?(?:ed)?)?|deny-?list(?:ed)?|black-?list(?:ed)?|denied|forbidden|prohibited|disallowed|reject(?:s|ed)|refused?|banned|not allowed|anti-?patterns?|don['’]?ts?|dangerous|unsafe|destructive|malicious|attacks?|wrong|incorrect|bad";
const rowsOf =
  'commands?|patterns?|examples?|calls?|inputs?|operations?|actions?|code|usages?|practices?|prompts?|payloads?|strings?|requests?|paths?|scripts?|tests?|cases?|vectors?';
export const deniesRows = new RegExp(
  [
    `^\\W*(?:(?:the|always|never|explicitly|hard|examples? of|examples?|samples?|list of|common|known|what is|what gets|${denied}) ){0,3}(?:${denied})(?: (?:shell |bash |sql |git )?(?:${rowsOf}))?(?: \\([^)]{0,60}\\))?\\W*$`,
    `\\b(?:${rowsOf})\\b[^.!?|]{0,40}\\b(?:is|are|be|gets?|were) (?:\\w+ )?(?:${denied})\\b`,
    "\\b(?:never|do not|don['’]t|must not|should not|cannot) (?:ever )?(?:run|use|execute|type|call|suggest|generate|write|emit|do)\\b(?: (?:any of |all of )?(?:this|these|them|the following))?(?: \\w+)?\\W*$",
    '\\bavoid (?:running|using|executing|calling)\\b[^.!?|]{0,40}\\W*$',
    "(?<!code |text |data |never |not |n['’]t )\\b(?:blocks?|denies|forbids?|prohibits|disallows|rejects|refuses|catches|flags)\\b[^.!?|]{0,40}\\W*$",
    '\\btest (?:cases?|vectors?|inputs?|strings?|fixtures?)\\b|\\bshould (?:fail|be (?:caught|flagged|blocked|denied|rejected|refused))\\b',
    '^\\W*(?:never|[❌🚫⛔✗])\\W*$',
  ].join('|'),
  'iu',
);

/** A cell that is nothing but such a word. */
export const deniesRow =
  /^\W{0,4}(block(ed)?|den(y|ied)|forbidden|prohibited|disallowed|reject(ed)?|refused?|banned|not allowed|dangerous|unsafe|malicious|wrong|bad)\W{0,4}$|^\W{0,2}[❌🚫⛔✗]\W{0,2}$/iu;

/** A sentence beside a table or list that has all of it done. */
export const hasAllDone =
  /(?<!(?:\b(?:not|never|cannot|without|avoid|refuses?|denies|blocks?|forbids?)|n['’]t)\b[^.!?]{0,20})\b(?:follow|run|do(?! not\b)|execute|perform|apply|complete|type|use|work through|go through|carry out)\b[^.!?]{0,40}\b(?:each|every|all|them|these|in order|one by one|the (?:list|items?|steps?|table|rows?|commands?))\b/i;
