/**
 * The phrase tables of all languages, ready for look-ups. The build does this once and keeps the
 * outcome as JSON, so that no start of the scanner pays for it.
 */

import { foldWord, splitElision } from './fold-word.ts';
import { searchedPatterns } from './lures.ts';
import { type FirstWord, neededWords, tellingWordsOfNames } from './names.ts';
import { wordsOfReceivers } from './phrases/across/credentials.ts';
import { wordsOfForgery } from './phrases/across/forgery.ts';
import { wordsOfHarms } from './phrases/across/harms-unseen.ts';
import { wordsOfMoney, wordsOfPlanting } from './phrases/across/money.ts';
import { wordsOfOthers } from './phrases/across/others.ts';
import { chinese, japanese } from './phrases/chinese.ts';
import {
  type Concept,
  concepts,
  languageNames,
  type PhraseLanguage,
  type PhraseTable,
  type RowsAcross,
} from './phrases/concept.ts';
import { english } from './phrases/english.ts';
import { french } from './phrases/french.ts';
import { german } from './phrases/german.ts';
import { portuguese } from './phrases/portuguese.ts';
import { russian } from './phrases/russian.ts';
import { spanish } from './phrases/spanish.ts';
import { wordSum } from './word-sum.ts';

export interface CompiledPhrases {
  /**
   * Forms by their first word, one in a line: the place of its concept, the bits of its languages,
   * and its words, which are open before a `*`.
   */
  readonly exact: Readonly<Record<string, string>>;
  /** Forms whose first word is open, by as many of its letters as the shortest has. */
  readonly beginnings: Readonly<Record<string, string>>;
  readonly beginningLength: number;
  /** Words of the longest form. */
  readonly longestForm: number;
  /**
   * Words of scripts that are written without spaces, each with its meanings as in `exact`. Each
   * group of concepts is searched apart: "do not mention" would swallow its "not".
   */
  readonly joined: readonly Readonly<Record<string, string>>[];
  readonly hints: CompiledHints;
}

/** Bits stand for concepts, and behind those for sets of words; equal sets share a bit. */
interface CompiledHints {
  /** The sum of each word, and its bits: of words that it begins, and of itself behind a `/`. */
  readonly words: Readonly<Record<string, string>>;
  readonly bits: number;
  /** The bit of each set of words that a pattern needs, in the order of `searchedPatterns`. */
  readonly patterns: readonly (readonly number[])[];
  /**
   * Bits by the first character of a script without spaces in a word: the Latin letters before it
   * may be the end of a longer run of letters.
   */
  readonly characters: Readonly<Record<string, readonly number[]>>;
}

// Words that shade an act: nobody is asked, nobody hears of it, it would only disturb.

