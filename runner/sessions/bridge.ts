/**
 * `skillgate` inside an agent's sandbox: passes a call and its streams to the runner outside. The
 * sandbox gets this file as it is, so it imports no other file of the project. It needs no
 * environment variable, because an agent may have removed them.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

const usage = `inside an agent's sandbox:
  skillgate run [--why TEXT] @scope/name [COMMAND] [ARGS...]   run a skill's command in a sandbox of its own
  skillgate mcp                                                approved skills over MCP on stdin and stdout
The operator runs all other commands (holds, grants, trust, policy, logs) on the host.
`;

function parseCall(): object | undefined {
  const [word, ...words] = process.argv.slice(2);
  if (word === 'mcp') return { call: 'mcp' };
  if (word !== 'run') return undefined;
  let why = process.env.SKILLGATE_WHY ?? 'called by the name of its file';
  while (words[0]?.startsWith('--') === true) {
    const option = words.shift() ?? '';
    if (option === '--why') why = words.shift() ?? '';
    else if (option.startsWith('--why=')) why = option.slice('--why='.length);
    else return undefined;
  }
  const [skill, command, ...args] = words;
  if (skill === undefined) return undefined;
  return {
    call: 'run',
    skill,
    ...(command === undefined ? {} : { command }),
    args,
    why: why.slice(0, 500),
  };
}

function end(code: number, says = ''): never {
  if (says !== '') process.stderr.write(`skillgate: ${says.trimEnd()}\n`);
  process.exit(code);
}

// Read the token for each message, because the runner renews it.
const send = (socket: Socket, message: object): boolean => {
  const token = readFileSync('/run/skillgate/token', 'utf8').trim();
  return socket.write(`${JSON.stringify({ ...message, token })}\n`);
};

function sendInput(socket: Socket): void {
  process.stdin.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += 65_536) {
      if (send(socket, { stdin: chunk.subarray(at, at + 65_536).toString('base64') })) continue;
      process.stdin.pause();
      socket.once('drain', () => process.stdin.resume());
    }
  });
  process.stdin.on('end', () => send(socket, { end: true }));
  process.stdin.on('error', () => send(socket, { end: true }));
}

function printAnswer(line: string): void {
  const answer = JSON.parse(line) as {
    stdout?: string;
    stderr?: string;
    exit?: number;
    says?: string;
  };
  if (answer.stdout !== undefined) process.stdout.write(Buffer.from(answer.stdout, 'base64'));
  if (answer.stderr !== undefined) process.stderr.write(Buffer.from(answer.stderr, 'base64'));
  const { exit, says = '' } = answer;
  if (exit !== undefined) process.stdout.write('', () => end(exit, says));
}

const call = parseCall();
if (call === undefined) {
  const [word] = process.argv.slice(2);
  const help = word === undefined || word === 'help' || word === '--help';
  end(
    help ? 0 : 2,
    help ? usage : `the sandbox has no command \`${process.argv.slice(2, 4).join(' ')}\`; ${usage}`,
  );
}
const authority = 'runner.skillgate.internal:80';
const socket = connect(
  3128,
  '127.0.0.1',
  () => void socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
);
socket.on('error', (error) => end(1, `the runner does not answer: ${error.message}`));
socket.on('close', () => end(1, 'the runner closed the connection'));
let text = '';
let isOpen = false;
socket.on('data', (chunk: Buffer) => {
  // Answers are ASCII: other bytes are in base64 or escaped.
  text += chunk.toString('latin1');
  if (!isOpen) {
    const at = text.indexOf('\r\n\r\n');
    if (at < 0) return;
    if (!/^HTTP\/1\.1 200 /.test(text))
      end(1, `the runner refused the connection: ${text.split('\r\n')[0]}`);
    text = text.slice(at + 4);
    isOpen = true;
    send(socket, call);
    sendInput(socket);
  }
  const lines = text.split('\n');
  text = lines.pop() ?? '';
  for (const line of lines) printAnswer(line);
});
