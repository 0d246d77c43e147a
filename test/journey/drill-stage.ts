/**
 * What a drill needs: registries as processes of their own, people with homes, and command lines as
 * they would type them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { findCommand } from '../../cli/help-and-options/commands.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { type Ran, skill } from '../cli/command-line.ts';
import { makeStage, type Serving } from './processes.ts';

export interface DrillStage {
  readonly folder: string;
  /** `skill ARGV…` typed by a person, in their own project folder. */
  type(user: string, ...argv: string[]): Promise<Ran>;
  /** The same, which has to work; its JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by expectations
  done(user: string, ...argv: string[]): Promise<any>;
  /** The same, which has to be refused for this reason. */
  refused(code: string, user: string, ...argv: string[]): Promise<string>;
  /**
   * Makes a registry with these administrators, two of whom must agree when there are several, and
   * starts it.
   */
  registry(name: string, administrators: readonly string[]): Promise<Serving>;
  /** Somebody who has pinned a registry and has a key of their own. */
  person(user: string, base: string, ...scopes: string[]): Promise<string>;
  /**
   * Publishes a version and has it scanned by the registry's scanner and approved; its log index.
   */
  release(author: string, reference: string, reviewer?: string): Promise<void>;
  publicKey(user: string, name?: string): string;
  fingerprint(base: string): string;
  /** The version that `skill verify` finds in a host's project, good. */
  installed(host: string, name: string): Promise<string>;
  /** Index of the newest entry of the log. */
  newest(user: string): Promise<string>;
  keyIdOf(user: string): Promise<string>;
  agreeOnMembers(administrator: string): Promise<void>;
  /** What was typed since the last time this was asked. */
  typed(): string[][];
  close(): Promise<void>;
}

