/**
 * Build products that an agent's sessions keep: a hostile package waits in them for another agent,
 * another folder, a skill or the runner.
 */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../../../runner/sandbox/sandbox.ts';
import { cachesFolderOf, listCaches } from '../../../../runner/sessions/keep-products.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { runInSession } from '../in-session.ts';
import type { RunnerAttempt } from '../row.ts';
import { changeOwner, type EscapeWorld } from '../world.ts';
import { runOnce } from './ownership.ts';

// Folders below a world for attempts on the runner.

/** A folder of the user of attempts; made where it is not there. */
export function freshFolder(world: EscapeWorld, name: string): string {
  const folder = join(world.folder, name);
  fs.mkdirSync(folder, { recursive: true });
  changeOwner(folder, world.user);
  return folder;
}

/** Who looks for what a session left. */
interface Next {
  readonly agent: string;
  /** The folder below the world that the workspace's name means. */
  readonly folder: string;
}

const first: Next = { agent: 'one', folder: 'kept' };
const planted = 'node_modules/x/poison.js';

/** What a session of the agent prints. @throws Problem where no session starts */
async function sessionOf(
  world: EscapeWorld,
  sandbox: Sandbox,
  { agent, folder }: Next,
  script: string,
): Promise<string> {
  const command = ['sh', '-c', script];
  const terms = { agent, folder: freshFolder(world, folder), command };
  return (await runInSession(world, sandbox, terms)).printed;
}

/** The naive runner: `cp -a` into one cache for all, and out of it again. */
function keepsNaively(world: EscapeWorld, script: string): string {
  const [folder, cache, next] = ['naive', 'naive-cache', 'naive-next'].map((name) =>
    freshFolder(world, name),
  );
  const sh = (text: string, cwd = ''): string =>
    execFileSync('sh', ['-c', text], { cwd, encoding: 'utf8' });
  sh(script, folder);
  sh(`cp -a ${folder}/. ${cache} && cp -a ${cache}/. ${next}`, world.folder);
  return next ?? '';
}

const plant = `mkdir -p node_modules/x && echo through > ${planted}`;

function kept(
  name: string,
  wants: string,
  script: (world: EscapeWorld) => string,
  worksBare: (world: EscapeWorld, next: string) => boolean,
  looks: (world: EscapeWorld, sandbox: Sandbox) => Promise<boolean>,
): RunnerAttempt {
  const clear = (world: EscapeWorld): void => {
    for (const folder of ['naive', 'naive-cache', 'naive-next', 'kept', 'kept-other'])
      fs.rmSync(join(world.folder, folder), { recursive: true, force: true });
    for (const agent of ['one', 'two'])
      fs.rmSync(cachesFolderOf(world.paths, agent), { recursive: true, force: true });
  };
  return {
    name,
    wants,
    bare: async (world) => {
      const works = worksBare(world, keepsNaively(world, script(world)));
      clear(world);
      return works;
    },
    attempt: async (world, sandbox) => {
      try {
        await sessionOf(world, sandbox, first, script(world));
        const isKept = listCaches(cachesFolderOf(world.paths, 'one')).length > 0;
        if (!isKept) return { result: 'untested', detail: 'the session kept nothing' };
        if (await looks(world, sandbox)) return { result: 'through', detail: 'the next found it' };
        return { result: 'contained', detail: 'only the next session of the agent gets it' };
      } catch (cause) {
        if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
        return { result: 'untested', detail: cause.message };
      } finally {
        clear(world);
      }
    },
  };
}

const isPoisoned = (_: EscapeWorld, next: string): boolean => fs.existsSync(join(next, planted));
const search = `cat ${planted} 2>/dev/null; true`;

export const keptRows: readonly RunnerAttempt[] = [
  kept(
    'wait in a kept node_modules for another agent',
    'a program in another agent’s session',
    () => plant,
    isPoisoned,
    async (world, sandbox) =>
      (await sessionOf(world, sandbox, { ...first, agent: 'two' }, search)).includes('through'),
  ),
  kept(
    'wait in a kept node_modules for another folder under the same name',
    'a program in another project',
    () => plant,
    isPoisoned,
    async (world, sandbox) =>
      (await sessionOf(world, sandbox, { ...first, folder: 'kept-other' }, search)).includes(
        'through',
      ),
  ),
  kept(
    'wait in a kept node_modules for a skill, or for the host',
    'a program in a run of a skill',
    () => plant,
    isPoisoned,
    async (world, sandbox) => {
      const source = 'workspace:kept';
      const mount = [{ source, target: '/reports', mode: 'cow', why: 'escape suite' }];
      const code = `cat /reports/${planted}; echo looked`;
      const { printed, problem } = await runOnce(
        world,
        sandbox,
        () => ({ files: { 'probe.sh': `#!/bin/sh\n${code}` }, capabilities: { mount } }),
        ({ hostPolicy }) => ({
          hostPolicy: { ...hostPolicy, workspaces: { kept: join(world.folder, 'kept') } },
        }),
      );
      if (!printed.includes('looked'))
        throw new Problem('sandbox-refused', problem ?? 'the skill did not look');
      return printed.includes('through') || fs.existsSync(join(world.folder, 'kept', planted));
    },
  ),
  kept(
    'read a file of the host through a link in a kept folder',
    'a file that only the runner may read',
    ({ paths }) => `mkdir node_modules && ln -s ${paths.config} node_modules/out`,
    (_, next) => fs.existsSync(join(next, 'node_modules/out')),
    async (world, sandbox) => {
      const read = 'ls node_modules/out/ 2>/dev/null | grep . && echo through; true';
      return (await sessionOf(world, sandbox, first, read)).includes('through');
    },
  ),
  kept(
    'keep a program with setuid bits and a second name',
    'a program that runs with other rights',
    () =>
      'mkdir node_modules && cp /bin/sh node_modules/sh && chmod 6755 node_modules/sh && ln node_modules/sh node_modules/again && mkfifo node_modules/pipe',
    (_, next) => (fs.statSync(join(next, 'node_modules/sh')).mode & 0o6000) !== 0,
    async (world) => {
      const [cache] = listCaches(cachesFolderOf(world.paths, 'one'));
      const tree = join(cache?.folder ?? '', `${cache?.list.generation}.tree/node_modules`);
      return fs.readdirSync(tree).some((name) => {
        const stats = fs.lstatSync(join(tree, name));
        return !stats.isFile() || (stats.mode & 0o6000) !== 0 || stats.nlink > 1;
      });
    },
  ),
];
