/**
 * Plausible answers of hosts that do not exist. A program that is fetched is a script of ours,
 * which reports that somebody started it and does nothing else.
 */

export interface AskedAddress {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly agent: string;
  readonly accept: string;
}

export interface PlausibleAnswer {
  readonly type: string;
  readonly body: Buffer;
}

/** The first line of every program of ours; who starts a file with it started a fetched program. */
export const programMark = '#observe-fetched-program';

const programs =
  /\.(sh|bash|py|pyw|js|cjs|mjs|exe|elf|bin|run|scr|msi|dll|so|bat|cmd|ps1|vbs|jar|appimage|com|out|txt|dat|rb|pl|php)$/i;
const scripts = /\.(js|cjs|mjs)$/i;
const address = /\b(ip|myip|checkip|ipify|ipinfo|icanhazip|ifconfig|geo|ipapi)\b/i;

/** @param guess what an address without an ending answers: data first, a program in later rounds */
export function answerTo(asked: AskedAddress, guess: 'data' | 'program'): PlausibleAnswer {
  const { path, host, method, accept, agent } = asked;
  const [plain = ''] = path.split('?');
  if (address.test(host) && !programs.test(plain)) return addressOf(accept, path);
  if (method === 'GET' && (programs.test(plain) || guess === 'program')) {
    const isScript =
      scripts.test(plain) || (/\bnode\b|undici|axios/i.test(agent) && !/\.\w+$/.test(plain));
    return {
      type: 'application/octet-stream',
      body: Buffer.from(isScript ? inNode : inShellOrPython),
    };
  }
  return { type: 'application/json', body: Buffer.from(data) };
}

function addressOf(accept: string, path: string): PlausibleAnswer {
  const isData = /json/i.test(accept + path);
  return isData
    ? {
        type: 'application/json',
        body: Buffer.from('{"ip":"203.0.113.77","country":"NL","org":"Example"}'),
      }
    : { type: 'text/plain', body: Buffer.from('203.0.113.77') };
}

const data = JSON.stringify({
  ok: true,
  success: true,
  status: 'ok',
  id: 4711,
  url: 'https://files.example/payload.sh',
  token: 'none',
  result: [],
  data: {},
  message: 'ok',
});

const report = '{"kind":"fetched-started","what":"HOW"}';

// Both a shell and Python read this text: in Python, the shell's part is a string.
const inShellOrPython = `#!/bin/sh
${programMark}
''':'
echo '${report.replace('HOW', 'a fetched program, by a shell')}' >> /observe/reports
exit 0
'''
with open('/observe/reports', 'a') as reports:
    reports.write('${report.replace('HOW', 'a fetched program, by Python')}\\n')
`;

const inNode = `//${programMark}
require('node:fs').appendFileSync('/observe/reports', '${report.replace('HOW', 'a fetched program, by Node')}\\n');
`;
