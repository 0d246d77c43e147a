/**
 * A stand-in for an agent. The agent asks its model what to do, does it in a shell and tells the model the outcome, until the model has no further line.
 * Like any agent, the stand-in obeys. The sandbox of `skillgate agent run` decides what works.
 */
import { spawnSync } from 'node:child_process';

const messages = [{ role: 'user', content: process.argv[2] ?? 'go on' }];
for (;;) {
  const answer = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    // A command may run for minutes, and nobody watches the connection meanwhile.
    headers: { authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'scripted', messages }),
  });
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
  const line = choices[0]?.message.content ?? '';
  if (line === '') break;
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8', input: '' });
  const outcome = `${stdout}${stderr}`.trim();
  console.log(`> ${line}\n${outcome}`);
  messages.push({ role: 'assistant', content: line }, { role: 'user', content: outcome });
}
