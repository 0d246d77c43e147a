/**
 * Words over a table or a list, or in another cell of a row, which say that its rows are denied,
 * forbidden, tested or wrong: what stands there is shown, and nobody is told to do it.
 */
export const deniesRows =
  /\b((?<!code |text |data )blocks|blocked|blocking|(block|deny|black)-?lists?(ed)?|den(y|ies|ied)|forbids?|forbidden|prohibit(s|ed|ions?)|disallow(s|ed)|reject(s|ed)?|refuses?|refused|ban(s|ned)|not allowed|cannot|avoid|(never|do not|don['’]ts?|must not|should not)(?!\s+(skip|miss|forget|omit|leave|fail))|instead of|anti-?patterns?|wrong|incorrect|bad|dangerous|unsafe|destructive|malicious|attacks?|test (cases?|vectors?|inputs?|strings?|fixtures?)|should (fail|be (caught|flagged|blocked|denied|rejected|refused)))\b|[❌🚫⛔✗]/iu;

/** A cell that is nothing but such a word. */
export const deniesRow =
  /^\W{0,4}(block(ed)?|den(y|ied)|forbidden|prohibited|disallowed|reject(ed)?|refused?|banned|never|not allowed|dangerous|unsafe|malicious|wrong|bad|fails?)\W{0,4}$|^\W{0,2}[❌🚫⛔✗]/iu;