export function makeDrillStage(): DrillStage {
  const stage = makeStage();
  const { folder } = stage;
  const fingerprints = new Map<string, string>();
  let lines: string[][] = [];

  // One person types one line after the other: their files are theirs alone.
  const before = new Map<string, Promise<unknown>>();
  const type: DrillStage['type'] = (user, ...argv) => {
    lines.push(argv);
    const cwd = join(folder, user, 'project');
    mkdirSync(cwd, { recursive: true });
    const run = () =>
      skill(argv, {
        env: { SKILLGATE_HOME: join(folder, user) },
        cwd,
        fetch,
        now: () => new Date(),
      });
    const ran = (before.get(user) ?? Promise.resolve()).then(run);
    before.set(user, ran);
    return ran;
  };
  const done: DrillStage['done'] = async (user, ...argv) => {
    const { exit, stdout, stderr } = await type(user, ...argv, '--format', 'json');
    expect(exit, `${user}: skill ${argv.join(' ')}\n${stdout}${stderr}`).toBe(0);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  const publicKey: DrillStage['publicKey'] = (user, name = 'default') =>
    join(folder, user, 'config/keys', `${name}.pub.json`);

  /** Administrators sign the proposal in a registry's folder, and it is published. */
  const agree = async (name: string, administrators: readonly string[]): Promise<void> => {
    const file = join(folder, name, 'tuf-proposal.json');
    const root = [
      '--root',
      rootFingerprint(parseRoot(readFileSync(join(folder, name, 'root.json')))),
    ];
    const { proposal } = await done('operator', 'registry', 'rotate', 'show', file, ...root);
    for (const one of administrators)
      await done(one, 'registry', 'rotate', 'sign', file, ...root, '--digest', proposal, '--yes');
    await done('operator', 'registry', 'rotate', 'publish', join(folder, name));
  };

  /**
   * An administrator types what `member list` shows them: every enrolment that lacks a signature.
   */
  const agreeOnMembers = async (administrator: string): Promise<void> => {
    const { stderr } = await type(administrator, 'member', 'list', '--key', 'administrator');
    for (const [, line = ''] of stderr.matchAll(
      /sign it: \S*(?:npm run -s skill --|skill(?:gate)?) (member add .*)$/gm,
    ))
      await done(administrator, ...line.split(' '), '--key', 'administrator');
  };

  return {
    folder,
    type,
    done,
    publicKey,
    agreeOnMembers,
    refused: async (code, user, ...argv) => {
      const { exit, stderr } = await type(user, ...argv);
      expect(stderr, `${user}: skill ${argv.join(' ')} ended with ${exit}`).toContain(code);
      expect(exit).toBeGreaterThan(0);
      return stderr;
    },
    registry: async (name, administrators) => {
      const [first = '', ...others] = administrators;
      for (const other of others) await done(other, 'key', 'create', 'administrator');
      const more = others.flatMap((other) => [
        '--administrator',
        publicKey(other, 'administrator'),
      ]);
      const { fingerprint } = await done(
        first,
        'registry',
        'init',
        join(folder, name),
        '--origin',
        'localhost',
        ...more,
      );
      if (others.length > 0) await agree(name, administrators.slice(0, 2));
      const serving = await stage.serve('operator', join(folder, name));
      fingerprints.set(serving.base, fingerprint);
      for (const one of administrators)
        await done(one, 'registry', 'add', serving.base, '--root', fingerprint);
      if (others[0] !== undefined) await agreeOnMembers(others[0]);
      return serving;
    },
    person: async (user, base, ...scopes) => {
      const named = scopes.flatMap((scope) => ['--scope', scope]);
      await done(user, 'registry', 'add', base, '--root', fingerprints.get(base) ?? '', ...named);
      return (await done(user, 'key', 'create')).keyId;
    },
    release: async (author, reference, reviewer = 'rita') => {
      const [name = '', version = ''] = reference.slice(1).split('@');
      writeSkill(join(folder, author, 'project', version), `@${name}`, version);
      await done(author, 'publish', version);
      expect(await done(author, 'status', reference, '--wait')).toMatchObject({
        status: 'in review',
      });
      await done(reviewer, 'review', 'approve', reference, '--reason', 'read all of it', '--yes');
    },
    fingerprint: (base) => fingerprints.get(base) ?? '',
    installed: async (host, name) => (await done(host, 'verify', name)).verified[0].version,
    newest: async (user) => String((await done(user, 'key', 'list')).keys[0].log.logSize - 1),
    keyIdOf: async (user) =>
      (await done(user, 'key', 'list')).keys.find(
        ({ name }: { name: string }) => name === 'default',
      ).keyId,
    typed: () => {
      const typed = lines;
      lines = [];
      return typed;
    },
    close: () => stage.close(),
  };
}

/**
 * A chapter of docs/registry-reference.md tells what to type: each of its commands, with its options, is
 * among those that were typed.
 */
export function expectTyped(drill: string, typed: readonly string[][]): void {
  const text = readFileSync(new URL('../../docs/registry-reference.md', import.meta.url), 'utf8');
  const [, section] = text.split(`\n### ${drill}\n`);
  const lines = (section?.split(/\n##+ /)[0] ?? '')
    .split('\n')
    .filter((line) => /^skill(gate)? /.test(line));
  expect(lines.length, `commands below "### ${drill}"`).toBeGreaterThan(0);
  const done = typed.map((argv) => shapeOf(argv));
  for (const line of lines)
    expect(done, line).toContain(shapeOf(wordsOf(line.replace(/\s+#.*$/, '')).slice(1)));
}

/** `key revoke --valid-up-to`: the command and its options, without what a person fills in. */
function shapeOf(argv: readonly string[]): string {
  const found = findCommand(argv);
  if (found.kind !== 'command') return argv.join(' ');
  const options = found.rest
    .filter((word) => word.startsWith('--'))
    .map((word) => word.split('=')[0] ?? '');
  const shown = [...new Set(options)]
    .filter((option) => !['--yes', '--format', '--wait'].includes(option))
    .sort();
  return [found.row.name, ...shown].join(' ');
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

function writeSkill(folder: string, name: string, version: string): void {
  const files = {
    'SKILL.md': `---\nname: ${name.split('/')[1]}\ndescription: Names the week of a day when somebody asks for it.\n---\n\nSay the week, version ${version}.\n`,
    'skill.json': JSON.stringify({ name, version }),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
