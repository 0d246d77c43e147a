/**
 * A model that is no model: speaks the three interfaces of the clients, asks for one tool after the
 * other, and then says that it is done.
 */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StubModel {
  readonly port: number;
  /** Bodies of requests, in order. */
  readonly bodies: string[];
  /** The keys with which the requests came. */
  readonly keys: Set<string>;
  close(): void;
}

/** What it asks for: a tool by the end of its name as the client calls it, and its input. */
export interface StubCall {
  readonly tool: RegExp;
  readonly input: Readonly<Record<string, unknown>>;
}

/** @param secure the certificate and key of a model that speaks TLS */
export async function startStubModel(
  calls: readonly StubCall[],
  secure?: ServerOptions,
): Promise<StubModel> {
  const bodies: string[] = [];
  const keys = new Set<string>();
  const listener: RequestListener = async (request, response) => {
    const body = await text(request);
    const { authorization = '', 'x-api-key': key } = request.headers;
    keys.add(String(key ?? authorization.replace(/^Bearer /, '')));
    const speaker = speakers.find(({ path }) => request.url?.includes(path) === true);
    if (speaker === undefined) return void response.writeHead(404).end('{}');
    bodies.push(body);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const results = body.match(speaker.result)?.length ?? 0;
    const call = calls[results];
    const use = call === undefined ? undefined : wantedTool(JSON.parse(body), call);
    speaker.speak(response, use, `c${results}`);
    response.end();
  };
  const server =
    secure === undefined ? createServer(listener) : createSecureServer(secure, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, bodies, keys, close: () => server.close() };
}

interface ToolUse {
  readonly name: string;
  /** Codex groups the tools of an MCP server. */
  readonly namespace?: string;
  /** Whether the input is a program, and not JSON. */
  readonly isProgram?: true;
  readonly input: string;
}

interface Declared {
  readonly type?: string;
  readonly name?: string;
  readonly function?: { readonly name: string };
  readonly tools?: readonly Declared[];
}

interface Asked {
  readonly tools?: readonly Declared[];
  /** Codex declares the tools of some models in the conversation. */
  readonly input?: readonly { readonly tools?: readonly Declared[] }[];
}

// A request without tools is about something else, such as a title.
function wantedTool({ input = [], tools = [] }: Asked, call: StubCall): ToolUse | undefined {
  const declared = [...tools, ...input.flatMap((one) => one.tools ?? [])].flatMap(
    ({ function: inner, name = inner?.name ?? '', tools: members = [], ...more }) => [
      { ...more, name },
      ...members.map((member) => ({ ...member, name: member.name ?? '', namespace: name })),
    ],
  );
  const named = (wanted: RegExp) => declared.find(({ name }) => wanted.test(name));
  const json = JSON.stringify(call.input);
  const found = named(call.tool);
  if (found !== undefined) return { ...spaceOf(found), name: found.name, input: json };
  // Other models of Codex call tools from a program in JavaScript.
  const program = named(/^exec$/);
  if (program?.type !== 'custom') return undefined;
  const text = `text((await tools.exec_command(${json})).output);`;
  return { ...spaceOf(program), name: program.name, isProgram: true, input: text };
}

function spaceOf(tool: object): Pick<ToolUse, 'namespace'> {
  return 'namespace' in tool ? { namespace: String(tool.namespace) } : {};
}

type Speak = (response: ServerResponse, use: ToolUse | undefined, id: string) => void;

/**
 * By the path of an interface: how a tool's result stands in a request, and how the model answers.
 */
const speakers: readonly {
  readonly path: string;
  readonly result: RegExp;
  readonly speak: Speak;
}[] = [
  {
    path: '/responses',
    result: /"type":"(function|custom_tool)_call_output"/g,
    speak: speakResponses,
  },
  { path: '/messages', result: /"type":"tool_result"/g, speak: speakMessages },
  { path: '/chat/completions', result: /"role":"tool"/g, speak: speakChat },
];

const done = 'done by the stub';

function speakResponses(response: ServerResponse, use: ToolUse | undefined, id: string): void {
  const send = (event: Record<string, unknown>) =>
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  const message = {
    type: 'message',
    role: 'assistant',
    id: 'm1',
    content: [{ type: 'output_text', text: done }],
  };
  send({ type: 'response.created', response: { id: 'r1' } });
  const { input, isProgram, ...name } = use ?? { input: '' };
  const call = isProgram
    ? { type: 'custom_tool_call', id: `f-${id}`, call_id: id, ...name, input }
    : { type: 'function_call', id: `f-${id}`, call_id: id, ...name, arguments: input };
  send({ type: 'response.output_item.done', item: use === undefined ? message : call });
  const usage = {
    input_tokens: 1,
    input_tokens_details: null,
    output_tokens: 1,
    output_tokens_details: null,
    total_tokens: 2,
  };
  send({ type: 'response.completed', response: { id: 'r1', usage } });
}

function speakMessages(response: ServerResponse, use: ToolUse | undefined, id: string): void {
  const send = (event: Record<string, unknown>) =>
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  const block =
    use === undefined
      ? { type: 'text', text: '' }
      : { type: 'tool_use', id, name: use.name, input: {} };
  const delta =
    use === undefined
      ? { type: 'text_delta', text: done }
      : { type: 'input_json_delta', partial_json: use.input };
  const message = {
    id: 'm',
    type: 'message',
    role: 'assistant',
    content: [],
    model: 'stub',
    stop_reason: null,
  };
  send({
    type: 'message_start',
    message: { ...message, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } },
  });
  send({ type: 'content_block_start', index: 0, content_block: block });
  send({ type: 'content_block_delta', index: 0, delta });
  send({ type: 'content_block_stop', index: 0 });
  const stop = use === undefined ? 'end_turn' : 'tool_use';
  send({ type: 'message_delta', delta: { stop_reason: stop }, usage: { output_tokens: 1 } });
  send({ type: 'message_stop' });
}

function speakChat(response: ServerResponse, use: ToolUse | undefined, id: string): void {
  const send = (delta: object, finish: string | null = null) => {
    const about = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'stub' };
    response.write(
      `data: ${JSON.stringify({ ...about, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  };
  const called = { name: use?.name, arguments: use?.input };
  send(
    use === undefined
      ? { role: 'assistant', content: done }
      : { role: 'assistant', tool_calls: [{ index: 0, id, type: 'function', function: called }] },
  );
  send({}, use === undefined ? 'stop' : 'tool_calls');
  response.write('data: [DONE]\n\n');
}
