import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  cosignedHead,
  readOrMakeWitnessKey,
  takeSubmission,
  verifierKey,
} from '../../../cli/witness/cosigner.ts';
import { followOnce } from '../../../cli/witness/follow.ts';
import { diskHeads } from '../../../cli/witness/heads.ts';
import { serveWitness } from '../../../cli/witness/server.ts';
import { verifyCosignatures } from '../../../skills-index/log/cosignature.ts';
import { signCheckpoint } from '../../../skills-index/log/sign-cosignature.ts';
import { testLogKey } from '../../skills-index/story-keys.ts';
import {
  logFetch,
  logKey,
  noteOf,
  shared,
  submissionOf,
  watched,
} from '../../skills-index/two-histories.ts';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';
import { witnessIn } from '../witness-world.ts';

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((one) =>
    one.isFile() ? [join(one.parentPath, one.name)] : [],
  );
const stopFile = (dir: string): string =>
  filesBelow(dir).find((path) => path.endsWith('stopped.json')) ?? '';

describe('a witness over HTTP', () => {
  const serving = async () => {
    const dir = folderWith();
    const world = await witnessIn(dir);
    const server = await serveWitness(world.witness, { host: 'localhost', port: 0 });
    onTestFinished(() => server.close());
    const post = async (body: string) => {
      const response = await fetch(`${server.base}/add-checkpoint`, { method: 'POST', body });
      return {
        status: response.status,
        type: response.headers.get('content-type'),
        body: await response.text(),
      };
    };
    return { ...world, dir, base: server.base, post };
  };

  it('cosigns, and its line counts for the policy', async () => {
    const { post, policy, seconds } = await serving();
    const first = await post(await submissionOf(0, 5));
    expect(first.status).toBe(200);
    expect(verifyCosignatures((await noteOf(5)) + first.body, policy, watched)).toEqual([
      { name: 'one.example/w', seconds },
    ]);
    const second = await post(await submissionOf(5, 9));
    expect(verifyCosignatures((await noteOf(9)) + second.body, policy, watched)).toHaveLength(1);
    expect((await post(await submissionOf(9, 9))).status).toBe(200);
  });

  it('tells a log that does not know it the size to prove from', async () => {
    const { post } = await serving();
    await post(await submissionOf(0, 5));
    expect(await post(await submissionOf(0, 9))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      body: '5\n',
    });
    expect(await post(await submissionOf(3, 4))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      body: '5\n',
    });
  });

  it.each<[string, () => Promise<string>, number]>([
    [
      'a log that it was not told to watch',
      async () =>
        `old 0\n\n${await signCheckpoint({ origin: 'other.example', size: 1, root: Buffer.alloc(32) }, logKey)}`,
      404,
    ],
    ['no submission', async () => 'hello', 400],
    ['more than it reads', async () => `old 0\n${'x'.repeat(200_000)}`, 413],
  ])('refuses %s', async (_, body, status) => {
    const { post, witness } = await serving();
    expect((await post(await body())).status).toBe(status);
    expect((await witness.heads.read(watched.origin)).place).toBe(0);
  });

  it('serves what it cosigned, and says who it is', async () => {
    const { base, post, policy, witness } = await serving();
    expect((await fetch(`${base}/${watched.origin}/checkpoint`)).status).toBe(404);
    await post((await submissionOf(0, 5)) + (await signLineOf()));
    const note = await (await fetch(`${base}/${watched.origin}/checkpoint`)).text();
    expect(verifyCosignatures(note, policy, watched)).toHaveLength(1);
    // What a stranger added to the note is not served on.
    expect(note.split('\u2014')).toHaveLength(3);
    expect(await (await fetch(base)).json()).toMatchObject({
      ...policy.witnesses[0],
      verifierKey: verifierKey(witness.key),
      logs: [{ size: 5 }],
    });
    expect((await fetch(`${base}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${base}/${watched.origin}/checkpoint`, { method: 'DELETE' })).status).toBe(
      405,
    );
  });
});

