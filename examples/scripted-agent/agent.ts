/**
 * A stand-in for an agent: asks its model what to do, does that in a shell, tells the model what came of it, until the model has no more.
 * Like any agent it does what it is told; what it cannot do is up to the sandbox that `skill agent run` gives it.
 */
import { spawnSync } from 'node:child_process';

const messages = [{ role: 'user', content: process.argv[2] ?? 'go on' }];
for (;;) {
  const answer = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'scripted', messages }),
  });
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
  const line = choices[0]?.message.content ?? '';
  if (line === '') break;
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8', input: '' });
  const came = `${stdout}${stderr}`.trim();
  console.log(`> ${line}\n${came}`);
  messages.push({ role: 'assistant', content: line }, { role: 'user', content: came });
}
