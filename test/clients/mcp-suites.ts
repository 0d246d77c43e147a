/**
 * Two judges of MCP's Skills extension against `/mcp` of a registry: the conformance suite, and the
 * inspector, which also has to notice one changed byte. Both are large, so they are no dependencies.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { claim } from '../faults/acts.ts';
import { makeServedSite } from '../faults/served-site.ts';
import { enterStaff, recordTaken, releaseOne } from '../faults/walk.ts';
import { makeSkill, registryIdAt } from '../registry/road.ts';
import { installOnce } from './clients.ts';

type Row = readonly [says: string, isSo: boolean, more?: string];

export const mcpSuites = {
  conformance: '@modelcontextprotocol/conformance@0.2.0-alpha.12',
  inspector: '@modelcontextprotocol/inspector@2.12.0',
};

/** The line that installs a package; the inspector's script would only print a line. */
export function suiteLine(suite: string): string {
  return `npm install --global --prefix ~/agents --ignore-scripts ${suite}`;
}

const scenarios = ['enumeration', 'manifest', 'directory'];
const revisions = [
  { revision: '2025-11-25', era: 'legacy' },
  { revision: '2026-07-28', era: 'modern' },
];
const served = 'Deals are counted by week.\n';

/** @throws Error when a program cannot be installed */
export async function tryMcpSuites(): Promise<Row[]> {
  const program = (name: keyof typeof mcpSuites, bin: string) =>
    join(installOnce(name, suiteLine(mcpSuites[name])), 'bin', bin);
  const conformance = program('conformance', 'conformance');
  const inspector = program('inspector', 'mcp-inspector');
  const site = await makeServedSite();
  try {
    await site.start();
    await offerSkills(site);
    const url = `${site.base()}/mcp`;
    const rows: Row[] = [];
    for (const { era, revision } of revisions) {
      for (const scenario of scenarios) {
        const name = `sep-2640-skills-${scenario}`;
        // The suite counts scenarios of extensions to no revision, so they are forced.
        const words = ['--url', url, '--scenario', name, '--spec-version', revision, '--force'];
        const { exit, text } = await run(conformance, ['server', ...words]);
        const [, passed = 'no result'] = /(Passed: .*)/.exec(text) ?? [];
        const isSo = exit === 0 && /(\d+)\/\1, 0 failed, 0 warnings/.test(passed);
        rows.push([`${revision} ${name}`, isSo, passed]);
      }
      rows.push(await verified(inspector, { url, era }, 0));
      const liar = await lyingProxy(site.base());
      try {
        rows.push(await verified(inspector, { url: liar.url, era }, 7));
      } finally {
        liar.close();
      }
    }
    return rows;
  } finally {
    await site.close();
  }
}

async function offerSkills(site: Awaited<ReturnType<typeof makeServedSite>>): Promise<void> {
  const send = site.sender('127.0.0.1');
  const staff = await enterStaff(send, site.trust);
  const walk = { send, staff, take: recordTaken(send, []) };
  await walk.take(await claim(await registryIdAt(send), 'acme', staff.author));
  const files = { 'notes/how.md': served, 'notes/more/why.md': 'Because.\n' };
  for (const name of ['report', 'weekly'])
    await releaseOne(walk, makeSkill(`@acme/${name}`, '1.0.0', { files }));
  // The registry offers an approved version a moment later.
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'skills/list' });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  while (
    !(await (await send('/mcp', { method: 'POST', body, headers })).text()).includes('weekly')
  );
}

/** Has the inspector verify every skill; `exit` 7 is its code for a violation. */
async function verified(
  inspector: string,
  { era, url }: { readonly era: string; readonly url: string },
  exit: 0 | 7,
): Promise<Row> {
  const target = ['--server-url', url, '--transport', 'http', '--protocol-era', era];
  const ended = await run(inspector, ['--cli', ...target, '--method', 'skills/list', '--verify']);
  const what = exit === 0 ? 'verifies every file' : 'reports one changed byte';
  const last = ended.text.trim().split('\n').at(-1);
  return [`inspector, ${era}: ${what}`, ended.exit === exit, `exit ${ended.exit}: ${last}`];
}

/** Passes everything on, and changes one letter of one file. */
async function lyingProxy(base: string): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !/^(host|connection|content-length)$/.test(name)
        ? [[name, value] as [string, string]]
        : [],
    );
    const { method = 'GET' } = request;
    const body = chunks.length === 0 ? null : Buffer.concat(chunks);
    const answer = await fetch(`${base}${request.url}`, { method, headers, body });
    const text = (await answer.text()).replace('by week.', 'by Week.');
    const type = answer.headers.get('content-type') ?? 'text/plain';
    response.writeHead(answer.status, { 'content-type': type }).end(text);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, close: () => server.close() };
}

function run(program: string, words: readonly string[]): Promise<{ exit: number; text: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...words],
      { timeout: 120_000, maxBuffer: 16 * 1024 * 1024 },
      (_, out, err) => resolve({ exit: child.exitCode ?? 1, text: out + err }),
    );
  });
}
