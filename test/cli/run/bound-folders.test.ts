import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CommandContext } from '../../../cli/command.ts';
import {
  bindAgentFolder,
  bindChangedFolders,
  bindFolders,
  withBinders,
} from '../../../cli/run/bound-folders.ts';
import type { Agent } from '../../../skills-index/run/agents/agent.ts';
import type { ChangeSet } from '../../../skills-index/run/changes/changes.ts';
import type { HostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import type { MountCapability } from '../../../skills-index/skill/capability.ts';
import { folderWith } from '../temporary-folder.ts';

const work: MountCapability = {
  source: 'workspace:work',
  target: '/work',
  mode: 'cow',
  files: 'arguments',
};
const reports: MountCapability = { source: 'workspace:reports', target: '/reports', mode: 'ro' };
const policyWith = (workspaces: Record<string, string>, writable: readonly string[] = []) =>
  ({ workspaces, writable }) as unknown as HostPolicy;

function contextAt(cwd: string, mount: readonly string[] = []) {
  const stderr = Object.assign(new PassThrough(), {});
  const context = { cwd, stderr, env: {}, options: { mount } } as unknown as CommandContext;
  return { context, printed: () => String(stderr.read() ?? '') };
}

describe('the folders of one run', () => {
  it('are the working folder for files that arguments name, and the person reads which', () => {
    const cwd = folderWith({ 'a.txt': 'a' });
    const { context, printed } = contextAt(cwd);
    expect(bindFolders(context, policyWith({}), [reports, work]).workspaces).toEqual({ work: cwd });
    expect(printed()).toContain(`note: /work is the folder ${cwd}`);
  });

  it.each([
    ['host policy binds', policyWith({ work: '/srv/work' }), [], { work: '/srv/work' }],
    ['the option binds', policyWith({}), ['work=/usr'], { work: '/usr' }],
    [
      'the option binds against host policy',
      policyWith({ work: '/srv/work' }),
      ['work=/usr'],
      { work: '/usr' },
    ],
  ])('are those that %s', (_, policy, mount, workspaces) => {
    const { context, printed } = contextAt(folderWith({}), mount);
    expect(bindFolders(context, policy, [work]).workspaces).toEqual(workspaces);
    expect(printed()).toBe('');
  });

  it('are not taken where there is no folder, and the line that makes it is shown', () => {
    const cwd = folderWith({});
    const bind = () => bindFolders(contextAt(cwd, ['work=no pe']).context, policyWith({}), [work]);
    expect(bind).toThrow(
      expect.objectContaining({
        code: 'file-not-found',
        message: `Cannot bind work: there is no folder ${cwd}/no pe`,
        hint: `mkdir -p '${cwd}/no pe'`,
      }),
    );
  });

  it('are written to without a hold only where host policy names the very folder', () => {
    const policy = policyWith({ work: '/usr/bin', reports: '/srv/r' }, ['work', 'reports']);
    const other = bindFolders(contextAt('/', ['work=/usr']).context, policy, [work]);
    expect(other.writable).toEqual(['reports']);
    const same = bindFolders(contextAt('/', ['work=/usr/bin']).context, policy, [work]);
    expect(same.writable).toEqual(['work', 'reports']);
    const cwd = folderWith({});
    const left = policyWith({}, ['work']);
    expect(bindFolders(contextAt(cwd).context, left, [work]).writable).toEqual([]);
    const agent = { workspace: { name: 'project', mode: 'cow' } } as unknown as Agent;
    const own = policyWith({ project: '/srv/project' }, ['work', 'project']);
    expect(bindAgentFolder(own, agent, [work]).writable).toEqual(['project']);
  });

  it('are none for another mount, which only a person binds', () => {
    const { context } = contextAt(folderWith({}));
    expect(bindFolders(context, policyWith({}), [reports]).workspaces).toEqual({});
  });

  const inFolder = (...made: string[]): string => {
    const folder = folderWith({});
    for (const one of made) mkdirSync(join(folder, one), { recursive: true });
    return folder;
  };
  const linkTo = (folder: string): string => {
    const link = join(folderWith({}), 'link');
    symlinkSync(folder, link);
    return link;
  };

  it.each([
    ['a home folder', () => homedir()],
    ['a link to a home folder', () => linkTo(homedir())],
    ['a folder above a home folder', () => dirname(realpathSync(homedir()))],
    ['the root', () => '/'],
    ['a folder of the system', () => '/etc'],
    ['a folder in a folder of the system', () => realpathSync('/proc/self')],
    ['the folder of all home folders', () => '/home'],
    ['a folder with keys', () => inFolder('.ssh')],
    ['a folder with the login of a program', () => inFolder('.config/gh')],
    ['a folder of keys', () => join(inFolder('.ssh'), '.ssh')],
    ['a folder in a hidden folder', () => join(inFolder('.config/gh/x'), '.config/gh/x')],
    ['the folder of a repository’s hooks', () => join(inFolder('.git/hooks'), '.git/hooks')],
  ])('never are %s', (_, make) => {
    const cwd = make();
    expect(() => bindFolders(contextAt(cwd).context, policyWith({}), [work])).toThrow(
      expect.objectContaining({ code: 'plan-refused' }),
    );
  });

  it('are the real folder where a link leads to the working folder', () => {
    const cwd = folderWith({});
    const { context, printed } = contextAt(linkTo(cwd));
    expect(bindFolders(context, policyWith({}), [work]).workspaces).toEqual({ work: cwd });
    expect(printed()).toContain(`is the folder ${cwd}`);
  });

  it('need no home folder', () => {
    vi.stubEnv('HOME', '/nonexistent');
    onTestFinished(() => void vi.unstubAllEnvs());
    const cwd = folderWith({});
    expect(bindFolders(contextAt(cwd).context, policyWith({}), [work]).workspaces).toEqual({
      work: cwd,
    });
  });

  it.each([
    ['no folder', 'work'],
    ['a name that no workspace has', 'Work Space=/srv'],
    ['a workspace that the skill does not mount', 'works=/srv'],
  ])('are refused for an option with %s', (_, option) => {
    const { context } = contextAt(folderWith({}), [option]);
    expect(() => bindFolders(context, policyWith({}), [work])).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('the folders of a run of an agent', () => {
  const agent = { name: 'coder', workspace: { name: 'project', mode: 'cow' } } as unknown as Agent;

  it('are the agent’s own workspace for files that arguments name', () => {
    const policy = policyWith({ project: '/srv/project' });
    expect(bindAgentFolder(policy, agent, [work]).workspaces).toEqual({
      project: '/srv/project',
      work: '/srv/project',
    });
  });

  it.each([
    ['an agent without a workspace', { name: 'reader' }, { project: '/srv/project' }, [work]],
    ['a workspace that host policy lacks', agent, {}, [work]],
    ['another mount', agent, { project: '/srv/project' }, [reports]],
    ['a source that host policy binds', agent, { project: '/srv/project', work: '/srv/w' }, [work]],
  ])('stay those of host policy for %s', (_, who, workspaces, mounts) => {
    const policy = policyWith(workspaces as Record<string, string>);
    expect(bindAgentFolder(policy, who as Agent, mounts)).toBe(policy);
  });
});

describe('the folders of changes that wait', () => {
  const folder = realpathSync(tmpdir());
  const set = (agent: string) =>
    ({ agent, folders: [{ source: 'workspace:work', path: folder }] }) as unknown as ChangeSet;

  it('are bound again for a person who made the changes', () => {
    expect(bindChangedFolders(policyWith({}), set('operator')).workspaces).toEqual({
      work: folder,
    });
  });

  it('are bound again for an agent only while host policy names the folder', () => {
    expect(bindChangedFolders(policyWith({}), set('coder')).workspaces).toEqual({});
    expect(bindChangedFolders(policyWith({ project: folder }), set('coder')).workspaces).toEqual({
      project: folder,
      work: folder,
    });
  });
});

describe('a plan for people', () => {
  const mountOf = (name: string) => ({
    source: `workspace:${name}`,
    path: `/host/${name}`,
    id: name,
    target: `/${name}`,
    mode: 'cow' as const,
    reason: 'approved: reads; bound by host policy',
  });

  it('names host policy only for the folders that host policy binds', () => {
    const { context } = contextAt('/', ['reports=/other']);
    const plan = { mounts: ['known', 'reports', 'work'].map(mountOf) };
    const before = policyWith({ known: '/host/known', reports: '/host/reports' });
    const told = withBinders(context, before, plan).mounts.map(({ reason }) => reason);
    expect(told).toEqual([
      'approved: reads; bound by host policy',
      'approved: reads; bound by --mount',
      'approved: reads; the folder in which you called the command',
    ]);
  });
});
