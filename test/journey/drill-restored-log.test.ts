import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pinRegistry } from '../../cli/registries/addresses/pin-registry.ts';
import {
  type CosigningWitness,
  readOrMakeWitnessKey,
  witnessLine,
} from '../../cli/witness/cosigner.ts';
import { followOnce } from '../../cli/witness/follow.ts';
import { diskHeads } from '../../cli/witness/heads.ts';
import { type RunningWitness, serveWitness } from '../../cli/witness/server.ts';
import { type RunningRegistry, startRegistry } from '../../registry/serve.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { countWitnesses } from '../../skills-index/log/cosignature.ts';
import type { WitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { rootFingerprint, spkiOf } from '../../skills-index/trust/root/root.ts';
import { skill } from '../cli/command-line.ts';
import { pathsOf } from '../cli/installer-world.ts';
import { makeKey, makeRoot, type TestKey } from '../registry/people.ts';
import {
  approve,
  claimScope,
  enrol,
  makeSkill,
  publish,
  type Send,
  scan,
  signIn,
} from '../registry/road.ts';

/**
 * docs/registry-reference.md, "The log was restored from a backup": what everybody sees, played through with
 * a registry, a client and a witness.
 */
describe('a log server that was restored from yesterday’s backup', () => {
  const trust = makeRoot();
  const author = makeKey();
  const scanner = makeKey();
  const rita = makeKey();
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-drill-'));
  const data = join(folder, 'registry');
  const backup = join(folder, 'backup');
  const today = join(folder, 'today');
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  const said: string[] = [];
  const alarms: string[] = [];
  let running: RunningRegistry;
  let watching: RunningWitness;
  let witness: CosigningWitness;
  let policy: WitnessPolicy;
  let port = 0;
  const send: Send = (path, init) => fetch(`${running.base}${path}`, init);

  const start = async (witnesses = [watching.base]): Promise<void> => {
    running = await startRegistry({ dir: data, port, witnesses, log: (line) => said.push(line) });
    port = Number(new URL(running.base).port);
  };
  const release = async (version: string): Promise<void> => {
    const made = makeSkill('@acme/report', version);
    expect((await publish(send, made, author)).status).toBe(201);
    expect((await scan(send, await signIn(send, scanner), scanner, made, 'pass')).status).toBe(200);
    expect((await approve(send, await signIn(send, rita), rita, made)).status).toBe(201);
  };
  const client = (...argv: string[]) =>
    skill(argv, { env: { SKILLGATE_HOME: home }, cwd: project, fetch, now: () => new Date() });
  const checkpoint = async () => parseCheckpoint(await (await send('/log/checkpoint')).text());
  const hex = (root: Uint8Array): string => Buffer.from(root).toString('base64');

  beforeAll(async () => {
    for (const path of [data, project]) mkdirSync(path);
    writeFileSync(join(data, 'root.json'), JSON.stringify(trust.root));
    const keys = JSON.stringify({ schema: 'skillgate.registry-keys/1', ...trust.texts });
    writeFileSync(join(data, 'keys.json'), keys, { mode: 0o600 });
    const key = await readOrMakeWitnessKey(join(folder, 'witness'), 'one.example/w');
    policy = { schema: 'skillgate.witnesses/1', threshold: 1, witnesses: [witnessLine(key)] };
    writeFileSync(join(data, 'witnesses.json'), JSON.stringify(policy));
    const { origin, log } = trust.root;
    witness = {
      key,
      logs: [{ origin, key: spkiOf(log) }],
      heads: diskHeads(join(folder, 'witness')),
      now: () => new Date(),
      alarm: (line) => alarms.push(line),
    };
    watching = await serveWitness(witness, { host: 'localhost', port: 0 });
    await start();
    const enrolled: [string, 'scanner' | 'reviewer', TestKey][] = [
      ['scanner', 'scanner', scanner],
      ['rita', 'reviewer', rita],
    ];
    for (const [name, role, who] of enrolled)
      await enrol(send, trust.administrator, { name, roles: [role], key: who });
    await claimScope(send, 'acme', author);
    await release('1.0.0');
    await pinRegistry(pathsOf(home), running.base, trust.root, []);
  });
  afterAll(async () => {
    await running.close();
    await watching.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is noticed by clients, who refuse with both heads named, and by the witness, who stops', async () => {
    // Yesterday: the folder is copied, as a backup does.
    expect(await client('install', '@acme/report')).toMatchObject({ exit: 0 });
    await running.close();
    cpSync(data, backup, { recursive: true });
    await start();

    // Today: a release that the backup does not have. The client and the witness see it.
    await release('1.1.0');
    expect(await client('install', '@acme/report@1.1.0')).toMatchObject({ exit: 0 });
    const seen = await checkpoint();
    expect((await witness.heads.read(trust.root.origin)).head?.size).toBe(seen.size);
    expect(await witnessed()).toBe(1);

    // The disk is lost, the backup comes back.
    await running.close();
    cpSync(data, today, { recursive: true });
    rmSync(data, { recursive: true });
    cpSync(backup, data, { recursive: true });
    await start();

    // While the log is shorter than what was seen: rolled back.
    const shorter = await checkpoint();
    expect(shorter.size).toBeLessThan(seen.size);
    // Also who asks for the version that was lost: "not found" would hide what happened.
    for (const version of ['1.0.0', '1.1.0']) {
      const back = await client('install', `@acme/report@${version}`);
      expect(back.exit).toBe(6);
      expect(back.stderr).toContain('log-rolled-back');
      for (const { size, root } of [seen, shorter])
        expect(back.stderr).toContain(`size ${size} root ${hex(root)}`);
    }
    expect(await followOnce(witness, { base: running.base, fetch })).toMatchObject({
      status: 'behind',
    });
    expect(alarms.at(-1)).toContain(`size ${seen.size}, root`);
    await send('/index/status.json');
    expect(said.at(-1)).toContain(
      `ALARM: it cosigned this log at size ${seen.size}, but the log here has`,
    );
    expect(await asked()).toMatchObject({ ok: false, why: expect.stringContaining('ALARM') });

    // It knows that it is behind since its start, says so, and writes nothing over what was lost;
    // the witness says so too.
    const readyz = await send('/readyz');
    expect([readyz.status, JSON.parse(await readyz.text())]).toEqual([
      503,
      expect.objectContaining({ ok: false, behind: { url: watching.base, size: seen.size } }),
    ]);
    const refused = await publish(send, makeSkill('@acme/report', '1.2.0'), author);
    expect(refused).toMatchObject({ status: 409, body: { code: 'log-behind' } });
    expect((await checkpoint()).size).toBe(shorter.size);
    expect(alarms.some((line) => line.includes('an older head arrived'))).toBe(true);

    // Who will not hear it leaves the witness away. New statements grow over the lost ones: another
    // log under the same name.
    await running.close();
    await start([]);
    for (let at = 0; (await checkpoint()).size <= seen.size; at++) await release(`1.2.${at}`);
    const other = await checkpoint();
    const forked = await client('install', '@acme/report@1.2.0');
    expect(forked.exit).toBe(6);
    for (const { size, root } of [seen, other])
      expect(forked.stderr).toContain(`size ${size} root ${hex(root)}`);
    const verified = await client('verify', '@acme/report@1.2.0');
    expect(verified.exit).toBe(6);
    // Who comes now cannot know.
    const late = (...argv: string[]) =>
      skill(argv, {
        env: { SKILLGATE_HOME: join(folder, 'late') },
        cwd: join(folder, 'late-project'),
        fetch,
        now: () => new Date(),
      });
    mkdirSync(join(folder, 'late-project'));
    await pinRegistry(pathsOf(join(folder, 'late')), running.base, trust.root, []);
    expect(await late('install', '@acme/report@1.2.0')).toMatchObject({ exit: 0 });
    // What was installed before goes on only as long as the last good status.
    expect(readFileSync(join(project, 'skillgate.lock'), 'utf8')).toContain('1.1.0');

    // The witness has both heads as evidence, cosigns nothing, and so who demands a witness is
    // warned at the first sight.
    expect(await followOnce(witness, { base: running.base, fetch })).toMatchObject({ status: 422 });
    expect((await witness.heads.read(trust.root.origin)).stopped?.why).toContain(
      `size ${seen.size}, root`,
    );
    const files = readdirSync(join(folder, 'witness'), { recursive: true }).map(String);
    expect(files.filter((file) => file.includes('evidence/')).length).toBeGreaterThanOrEqual(2);
    expect(await witnessed()).toBe(0);

    // The lost day comes back from a copy that has it. A person looks at the evidence and lets the
    // witness go on.
    await running.close();
    rmSync(data, { recursive: true });
    cpSync(today, data, { recursive: true });
    await start();
    expect(await client('install', '@acme/report@1.1.0')).toMatchObject({ exit: 0 });
    expect(await asked()).toMatchObject({ ok: false, why: expect.stringContaining('503') });

    // A host that saw the other log gets out by a person only, who is shown both heads.
    const forget = ['registry', 'trust', running.base, '--forget-log'] as const;
    expect(await late('verify', '@acme/report@1.1.0')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('log-rolled-back'),
    });
    expect(await late(...forget)).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('not-confirmed'),
    });
    expect(await late(...forget, '--root', `sha256:${'ab'.repeat(32)}`)).toMatchObject({ exit: 6 });
    expect(await late('verify', '@acme/report@1.1.0')).toMatchObject({ exit: 6 });
    const forgotten = await late(...forget, '--root', rootFingerprint(trust.root));
    expect(forgotten.exit).toBe(0);
    for (const { size, root } of [other, seen])
      expect(forgotten.stderr).toContain(`size ${size}, root ${hex(root)}`);
    expect(
      readdirSync(join(folder, 'late'), { recursive: true }).filter((path) =>
        /alarms.*json$/.test(String(path)),
      ),
    ).toHaveLength(2);
    expect(await late('verify', '@acme/report@1.1.0')).toMatchObject({ exit: 0 });
    const shown = await late('registry', 'show', running.base);
    expect(shown).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining(`log:       size ${seen.size}, root ${hex(seen.root)}`),
    });
    for (const file of files)
      if (file.endsWith('stopped.json')) rmSync(join(folder, 'witness', file));
    // Neither is started again for it.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await witnessed()).toBe(1);
    expect(await asked()).toMatchObject({ ok: true, size: seen.size });
    expect((await send('/readyz')).status).toBe(200);
  });

  /** What the registry says of its witness. */
  async function asked(): Promise<unknown> {
    await send('/index/status.json');
    return JSON.parse(await (await send('/readyz')).text()).witnesses[0];
  }

  async function witnessed(): Promise<number> {
    const bytes = Buffer.from(await (await send('/index/status.json')).arrayBuffer());
    const { checkpoint: note } = verifyStatus(bytes, trust.root, Date.now());
    return countWitnesses({ note, policy, log: { key: spkiOf(trust.root.log) }, now: Date.now() })
      .counted.length;
  }
});