describe('a witness of a log that signs two trees of one size', () => {
  it('names both heads, keeps both notes, and stays stopped over a restart until a person took the file away', async () => {
    const dir = folderWith();
    const { witness, alarms } = await witnessIn(dir);
    expect((await takeSubmission(witness, await submissionOf(0, 5))).status).toBe(200);
    const refused = await takeSubmission(witness, await submissionOf(5, 5, 'b'));
    expect(refused).toMatchObject({ status: 409 });
    expect(alarms).toHaveLength(1);
    for (const history of ['a', 'b']) {
      expect(alarms[0]).toContain((await noteOf(5, history)).split('\n')[2]);
    }
    expect(JSON.parse(readFileSync(stopFile(dir), 'utf8'))).toMatchObject({
      kept: await noteOf(5),
      sent: await noteOf(5, 'b'),
    });

    const again = await witnessIn(dir);
    expect(await takeSubmission(again.witness, await submissionOf(5, 9))).toMatchObject({
      status: 503,
    });
    expect(await cosignedHead(again.witness, watched)).toBeUndefined();
    expect(
      await followOnce(again.witness, { base: 'http://log', fetch: await logFetch(9) }),
    ).toMatchObject({ status: 503 });

    rmSync(stopFile(dir));
    expect(await takeSubmission(again.witness, await submissionOf(5, 9))).toMatchObject({
      status: 200,
    });
    // The evidence outlives the stop.
    expect(filesBelow(dir).filter((path) => path.includes('evidence'))).toHaveLength(1);
  });

  it('stays stopped when the file that says so is damaged', async () => {
    const dir = folderWith();
    const { witness } = await witnessIn(dir);
    await takeSubmission(witness, await submissionOf(0, 5));
    await takeSubmission(witness, await submissionOf(5, 5, 'b'));
    writeFileSync(stopFile(dir), '{');
    expect(await takeSubmission(witness, await submissionOf(5, 9))).toMatchObject({ status: 503 });
  });
});

describe('a witness that follows a log', () => {
  const look = async (witness: Parameters<typeof followOnce>[0], size: number, history = 'a') =>
    followOnce(witness, { base: 'http://log', fetch: await logFetch(size, history) });

  it('cosigns each head after computing the proof from tiles', async () => {
    const { witness } = await witnessIn(folderWith());
    for (const size of [1, 4, 300, 300, 700])
      expect(await look(witness, size)).toMatchObject({ status: 200 });
    expect((await witness.heads.read(watched.origin)).head?.size).toBe(700);
  });

  it('refuses a log that went back, names both heads and keeps both notes', async () => {
    const dir = folderWith();
    const { witness, alarms } = await witnessIn(dir);
    await look(witness, 9);
    expect(await look(witness, 7)).toMatchObject({ status: 'behind' });
    expect(alarms[0]).toMatch(
      /size 9, root [\w+/]{43}= was cosigned, and it now shows size 7, root [\w+/]{43}=/,
    );
    const [file = ''] = filesBelow(dir).filter((path) => path.includes('evidence'));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      kept: await noteOf(9),
      sent: await noteOf(7),
    });
    // Its older copy was only that; the log may come back.
    expect(await look(witness, 11)).toMatchObject({ status: 200 });
  });

  it.each([5, 256])('stops at another past after %i entries, powers of two too', async (size) => {
    const { witness, alarms } = await witnessIn(folderWith());
    await look(witness, size);
    expect(await look(witness, size + 5, 'b')).toMatchObject({ status: 422 });
    expect(alarms).toHaveLength(1);
    expect(await look(witness, size + 5)).toMatchObject({ status: 503 });
  });

  it.each<[string, (path: string, bytes: Buffer) => Buffer | undefined]>([
    ['is of another log', (_, bytes) => Buffer.from(bytes.map((byte) => byte ^ 1))],
  ])('refuses when a tile %s, and takes it for no fork', async (_, change) => {
    const { witness, alarms } = await witnessIn(folderWith());
    await look(witness, 300);
    const good = await logFetch(700);
    const fetch: typeof globalThis.fetch = async (input) => {
      const response = await good(input);
      if (!String(input).includes('/tile/0/')) return response;
      const bytes = change(String(input), Buffer.from(await response.arrayBuffer()));
      return bytes === undefined
        ? new Response('', { status: 404 })
        : new Response(Buffer.from(bytes));
    };
    const ended = await followOnce(witness, { base: 'http://log', fetch }).catch(
      (error: unknown) => ({ status: String(error) }),
    );
    expect(ended.status).not.toBe(200);
    expect(alarms).toEqual([]);
    expect((await witness.heads.read(watched.origin)).head?.size).toBe(300);
    expect(await look(witness, 700)).toMatchObject({ status: 200 });
  });
});