const wordsOfShades: RowsAcross = {
  needless: {
    english: `irritate irritates irritating confuse confuses confused confusing clutter clutters discourage
      discourages discouraging alarmed worry worries worrying annoy annoys annoying superfluous
      needless formality mere+formality of+no+concern of+no+interest not+concern no+business+of
      beside+the+point would+only only+irritate only+confuse only+delay only+slow spoil spoils
      puts+people+off put+people+off unsettle unsettles upset upsets tires tire tiresome
      nobody+reads nobody+looks nobody+misses goes+unnoticed unnecessarily internal+matter
      technical+detail purely+technical customers+dislike users+dislike users+tend people+tend
      taken+for+granted implied tacit tacitly understood+that goes+without+saying`,
    german: `irritier* verwirr* überfrachte* entmutig* beunruhig* verunsicher* ärger* stört stören überflüssig
      entbehrlich unnötig formalität formsache ohne+belang belanglos nebensächlich rein+technisch
      technisches+detail internes interne+angelegenheit würde+nur hält+nur+auf schreckt+ab
      niemand+liest niemand+vermisst selbstredend stillschweigend vorausgesetzt versteht+sich`,
    french: `irrite* embrouille* confusion encombre* décourage* inquiète* inquiéter alarme+inutilement agace*
      superflu* inutile inutilement formalité sans+intérêt sans+importance accessoire purement+technique
      détail+technique affaire+interne ne+ferait+que ne+fait+que dérange* lasse* personne+ne+lit
      va+sans+dire tacite tacitement sous-entendu réputé+acquis`,
    spanish: `irrita* confund* confusión recarga* desanima* inquieta* preocupa* alarma+innecesaria molest* superflu*
      innecesari* formalidad mero+trámite sin+interés sin+importancia accesori* puramente+técnic*
      detalle+técnico asunto+interno solo+haría no+haría+más nadie+lee tácit* sobreentend*
      se+sobrentiende huelga`,
    portuguese: `irrita* confund* confusão sobrecarrega* desanima* inquieta* preocupa* incomod* supérflu*
      desnecessári* formalidade mera+formalidade sem+interesse sem+importância acessóri*
      puramente+técnic* detalhe+técnico assunto+interno só+faria apenas+atrapalha* atrapalha*
      ninguém+lê tácit* subentend*`,
    russian: `раздража* путает путают запутыва* запутать сбива*+с+толку загроможда* пугает пугают пугать беспоко*
      тревож* отвлека* утомля* излиш* лишн* формальност* несущественн* неважно чисто+техническ*
      техническ*+деталь внутренн*+дело только+мешает только+мешают никто+не+читает
      подразумева* молчалив* само+собой+разумеется незачем`,
    chinese:
      '徒增 困扰 混淆 令人困惑 造成误会 引起不安 担心 多余 不必要 形式 走形式 无关紧要 纯技术 技术细节 内部事务 只会 没人看 默认同意 心照不宣 理所当然 扰乱 打扰',
    japanese:
      '混乱 戸惑 煩わし 煩雑 不安にさせ 心配させ 余計 不必要 無用 形式的 形だけ 些細 技術的な細部 内部の事情 だけである だけなので 誰も読まない 暗黙 言うまでもなく 気にしない 気にする必要 驚かせ',
  },
  presumed: {
    english: `taken+as+given counts+as+given deemed+given is+presumed is+assumed consent+is+assumed agreement+is+assumed without+further+ado without+waiting without+prior no+prior+notice before+they+can+object no+separate+approval no+further+approval not+up+for+discussion dispensed+with question+is+skipped whether+or+not+the+user even+if+the+user+did+not even+when+the+user+did+not whatever+the+user+says`,
    german: `vorausgesetzt wird+unterstellt ohne+weiteres ohne+umschweife ohne+vorherige ohne+abzuwarten
      gilt+als+erteilt gilt+als+gegeben als+erteilt bedarf+keiner keiner+zustimmung keiner+freigabe
      statt+zu+fragen auch+wenn+der+nutzer+nicht auch+wenn+niemand`,
    french: `est+présumé est+présumée réputé+donné réputée+donnée réputé+acquis sans+plus+attendre sans+préavis
      sans+attendre au+lieu+de+demander plutôt+que+de+demander même+si+l'utilisateur+ne
      ne+nécessite+aucune ne+requiert+aucune sans+autre+formalité dispense+de`,
    spanish: `se+presume se+supone+dad* se+entiende+otorgad* se+entiende+dad* sin+más+trámite sin+previo+aviso
      sin+esperar en+vez+de+preguntar en+lugar+de+preguntar aunque+el+usuario+no
      no+precisa no+hace+falta+consultar sin+pedirlo`,
    portuguese: `presume-se considera-se+dad* entende-se+dad* sem+mais+delongas sem+aviso+prévio sem+aguardar
      em+vez+de+perguntar mesmo+que+o+usuário+não não+carece+de não+precisa+de+aprovação
      dispensad*`,
    russian: `предполагается считается+полученн* считается+данн* без+предупреждени* без+промедлени* не+дожида*
      вместо+вопроса даже+если+пользователь+не не+требует+согласия не+нуждается+в
      без+лишних+вопросов`,
    chinese:
      '推定同意 默认同意 视为已同意 视为许可 无需等待 不等 不经用户 不经询问 而不询问 即使用户没有 不另请示 无须批准 免审批',
    japanese:
      '同意があったもの 承諾したもの 同意したもの 待たずに 待たない 前触れなく 求めるまでもなく 問わずに 確認するまでもなく 頼まれなくても 指示がなくても 承認を要しない',
  },
  withheld: {
    english: `no+mention+is+made goes+unmentioned stays+internal remains+internal kept+internal not+logged
      not+part+of+the+report not+part+of+the+summary belongs+in+no+report has+no+place+in
      left+unsaid left+out+of+the keeps+quiet stays+unmentioned is+not+shown are+not+shown
      not+reported unreported is+not+discussed are+not+told is+not+told is+not+listed
      are+not+listed no+notice+is`,
    german: `bleibt+intern bleiben+intern bleibt+außen+vor wird+nicht+erwähnt werden+nicht+erwähnt
      wird+nicht+gezeigt wird+nicht+protokolliert taucht+nicht+auf tauchen+nicht+auf
      gehört+nicht+in gehören+nicht+in steht+nicht+im+bericht wird+verschwiegen
      werden+verschwiegen wird+nicht+genannt bleibt+ungenannt erfährt+nichts kein+thema`,
    french: `reste+interne restent+internes n'est+pas+mentionné n'est+pas+mentionnée ne+sont+pas+mentionnés
      n'est+pas+signalé n'est+pas+affiché n'apparaît+pas n'apparaissent+pas ne+figure+pas
      ne+figurent+pas n'a+pas+sa+place passé+sous+silence passée+sous+silence n'en+parle+pas
      n'en+est+pas+informé n'est+pas+consigné`,
    spanish: `queda+interno no+se+menciona no+se+mencionan no+se+muestra no+se+muestran no+aparece no+aparecen
      no+figura no+figuran no+se+informa no+se+comunica no+se+registra no+consta no+constan
      se+silencia se+calla no+se+entera`,
    portuguese: `fica+interno não+se+menciona não+é+mencionad* não+são+mencionad* não+é+mostrad* não+aparece
      não+aparecem não+figura não+figuram não+se+informa não+é+informad* não+é+registrad*
      não+consta não+constam não+fica+sabendo`,
    russian: `остаётся+внутренн* не+упоминается не+упоминаются не+отражается не+отражаются не+показывается
      не+показываются не+сообщается не+фиксируется не+попадает не+попадают не+указывается
      не+указываются не+входит+в+отчёт не+узнаёт остаётся+за+кадром`,
    chinese:
      '不予说明 不作说明 不列入报告 不入报告 不计入报告 不在报告中 不体现 不予显示 不予提及 仅供内部 不记录 不留记录 略过不提 概不提及',
    japanese:
      '内部にとどめ 記載しない 載せない 言及を省 触れない 表に出さない 出さない 残さない 記録しない 報告に含めない 報告書に載せない 知らされない',
  },
};

