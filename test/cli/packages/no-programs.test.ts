import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveNpm } from '../../../cli/packages/lock-skill.ts';
import { resolvePython } from '../../../cli/packages/resolve-python.ts';
import { folderWith } from '../temporary-folder.ts';

const request = {
  requires: ['honest'],
  pins: new Map<string, never>(),
  index: 'https://index.example/simple/',
  minimumAgeDays: 0,
};
const page = `<a href="/honest-1.0-py3-none-any.whl#sha256=${'ab'.repeat(32)}">honest-1.0-py3-none-any.whl</a>`;

/** A folder of programs, with the environment in which they are found. */
function world(files: Readonly<Record<string, string>>, programs: readonly string[]) {
  const folder = folderWith(files);
  for (const name of programs) chmodSync(join(folder, name), 0o755);
  return {
    folder,
    marker: join(folder, 'ran'),
    env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder },
    fetch: async () => new Response(page),
    now: () => new Date(),
    signal: new AbortController().signal,
  };
}

const report = (isDirect: boolean): string =>
  JSON.stringify({
    pip_version: '99',
    install: [{ is_direct: isDirect, metadata: { name: 'honest', version: '1.0' } }],
  });

/** Stands for pip, as another Python starts pip. `act` is what a package makes pip do. */
function pip(act: string, isDirect = false): Readonly<Record<string, string>> {
  return {
    uv: '#!/bin/sh\nexit 1\n',
    python3: '#!/bin/sh\n[ "$1" = -c ] && echo "$(dirname "$0")/pip/__pip-runner__.py"\n',
    'pip/__pip-runner__.py': `import os, subprocess, sys
marker = os.path.join(os.environ["HOME"], "ran")
print("Collecting honest")
print("  Collecting evil@ file:///srv/evil-1.0.tar.gz (from honest)", flush=True)
${act}
if "--report" in sys.argv:
    open("report.json", "w").write('''${report(isDirect)}''')
`,
  };
}

describe('pip that chooses versions', () => {
  const builds = [
    ['a program', 'subprocess.run(["/bin/sh", "-c", "touch " + marker])'],
    ['a shell', 'os.system("touch " + marker)'],
    ['a child', 'os.fork() or open(marker, "w")'],
    ['another program in its place', 'os.execv("/usr/bin/touch", ["touch", marker])'],
    [
      'a program of the kernel’s',
      'os.posix_spawn("/usr/bin/touch", ["touch", marker], os.environ)',
    ],
    [
      'a program, and tries to hide it',
      'sys.addaudithook(lambda *_: None)\nos.system("touch " + marker)',
    ],
  ] as const;

  it.each(builds)('starts no code of a package as %s', async (_, act) => {
    const own = world(pip(act), ['uv', 'python3']);
    await expect(resolvePython(own, request)).rejects.toMatchObject({
      code: 'package-unsafe',
      message: expect.stringContaining('Collecting evil@ file:///srv/evil-1.0.tar.gz'),
    });
    expect(existsSync(own.marker)).toBe(false);
    // The same pip without the guard runs the code.
    const runner = join(own.folder, 'pip/__pip-runner__.py');
    execFileSync('/usr/bin/python3', [runner], { env: own.env });
    expect(existsSync(own.marker)).toBe(true);
  });

  it('is missing where no Python has it', async () => {
    const none = '#!/bin/sh\necho "ModuleNotFoundError: No module named \'pip\'" >&2\nexit 1\n';
    const own = world({ ...pip('pass'), python3: none }, ['uv', 'python3']);
    await expect(resolvePython(own, request)).rejects.toMatchObject({
      code: 'package-tool-missing',
    });
  });

  it.each([
    [true, 'host policy wants', `skillgate host index add python '${request.index}' --min-age 0`],
    [false, '--exclude-newer wants', 'skillgate lock --exclude-newer 0'],
  ])(
    'is not enough for a least age (%s): who wants it, and what to type',
    async (isAgeOfPolicy, who, line) => {
      const own = world(pip('pass'), ['uv', 'python3']);
      const aged = { ...request, minimumAgeDays: 7, isAgeOfPolicy };
      await expect(resolvePython(own, aged)).rejects.toMatchObject({
        code: 'package-tool-missing',
        message: expect.stringContaining(
          `${who} versions that are at least 7 days old, and Skillgate needs uv`,
        ),
        hint: `pip install uv   (or, for versions of any age: ${line})`,
      });
    },
  );

  it('takes no wheel of an address, which needs no program', async () => {
    const own = world(pip('pass', true), ['uv', 'python3']);
    await expect(resolvePython(own, request)).rejects.toMatchObject({ code: 'package-unsafe' });
  });

  it.each([
    ['nothing', 'pass'],
    [
      'the loader of musl',
      'try: subprocess.run(["/lib/ld-musl-x86_64.so.1"])\nexcept FileNotFoundError: pass',
    ],
    ['a program that it can do without', 'try: subprocess.run(["rustc"])\nexcept OSError: pass'],
  ])('locks when it starts %s', async (_, act) => {
    expect(await resolvePython(world(pip(act), ['uv', 'python3']), request)).toMatchObject({
      tool: 'pip 99',
      packages: [{ name: 'honest', version: '1.0' }],
    });
  });
});

