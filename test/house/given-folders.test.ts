import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(top, path), 'utf8');
const runner = globSync('runner/**/*.ts', { cwd: top });

/** The files that give entries to other users, and why no other user can replace them meanwhile. */
const givers: Readonly<Record<string, string>> = {
  'runner/files/owned-folder.ts': 'only while the folder above is the runner’s',
  'runner/changes/put-entry.ts': 'by the descriptor of the new entry',
  'runner/mounts/copy-tree.ts': 'the copy is the runner’s until its top is given, last of all',
  'runner/mounts/views.ts': 'in a file system that the script has just mounted',
};

/**
 * The files that touch folders which the runner gave to others, with their calls by path that lead
 * to a folder of the runner, or to what nobody has yet.
 */
const inGivenFolders: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    runner
      .filter((path) => /^runner\/(?:observe|git)\/[^/]+$/.test(path))
      .map((path) => [path, []]),
  ),
  'runner/sessions/session.ts': [
    'mkdirSync(folder)',
    'chmodSync(folder)',
    'chmodSync(`{runFolder}/skills`)',
    'statSync(root)',
  ],
  'runner/files/read-below.ts': ['statSync(root)'],
  'runner/observe/observer.ts': ['mkdirSync(folder)'],
  'runner/observe/steps.ts': [
    'mkdirSync(above)',
    'mkdirSync(path)',
    "mkdirSync(join(full, '..'))",
    'writeFileSync(full)',
    'utimesSync(full)',
    'openSync(path)',
    'chmodSync(above)',
  ],
  'runner/observe/written-paths.ts': ['statSync(folder)'],
  'runner/git/git-folder.ts': [
    'readlinkSync(workTree.path)',
    'existsSync(`{own.path}/modules`)',
    'openSync(`{root}/.`)',
  ],
  'runner/git/hand-over.ts': ['statSync(view)', 'rmSync(room)'],
  'runner/git/made-git.ts': [
    'mkdirSync(layer)',
    'mkdirSync(made)',
    'mkdirSync(`{made}/{name}`)',
    'writeFileSync(`{made}/{name}`)',
    'lstatSync(`{from}/{name}`)',
    'lstatSync(`{git.path}/{path}`)',
    'readlinkSync(git.path)',
  ],
  'runner/git/quarantine.ts': [
    'openSync(path)',
    "mkdtempSync(join(tmpdir(), 'skillgate-git-'))",
    'chmodSync(path)',
  ],
  'runner/git/take-over.ts': ['readdirSync(folder.path)'],
};

const fileCall =
  /^(?:access|appendFile|chmod|copyFile|cp|createReadStream|createWriteStream|exists|link|lstat|lutimes|mkdir|mkdtemp|open|opendir|readFile|readdir|readlink|realpath|rename|rm|rmdir|stat|statfs|symlink|truncate|unlink|utimes|writeFile)(?:Sync)?$/;

// `at` and `self` are what walk-folder.ts hands out.
const fromDescriptor = /^(?:at|self|(?:bytesOf\()?`\$\{self\}\/.*|[`'"]\/proc[/'"].*)\)?$/s;

/** Calls of the file system by a path that does not begin at a descriptor. */
function callsByPath(text: string): string[] {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const { arguments: args, expression } = node;
      const isMember = ts.isPropertyAccessExpression(expression);
      const name = isMember ? expression.name.text : expression.getText();
      const first = args[0]?.getText() ?? '';
      const isOfFs = !isMember || /^fs(?:\.promises)?$/.test(expression.expression.getText());
      if (isOfFs && fileCall.test(name) && !fromDescriptor.test(first))
        found.push(`${name}(${first.replaceAll('$', '')})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

it('gives entries to other users in these files alone', () => {
  const all = runner.filter((path) => {
    const code = read(path).replace(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, '');
    return /\b[lf]?chown(?:Sync)?\(|bin\/chown/.test(code);
  });
  expect(all.toSorted()).toEqual(Object.keys(givers).toSorted());
});

it('uses no path below a folder that it gave away', () => {
  const wrong = Object.entries(inGivenFolders).flatMap(([path, own]) =>
    callsByPath(read(path))
      .filter((call) => !own.includes(call))
      .map((call) => `${path}: ${call}`),
  );
  expect(wrong).toEqual([]);
});

it('has no reason for a call that is gone', () => {
  const gone = Object.entries(inGivenFolders).flatMap(([path, own]) => {
    const calls = callsByPath(read(path));
    return own.filter((call) => !calls.includes(call)).map((call) => `${path}: ${call}`);
  });
  expect(gone).toEqual([]);
});

it.each([
  ['runner/sessions/session.ts', 'writeFileSync(`{folder}/new`, tokens.renew());'],
  ['runner/sessions/session.ts', 'renameSync(`{folder}/new`, `{folder}/token`);'],
  ['runner/observe/step-sandbox.ts', "fs.writeFileSync(`{folders.observe}/go`, '');"],
  ['runner/observe/step-sandbox.ts', "fs.readFileSync(path, 'utf8').slice(0, 10);"],
  ['runner/observe/written-paths.ts', 'for (const name of readdirSync(folder)) see(name);'],
  ['runner/git/hand-over.ts', 'fs.mkdirSync(objects, { mode: 0o700 });'],
  ['runner/git/new-commits.ts', "fs.readFileSync(path, 'latin1');"],
  ['runner/git/new-commits.ts', 'fs.promises.open(path);'],
])('would find in %s: %s', (path, line) => {
  const own = inGivenFolders[path] ?? [];
  expect(callsByPath(line).filter((call) => !own.includes(call))).toHaveLength(1);
});