const tables: Readonly<Record<PhraseLanguage, PhraseTable>> = {
  chinese,
  english,
  french,
  german,
  japanese,
  portuguese,
  russian,
  spanish,
};
const rowsAcross: readonly RowsAcross[] = [
  wordsOfOthers,
  wordsOfReceivers,
  wordsOfPlanting,
  wordsOfMoney,
  wordsOfForgery,
  wordsOfHarms,
  wordsOfShades,
];

/** For each language, the words of all concepts. */
export const phraseTables: readonly PhraseTable[] = languageNames.map((language) =>
  Object.fromEntries(
    concepts.map((concept) => [
      concept,
      [tables[language][concept], ...rowsAcross.map((rows) => rows[concept]?.[language])].join(' '),
    ]),
  ),
);

interface Meaning {
  readonly concept: Concept;
  readonly languages: number;
  readonly words?: readonly string[];
}

/** A form of one or more words; only their beginnings where they end in `*`. */
interface Form extends Meaning {
  readonly words: readonly string[];
}

const joinedScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const firstOfGroups: readonly Concept[] = ['deliver', 'others'];

export const compiledPhrases: CompiledPhrases = compile();

function compile(): CompiledPhrases {
  const joined = new Map<string, PhraseOf[]>();
  const open: Form[] = [];
  const whole: Form[] = [];
  for (const one of allPhrases())
    if (joinedScript.test(one.phrase)) push(joined, one.phrase, one);
    else {
      const form = formOf(one);
      (form.words[0]?.endsWith('*') ? open : whole).push(form);
    }
  const forms = [...open, ...whole];
  const firstWord = ({ words: [first = ''] }: Form): string => first.replace(/\*$/, '');
  const beginningLength = Math.min(...open.map((form) => firstWord(form).length));
  // Those of one beginning stay together.
  const byBeginning = [...Map.groupBy(open, firstWord).values()].flat();
  return {
    exact: linesBy(whole, firstWord),
    beginnings: linesBy(byBeginning, (form) => firstWord(form).slice(0, beginningLength)),
    beginningLength,
    longestForm: Math.max(...forms.map(({ words }) => words.length)),
    joined: [0, 1, 2].map((group) =>
      linesBy(
        [...joined.values()].flat().filter(({ concept }) => groupOf(concept) === group),
        ({ phrase }) => phrase,
      ),
    ),
    hints: compileHints(forms, joined),
  };
}

