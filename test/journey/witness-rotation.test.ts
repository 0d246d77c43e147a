import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CosigningWitness, readOrMakeWitnessKey } from '../../cli/witness/cosigner.ts';
import { followOnce } from '../../cli/witness/follow.ts';
import { diskHeads } from '../../cli/witness/heads.ts';
import { logOf, makeRenew, readRootFile } from '../../cli/witness/witness.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { testLogKey } from '../skills-index/story-keys.ts';
import { makeRotationStage, type RotationStage } from './rotation-stage.ts';

/** docs/registry-reference.md, "Witnesses": the log's key is replaced while witnesses watch it. */
describe('witnesses of a log whose key is rotated', () => {
  let stage: RotationStage;
  beforeAll(async () => {
    stage = await makeRotationStage();
  });
  afterAll(() => stage.close());

  const watch = async (name: string, bases: readonly string[]) => {
    const dir = join(stage.folder, name);
    const path = `${dir}-root.json`;
    writeFileSync(path, readFileSync(join(stage.data, 'root.json')));
    const given = await readRootFile(path);
    const logs = [logOf(given.root)];
    const said: string[] = [];
    const say = (line: string) => said.push(line);
    const now = () => new Date();
    const renew = makeRenew({ logs, roots: [given], bases, fetch, now, say });
    const key = await readOrMakeWitnessKey(dir, `${name}.example/w`);
    const witness: CosigningWitness = {
      key,
      logs,
      heads: diskHeads(dir),
      now,
      alarm: say,
      say,
      renew,
    };
    return { witness, path, said, look: () => followOnce(witness, { base: stage.base(), fetch }) };
  };

  it('go on by what its administrators signed, or by a new root file, without a restart, and never by a key of nobody', async () => {
    const follower = await watch('follower', [stage.base()]);
    const told = await watch('told', []);
    for (const one of [follower, told]) expect(await one.look()).toMatchObject({ status: 200 });
    await stage.rotate(['ada', 'ben'], '--new-log-key');
    await stage.release('1.0.0');

    expect(await follower.look()).toMatchObject({ status: 200 });
    expect(follower.said.join('\n')).toMatch(
      /rotated the key of its log[\s\S]*cosigned localhost: size \d+, root [\w+/]{43}=/,
    );

    await expect(told.look()).rejects.toMatchObject({ code: 'signature-invalid' });
    await expect(told.look()).rejects.toMatchObject({ code: 'signature-invalid' });
    const lines = told.said.filter((line) => line.includes('not cosigned'));
    expect(lines).toEqual([expect.stringContaining(`curl -o ${told.path} URL/index/root.json`)]);
    writeFileSync(told.path, await (await fetch(`${stage.base()}/index/root.json`)).text());
    expect(await told.look()).toMatchObject({ status: 200 });
    const { size } = parseCheckpoint(await (await fetch(`${stage.base()}/log/checkpoint`)).text());
    for (const { witness } of [follower, told])
      expect((await witness.heads.read('localhost')).head?.size).toBe(size);
  });

  it('take no key from a root file of another log, nor from a registry that administrators did not sign for', async () => {
    const { witness, path, said } = await watch('careful', ['http://localhost:1']);
    const [log] = witness.logs;
    const root = JSON.parse(readFileSync(path, 'utf8'));
    const key = Buffer.from(testLogKey('thief').publicKey).toString('base64');
    writeFileSync(path, JSON.stringify({ ...root, origin: 'other.example', log: { key } }));
    expect(log && (await witness.renew?.(log))).toBeUndefined();
    expect(witness.logs).toEqual([log]);
    expect(said).toEqual([expect.stringContaining('not cosigned')]);
  });
});