describe('the settings of the tools', () => {
  it('are left out, but for those of the network', async () => {
    const own = world(
      pip('open(marker, "w").write("\\n".join(f"{a}={b}" for a, b in os.environ.items()))'),
      ['uv', 'python3'],
    );
    const settings = {
      PIP_EXTRA_INDEX_URL: 'x',
      PIP_CERT: '/cert',
      UV_INDEX: 'x',
      npm_config_git: 'x',
    };
    await resolvePython({ ...own, env: { ...own.env, ...settings } }, request);
    const seen = execFileSync('/bin/cat', [own.marker], { encoding: 'utf8' }).split('\n');
    expect(seen.filter((one) => /^(PIP|UV|npm_config)_/.test(one)).sort()).toEqual([
      'PIP_CERT=/cert',
      'PIP_CONFIG_FILE=/dev/null',
    ]);
  });
});

describe('npm that chooses versions', () => {
  /** Stands for npm. `act` is what a package makes npm do. */
  const npm = (act: string): Readonly<Record<string, string>> => ({
    npm: `#!${process.execPath}
const child = require('node:child_process');
const marker = process.env.HOME + '/ran';
${act}
require('node:fs').writeFileSync('package-lock.json', '{"lockfileVersion": 3, "packages": {}}');
`,
  });

  it.each([
    ['a program', "child.spawnSync('touch', [marker])"],
    ['a shell', "child.execSync('touch ' + marker)"],
    ['a module', "import('node:child_process').then((own) => own.spawn('touch', [marker]))"],
    [
      'a program without the usual function',
      "new child.ChildProcess().spawn({ file: 'touch', args: ['touch', marker] })",
    ],
  ])('starts no code of a package as %s', async (_, act) => {
    const own = world(npm(act), ['npm']);
    await expect(resolveNpm(own, request)).rejects.toMatchObject({
      code: 'package-unsafe',
      message: expect.stringContaining('touch'),
    });
    expect(existsSync(own.marker)).toBe(false);
    execFileSync(join(own.folder, 'npm'), { env: own.env, cwd: own.folder });
    expect(existsSync(own.marker)).toBe(true);
  });

  it.each([
    ['Refusing to fetch "evil@github:a/evil#0123"', 'evil@github:a/evil#0123'],
    ['Fetching packages of type "remote" have been disabled', 'Fetching packages of type "remote"'],
  ])('says what npm itself refuses: %s', async (says, shown) => {
    const own = world(npm(`console.error('${says}'); process.exit(1)`), ['npm']);
    await expect(resolveNpm(own, request)).rejects.toMatchObject({
      message: expect.stringContaining(`npm stopped at: ${shown}`),
    });
  });

  it('says which packages are deprecated', async () => {
    const entry = {
      version: '1.0.0',
      integrity: `sha512-${'A'.repeat(86)}==`,
      deprecated: 'use other',
    };
    const lock = JSON.stringify({ lockfileVersion: 3, packages: { 'node_modules/old': entry } });
    const own = world(
      npm(`require('node:fs').writeFileSync('package-lock.json', '${lock}'); process.exit(0)`),
      ['npm'],
    );
    expect((await resolveNpm(own, request)).notes).toEqual(['old 1.0.0 is deprecated: use other']);
  });

  it('locks when it starts nothing', async () => {
    expect(await resolveNpm(world(npm(''), ['npm']), request)).toMatchObject({ packages: [] });
  });
});
