/**
 * Reads texts as sequences of words, so that a copy has the same words as its original. Comments,
 * white space and signs that formatters move are left out. Names that a program gives to its own
 * variables and functions are left out, too.
 */

export interface Word {
  /** The word's hash: 32 bits, unsigned. */
  readonly hash: number;
  /** The word's line, counted from 1. */
  readonly line: number;
}

/**
 * The words of one file, in order. Files that many skills share have no words: skill.json, lock
 * files and licences.
 */
export function wordsOf(path: string, text: string): Word[] {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (/^(skill\.json|package-lock\.json|(licen[cs]e|copying|notice)(\.\w{1,8})?)$/.test(name))
    return [];
  const extension = /\.(\w{1,12})$/.exec(name)?.[1] ?? '';
  return /^(md|markdown|mdx|txt|rst|)$/.test(extension)
    ? proseWords(text, name === 'skill.md')
    : codeWords(text, extension);
}

// All repetitions in these patterns are bounded or end with the line, because the texts may be
// hostile.
const prosePattern = /\n|[\p{L}\p{N}]{1,200}/gu;
// Matches lines of front matter that a copy under another name changes.
const ownLine = /^(name|version|author|homepage|license)[ \t]*:/;

function proseWords(text: string, isSkillMd: boolean): Word[] {
  const words: Word[] = [];
  let line = 1;
  let skipped = isSkillMd && ownLine.test(text) ? 1 : 0;
  for (const { 0: token, index } of text.matchAll(prosePattern)) {
    if (token === '\n') {
      line += 1;
      if (isSkillMd && line <= 40 && ownLine.test(text.slice(index + 1, index + 40)))
        skipped = line;
    } else if (line !== skipped)
      words.push({ hash: hashOf(token.normalize('NFKC').toLowerCase()), line });
  }
  return words;
}

const lineComments = /^(py|sh|bash|zsh|rb|pl|yaml|yml|toml|r|ps1|dockerfile|mk|conf|ini|env)$/;
const slashPattern = /\n|\/\*|\/\/[^\n]*|[\p{L}\p{N}_$]{1,200}|[^\s\p{L}\p{N}_$;,'"`]/gu;
const hashPattern = /\n|#[^\n]*|[\p{L}\p{N}_$]{1,200}|[^\s\p{L}\p{N}_$;,'"`]/gu;
const namings =
  /\b(?:const|let|var|def|function|class|local)[ \t]{1,40}([\p{L}_$][\p{L}\p{N}_$]{0,100})|^[ \t]{0,200}([\p{L}_$][\p{L}\p{N}_$]{0,100})[ \t]{0,40}=(?!=)/gmu;
const ownName = hashOf('\0own');

function codeWords(text: string, extension: string): Word[] {
  const own = new Set<string>();
  for (const [, declared, assigned] of text.matchAll(namings)) own.add(declared ?? assigned ?? '');
  const pattern = new RegExp(lineComments.test(extension) ? hashPattern : slashPattern);
  const words: Word[] = [];
  let line = 1;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [token] = match;
    if (token === '\n') line += 1;
    else if (token === '/*') {
      const end = text.indexOf('*/', pattern.lastIndex);
      pattern.lastIndex = end < 0 ? text.length : end + 2;
      for (
        let at = text.indexOf('\n', match.index);
        at >= 0 && at < pattern.lastIndex;
        at = text.indexOf('\n', at + 1)
      )
        line += 1;
    } else if (!token.startsWith('//') && !(token.startsWith('#') && token.length > 1)) {
      words.push({ hash: own.has(token) ? ownName : hashOf(token), line });
    }
  }
  return words;
}

/**
 * FNV-1a over UTF-16 units, 32 bits (the parameters of draft-eastlake-fnv). The result is mixed by
 * MurmurHash3's last step.
 */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return mix32(hash);
}

/** The finalizer of MurmurHash3: each bit of the result depends on each bit of the argument. */
export function mix32(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
