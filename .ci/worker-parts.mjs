// Makes what the Worker has in place of larger things (wrangler.toml, [build] and [alias]): tldts's list of public suffixes as one packed text,
// and the notes about rules without their examples, which `skill explain` shows.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const top = join(import.meta.dirname, '..');
const folder = join(top, '.cache/worker');
mkdirSync(folder, { recursive: true });

const require = createRequire(import.meta.url);
const trie = require(join(dirname(require.resolve('tldts')), 'src/data/trie.js'));
const edges = [];
for (let edge = 0, at = 0; edge < trie.edgeLength.length; at += trie.edgeLength[edge++]) {
  edges.push({ label: trie.labelText.slice(at, at + trie.edgeLength[edge]), child: trie.edgeChild[edge] });
}

/** Host names are ASCII with us; labels in other scripts stand there a second time as punycode. */
function pack(node) {
  const from = edges.slice(trie.edgeStart[node], trie.edgeStart[node + 1]);
  const ascii = from.filter(({ label }) => /^[a-z0-9*-]+$/.test(label)).sort((a, b) => (a.label < b.label ? -1 : 1));
  const texts = ascii.map(({ label, child }) => {
    const below = pack(child);
    return `${label}${trie.nodeFlags[child] === 0 ? '?' : ''}${below === '' ? '' : `(${below})`}`;
  });
  return texts.join(' ').replaceAll(') ', ')');
}

const packed = `${pack(trie.rulesRoot)}\n${pack(trie.exceptionsRoot)}`;
if (packed.length < 50_000) throw new Error('the list of public suffixes is not where it was in tldts');
writeFileSync(
  join(folder, 'public-suffixes.js'),
  `import { suffixesIn } from '../../registry/public-suffix.ts';\n\nexport const getPublicSuffix = suffixesIn(${JSON.stringify(packed)});\n`,
);

const notes = JSON.parse(readFileSync(join(top, 'skills-index/statement/rule-notes.json'), 'utf8'));
const none = { files: [], findings: [] };
const short = Object.entries(notes).map(([name, note]) => [name, { ...note, attack: none, near: none }]);
writeFileSync(join(folder, 'rule-notes.json'), JSON.stringify(Object.fromEntries(short)));
