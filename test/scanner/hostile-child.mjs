/**
 * What a skill that took over its scanning child would try. Speaks the child's frames; the version
 * that is "published" says what to do.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const frame = (text) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([head, Buffer.from(text)]);
};
const attempt = (run) => {
  try {
    return run() === false ? 'refused' : 'works';
  } catch {
    return 'refused';
  }
};
const reaches = () =>
  new Promise((resolve) => {
    const socket = connect(53, '192.0.2.1');
    socket.on('error', (error) => resolve(error.code === 'ENETUNREACH' ? 'refused' : 'works'));
    setTimeout(() => resolve('works'), 200);
  });

const other = {
  schema: 'skillgate.scan/1',
  path: '.',
  name: 'x',
  version: '1.0.0',
  bundle: `sha256:${'0'.repeat(64)}`,
  ruleSet: `sha256:${'0'.repeat(64)}`,
  verdict: 'pass',
  decidedBy: [],
  findings: [],
  capabilities: Object.fromEntries(
    ['observed', 'declared', 'undeclared', 'unused'].map((name) => [
      name,
      { env: [], secret: [], egress: [], mount: [], exec: [] },
    ]),
  ),
  coverage: { files: [] },
};

// The right report of the skill, which the test hands over beside the version.
const honest = (text) => {
  const { published } = JSON.parse(text.slice(text.indexOf('{"published"')).split('\n')[0]);
  return { report: JSON.parse(published.report) };
};
const sentence = { path: 'SKILL.md', line: 1, text: 'Count.', isHidden: false };
const told = (over) => ({
  schema: 'skillgate.prose/1',
  sentences: [{ ...sentence, ...over }],
  left: 0,
});
const proses = {
  prose: told({}),
  proseLong: told({ text: 'x'.repeat(1_001) }),
  proseMany: { ...told({}), sentences: Array.from({ length: 10_001 }, () => sentence) },
  proseControl: told({ text: 'a\u001b[2J' }),
  proseBidi: told({ text: 'a\u202eb' }),
  proseNumber: told({ line: Number.NaN }),
  proseElsewhere: told({ path: '../../etc/passwd' }),
  proseMore: { ...told({}), html: '<b>' },
};

process.stdout.write(frame('ready'));
for await (const chunk of process.stdin) {
  const mode = /1\.0\.0-(\w+)/.exec(chunk.toString('latin1'))?.[1];
  if (mode === 'junk') process.stdout.write(frame('{}'));
  if (mode === 'other') process.stdout.write(frame(JSON.stringify({ report: other })));
  if (Object.hasOwn(proses, mode ?? ''))
    process.stdout.write(
      frame(JSON.stringify({ ...honest(chunk.toString('latin1')), prose: proses[mode] })),
    );
  if (mode === 'endless') process.stdout.write(Buffer.from([0x7f, 0xff, 0xff, 0xff]));
  if (mode === 'exit') process.exit(3);
  if (mode === 'probe') {
    const said = {
      write: attempt(() => writeFileSync('/tmp/skillgate-probe', 'x')),
      program: attempt(() => spawnSync('/bin/true').error === undefined),
      read: attempt(() => readFileSync('/etc/hostname')),
      network: await reaches(),
      environment: Object.keys(process.env).filter(
        (name) => name !== 'PWD' && name !== 'SHLVL' && name !== '_' && name !== 'OLDPWD',
      ),
    };
    process.stderr.write(JSON.stringify(said), () => process.exit(4));
  }
}