describe('what a witness remembers', () => {
  it('is followed by one head only, whoever asks at once', async () => {
    const dir = folderWith();
    const heads = [diskHeads(dir), diskHeads(dir), diskHeads(dir)];
    const notes = await Promise.all([5, 6, 7].map((size) => noteOf(size)));
    const taken = await Promise.all(
      heads.map((one, at) => one.follow(watched.origin, 0, notes[at] ?? '')),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect((await diskHeads(dir).read(watched.origin)).place).toBe(1);
  });

  it('is not overtaken by who slept while its number was used and swept away', async () => {
    const dir = folderWith();
    const heads = diskHeads(dir);
    for (let place = 0; place < 103; place++)
      expect(await heads.follow(watched.origin, place, await noteOf(place + 1))).toBe(true);
    expect(filesBelow(dir)).toHaveLength(100);
    expect(await heads.follow(watched.origin, 1, await noteOf(2))).toBe(false);
    expect((await heads.read(watched.origin)).head?.size).toBe(103);
  });

  it('is not guessed at when its file is damaged', async () => {
    const dir = folderWith();
    const { witness } = await witnessIn(dir);
    await takeSubmission(witness, await submissionOf(0, 5));
    const [head = ''] = filesBelow(dir).filter((path) => path.includes('heads'));
    writeFileSync(head, '');
    await expect(takeSubmission(witness, await submissionOf(0, 5, 'b'))).rejects.toThrow();
  });

  it('never lets two requests at once, of two witnesses over one folder, have two histories cosigned', async () => {
    const step = fc.record({
      size: fc.integer({ min: 1, max: 9 }),
      history: fc.constantFrom('a', 'b'),
      old: fc.nat(9),
      by: fc.nat(1),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        const dir = folderWith();
        const witnesses = [await witnessIn(dir), await witnessIn(dir)];
        const answers = await Promise.all(
          steps.map(async ({ size, history, old, by }) => {
            const answer = await takeSubmission(
              (witnesses[by] ?? witnesses[0])?.witness as never,
              await submissionOf(old, size, history),
            );
            return answer.status === 200 && size > shared ? history : undefined;
          }),
        );
        expect(new Set(answers.filter((one) => one !== undefined)).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the key of a witness', () => {
  it('is made once, for its owner only, and keeps its name', async () => {
    const dir = folderWith();
    await expect(readOrMakeWitnessKey(dir, undefined)).rejects.toThrow('without a name');
    const made = await readOrMakeWitnessKey(dir, 'one.example/w');
    expect(statSync(join(dir, 'witness-key.json')).mode & 0o777).toBe(0o600);
    expect(await readOrMakeWitnessKey(dir, made.name)).toMatchObject({
      name: made.name,
      publicKey: made.publicKey,
    });
    await expect(readOrMakeWitnessKey(dir, 'another')).rejects.toThrow('never changes');
  });

  it('is refused when others may read it', async () => {
    const dir = folderWith();
    await readOrMakeWitnessKey(dir, 'one.example/w');
    writeFileSync(join(dir, 'copy'), '');
    const { chmodSync } = await import('node:fs');
    chmodSync(join(dir, 'witness-key.json'), 0o644);
    await expect(readOrMakeWitnessKey(dir, undefined)).rejects.toThrow('others may read it');
  });
});

describe('skillgate witness serve', () => {
  it.each<[string, readonly string[], string]>([
    ['no log', [], 'no log is named'],
    ['a log twice', ['--log', logLine(), '--log', logLine()], 'two logs with the same name'],
  ])('refuses %s', async (_, argv, says) => {
    const { exit, stderr } = await skill(['witness', 'serve', ...argv, '--data', folderWith()], {
      cwd: '/',
    });
    expect([exit, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it('prints the line for the policy, and stops when it is told to', async () => {
    const stop = new AbortController();
    const serving = [
      'witness',
      'serve',
      '--log',
      logLine(),
      '--data',
      folderWith(),
      '--name',
      'one.example/w',
    ];
    const running = skill([...serving, '--listen', '0', '--format', 'json'], {
      signal: stop.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // Two over one folder would each remember other heads than the other.
    expect(await skill([...serving, '--listen', '0'], {})).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('folder-in-use'),
    });
    stop.abort();
    const { exit, stdout } = await running;
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'skillgate.witnessing/1',
      logs: ['skills.example'],
    });
  });
});

function logLine(): string {
  return `${watched.origin}=${Buffer.from(watched.key).toString('base64')}`;
}

/** A line that is no signature of the log. */
async function signLineOf(): Promise<string> {
  const note = await signCheckpoint(
    { origin: 'stranger', size: 1, root: Buffer.alloc(32) },
    testLogKey('stranger'),
  );
  return note.slice(note.indexOf('\u2014'));
}