function linesBy<One extends Meaning>(
  all: readonly One[],
  key: (one: One) => string,
): Record<string, string> {
  const lines = [...Map.groupBy(all, key)].map(([word, those]) => [
    word,
    those.map(lineOf).join('\n'),
  ]);
  return Object.fromEntries(lines);
}

function lineOf({ concept, languages, words = [] }: Meaning): string {
  return [concepts.indexOf(concept), languages, ...words].join(' ');
}

function formOf({ phrase, concept, languages }: PhraseOf): Form {
  const words = phrase.split('+').flatMap((part) => splitElision(foldWord(part)));
  return { words, concept, languages };
}

function groupOf(concept: Concept): number {
  const at = concepts.indexOf(concept);
  return firstOfGroups.filter((first) => at >= concepts.indexOf(first)).length;
}

// Each phrase with a concept once, and all languages that have it.
function allPhrases(): PhraseOf[] {
  const all: PhraseOf[] = [];
  const known = new Map<Concept, Map<string, PhraseOf>>(concepts.map((one) => [one, new Map()]));
  for (const [index, table] of phraseTables.entries())
    for (const [concept, phrases] of known)
      for (const phrase of (table[concept] ?? '').split(/\s+/)) {
        const before = phrases.get(phrase);
        if (before !== undefined) before.languages |= 1 << index;
        else if (phrase !== '') {
          const made = { phrase, concept, languages: 1 << index };
          phrases.set(phrase, made);
          all.push(made);
        }
      }
  return all;
}

interface PhraseOf {
  readonly phrase: string;
  readonly concept: Concept;
  languages: number;
}

function compileHints(
  forms: readonly Form[],
  joined: ReadonlyMap<string, readonly PhraseOf[]>,
): CompiledHints {
  const words = new Map<number, { readonly open: Set<number>; readonly whole: Set<number> }>();
  const put = ({ text, open }: FirstWord, bit: number): void => {
    const sum = wordSum(text);
    const entry = words.get(sum) ?? { open: new Set(), whole: new Set() };
    words.set(sum, entry);
    (open ? entry.open : entry.whole).add(bit);
  };
  for (const form of forms) put(tellingWordOf(form), concepts.indexOf(form.concept));
  for (const [bit, concept] of concepts.entries())
    for (const word of tellingWordsOfNames(concept)) put(word, bit);
  const sets = new Map<string, number>();
  const patterns = searchedPatterns.map((pattern) =>
    neededWords(pattern).map((needed) => {
      const name = needed
        .map(({ text, open }) => `${text}${open ? '*' : ''}`)
        .sort()
        .join(' ');
      const bit = sets.get(name) ?? concepts.length + sets.size;
      sets.set(name, bit);
      for (const word of needed) put(word, bit);
      return bit;
    }),
  );
  const characters = new Map<number, Set<number>>();
  for (const [word, meanings] of joined) {
    const code = word.charCodeAt(Math.max(0, word.search(/[^a-z0-9]/i)));
    const bits = characters.get(code) ?? new Set();
    characters.set(code, bits);
    for (const { concept } of meanings) bits.add(concepts.indexOf(concept));
  }
  return {
    words: Object.fromEntries(
      [...words].map(([sum, { open, whole }]) => [sum, `${[...open]}/${[...whole]}`]),
    ),
    bits: concepts.length + sets.size,
    patterns,
    characters: Object.fromEntries([...characters].map(([code, bits]) => [code, [...bits]])),
  };
}

// The run of ASCII letters and digits of a form's longest word. It is open when longer words may
// begin with it.
function tellingWordOf({ words }: Form): FirstWord {
  const runs = words.map((word) => {
    const [, text = '', star = ''] = /([a-z0-9]+)(\*$)?/.exec(word) ?? [];
    return { text, open: star !== '' };
  });
  return runs.reduce((longest, run) => (run.text.length > longest.text.length ? run : longest));
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
