/** A model that is no model: speaks the three interfaces of the clients, asks once for a shell command, and then says that it is done. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StubModel {
  readonly port: number;
  /** Bodies of requests, in order. */
  readonly bodies: string[];
  close(): void;
}

export async function startStubModel(command: string): Promise<StubModel> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const speak = interfaces.find(({ path }) => request.url?.includes(path) === true)?.speak;
    if (speak === undefined) return void response.writeHead(404).end('{}');
    bodies.push(body);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    speak(response, body, command);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, bodies, close: () => server.close() };
}

type Speak = (response: ServerResponse, body: string, command: string) => void;

const interfaces: readonly { readonly path: string; readonly speak: Speak }[] = [
  { path: '/responses', speak: speakResponses },
  { path: '/messages', speak: speakMessages },
  { path: '/chat/completions', speak: speakChat },
];

const done = 'done by the stub';

function speakResponses(response: ServerResponse, body: string, cmd: string): void {
  const send = (event: Record<string, unknown>) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  const call = { type: 'function_call', id: 'f1', call_id: 'c1', name: 'exec_command', arguments: JSON.stringify({ cmd }) };
  const message = { type: 'message', role: 'assistant', id: 'm1', content: [{ type: 'output_text', text: done }] };
  send({ type: 'response.created', response: { id: 'r1' } });
  send({ type: 'response.output_item.done', item: body.includes('function_call_output') ? message : call });
  const usage = { input_tokens: 1, input_tokens_details: null, output_tokens: 1, output_tokens_details: null, total_tokens: 2 };
  send({ type: 'response.completed', response: { id: 'r1', usage } });
}

function speakMessages(response: ServerResponse, body: string, command: string): void {
  const send = (event: Record<string, unknown>) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  const asks = body.includes('"Bash"') && !body.includes('tool_result');
  const input = JSON.stringify({ command, description: 'runs it' });
  const block = asks ? { type: 'tool_use', id: 't1', name: 'Bash', input: {} } : { type: 'text', text: '' };
  const delta = asks ? { type: 'input_json_delta', partial_json: input } : { type: 'text_delta', text: done };
  const message = { id: 'm', type: 'message', role: 'assistant', content: [], model: 'stub', stop_reason: null };
  send({ type: 'message_start', message: { ...message, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } } });
  send({ type: 'content_block_start', ...{ index: 0, content_block: block } });
  send({ type: 'content_block_delta', ...{ index: 0, delta } });
  send({ type: 'content_block_stop', ...{ index: 0 } });
  send({ type: 'message_delta', ...{ delta: { stop_reason: asks ? 'tool_use' : 'end_turn' }, usage: { output_tokens: 1 } } });
  send({ type: 'message_stop' });
}

function speakChat(response: ServerResponse, body: string, command: string): void {
  const send = (delta: object, finish: string | null = null) => {
    const about = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'stub' };
    response.write(`data: ${JSON.stringify({ ...about, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
  };
  const asks = body.includes('"bash"') && !body.includes('"role":"tool"');
  const call = { name: 'bash', arguments: JSON.stringify({ command, description: 'runs it' }) };
  send(
    asks
      ? { role: 'assistant', tool_calls: [{ index: 0, id: 't1', type: 'function', function: call }] }
      : { role: 'assistant', content: done },
  );
  send({}, asks ? 'tool_calls' : 'stop');
  response.write('data: [DONE]\n\n');
}
