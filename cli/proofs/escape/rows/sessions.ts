/** What a session has besides a skill's sandbox: the person's terminal, and package indexes. */
import { parseAdvisory } from '../../../../skills-index/run/indexes/advisory.ts';
import type {
  IndexAnswer,
  PackageRules,
} from '../../../../skills-index/run/indexes/index-answer.ts';
import { parseIndexRequest } from '../../../../skills-index/run/indexes/index-request.ts';
import { judgeNpm } from '../../../../skills-index/run/indexes/npm-answer.ts';
import { judgePython } from '../../../../skills-index/run/indexes/python-answer.ts';
import { whyNotEgress } from '../../../../skills-index/run/plan/plan-surroundings.ts';
import { printable } from '../../../../skills-index/skill/text/shown-text.ts';
import { safe } from '../../../terminal/output.ts';
import { ScreenFilter } from '../../../terminal/screen-filter.ts';
import type { Outcome, RunnerAttempt } from '../row.ts';

/** Sequences that terminals obey, each with the form in which a terminal would see it. */
const sequences: readonly (readonly [name: string, drawn: string, obeyed: RegExp])[] = [
  [
    'have the terminal type its title into the shell',
    '\x1b]2;\nrm -rf ~\n\x07\x1b[21t',
    /\x1b\[21t/,
  ],
  [
    'have the terminal type its title, in a sequence of eight bits',
    '\x1b]2;x\x07\x9b21t',
    /\x9b21t/,
  ],
  ['write the person’s clipboard', '\x1b]52;c;cm0gLXJmIH4K\x07', /\x1b\]52;c;cm/],
  ['read the person’s clipboard', '\x1b]52;c;?\x1b\\', /\x1b\]52;c;\?/],
  ['define a key as a command', '\x1bP0;1|17/6c730a\x1b\\', /\x1bP[\d;]*\|/],
  [
    'write the clipboard through a multiplexer',
    '\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\',
    /\x1b\]52|\x1bPtmux/,
  ],
  ['read a file by the terminal’s graphics', '\x1b_Gt=f;L2V0Yy9wYXNzd2Q=\x1b\\', /\x1b_G/],
  ['write a file by the terminal', '\x1b]1337;File=name=eA==:eA==\x07', /\x1b\]1337;File/],
  ['read the screen above the session', '\x1b[1;0;1;1;9;9*y', /\x1b\[[\d;]*\*y/],
  ['print the screen', '\x1b[5i', /\x1b\[5i/],
  ['have the terminal type its stored answer', '\x05', /\x05/],
  ['show a link as another address', '\x1b]8;;https://evil.example/\x07', /\x1b\]8;;h/],
  ['leave the terminal with reports of the mouse', '\x1b[?1003h', /\x1b\[\?1003h(?!.*\?1003l)/s],
  ['leave the terminal without an echo of lines', '\x1b[?1049h', /\x1b\[\?1049h(?!.*\?1049l)/s],
];

/** Escapes by the person's terminal, whole and in single signs. */
export const terminalRows: readonly RunnerAttempt[] = sequences.map(([act, drawn, obeyed]) => ({
  name: `${act}, in a session with a terminal`,
  wants: 'commands, data or the state of the person’s terminal',
  bare: async () => obeyed.test(drawn),
  attempt: async () => {
    // Whole, and in single signs.
    const shown = [[drawn], [...drawn]].map((pieces) => {
      const filter = new ScreenFilter();
      return `${pieces.map((piece) => filter.push(piece)).join('')}${filter.reset()}`;
    });
    return judged(!shown.some((text) => obeyed.test(text)), 'the terminal obeys nothing of it');
  },
}));

const drawnAll = sequences.map(([, drawn]) => drawn).join('');
const isDrawing = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** What a person reads on a plain terminal: the output of a run, and Skillgate's own words. */
export const shownRows: readonly RunnerAttempt[] = (
  [
    ['the output of a run', printable],
    ['words in a question', (text) => safe`${text}`.text],
  ] satisfies readonly (readonly [string, (text: string) => string])[]
).map(([place, show]) => ({
  name: `have the terminal obey ${place}`,
  wants: 'commands, data or the state of the person’s terminal',
  bare: async () => isDrawing.test(drawnAll),
  attempt: async () => judged(!isDrawing.test(show(drawnAll)), 'the terminal gets no control sign'),
}));

const now = new Date('2026-06-10T00:00:00Z');
const old = '2020-01-01T00:00:00Z';
const advisory = JSON.stringify({
  id: 'MAL-1',
  affected: [{ package: { ecosystem: 'npm', name: 'lib' }, versions: ['1.0.1'] }],
});
const rules: PackageRules = {
  name: 'lib',
  minimumAgeDays: 7,
  now,
  malicious: parseAdvisory(advisory, 'MAL-1.json'),
  placeOf: (url) => (url.hostname === 'index.example' ? { shown: url.href, url } : undefined),
};

const tarball = (version: string, host = 'index.example') =>
  `https://${host}/lib/-/lib-${version}.tgz`;

/** What an index says about a package, and how a session's runner judges it. */
interface Said {
  readonly name: string;
  readonly document: object;
  readonly judge: (document: object) => IndexAnswer | undefined;
}

function ofNpm(name: string, version: string, uploaded?: string, url = tarball(version)): Said {
  const versions = { [version]: { dist: { tarball: url } } };
  const time = uploaded === undefined ? {} : { [version]: uploaded };
  const judge = (document: object) => judgeNpm(document, rules);
  return { name, document: { name: 'lib', versions, time }, judge };
}

function ofPython(name: string, filename: string, url: string): Said {
  const page = 'https://index.example/simple/lib/';
  const document = { name: 'lib', files: [{ filename, url, 'upload-time': old }] };
  return { name, document, judge: (one) => judgePython(JSON.stringify(one), page, rules) };
}

const wheel = 'lib-1.0-py3-none-any.whl';
const packages: readonly Said[] = [
  ofNpm('a version that an advisory names', '1.0.1', old),
  ofNpm('a version of yesterday', '2.0.0', '2026-06-09T00:00:00Z'),
  ofNpm('a version without a date', '2.0.0'),
  ofNpm('a version with a date in words', '2.0.0', 'long ago'),
  ofNpm('a file of another host', '1.0.0', old, tarball('1.0.0', 'evil.example')),
  ofNpm('a file of the host itself', '1.0.0', old, 'file:///etc/passwd'),
  ofPython('an archive that runs code', 'lib-1.0.tar.gz', 'lib-1.0.tar.gz'),
  ofPython('a file under another file’s name', wheel, 'other-1.0-py3-none-any.whl'),
];

/** A naive proxy passes on whatever its index lists. */
function listsNaively(document: object): boolean {
  return /"(?:tarball|url)":"[^"]+"/.test(JSON.stringify(document));
}

const outs: readonly (readonly [name: string, path: string])[] = [
  ['a search', '/-/v1/search'],
  ['an account', '/-/user/org.couchdb.user:secret'],
  ['a report of its packages', '/-/npm/v1/security/advisories/bulk'],
  ['a path that leaves the index', '/lib/-/../../admin'],
  ['a revision', '/lib/-rev/1'],
];

/** Escapes by a package index of a session. A naive proxy passes on whatever its host answers. */
export const indexRows: readonly RunnerAttempt[] = [
  ...packages.map(
    ({ document, judge, name }): RunnerAttempt => ({
      name: `fetch from the session’s index ${name}`,
      wants: 'code that nobody had time to look at',
      bare: async () => listsNaively(document),
      attempt: async () => {
        const files = [...(judge(document)?.files.values() ?? [])];
        const isHeld = !files.some(({ kind }) => kind === 'file');
        return judged(isHeld, 'the session’s runner passes on no such file');
      },
    }),
  ),
  ...outs.map(
    ([what, path]): RunnerAttempt => ({
      name: `send to the session’s index ${what}`,
      wants: 'a way out by the index',
      bare: async () => new URL(path, 'https://index.example').host === 'index.example',
      attempt: async () =>
        judged(parseIndexRequest('npm', '', path) === undefined, 'no request of the protocol'),
    }),
  ),
  ...['https://*/*', 'http://*.skillgate.internal/*', 'http://npm.index.skillgate.internal/*'].map(
    (url): RunnerAttempt => ({
      name: `grant a session ${url}`,
      wants: 'other ports of the machine with the model or the index',
      bare: async () => URL.canParse(url.replace('*.', '').replace('//*', '//any.example')),
      attempt: async () => judged(whyNotEgress(url) !== undefined, whyNotEgress(url) ?? ''),
    }),
  ),
];

function judged(isBlocked: boolean, detail: string): Outcome {
  return isBlocked
    ? { result: 'blocked', detail }
    : { result: 'through', detail: 'the attempt got through' };
}
