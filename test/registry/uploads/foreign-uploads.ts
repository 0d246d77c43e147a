/** What ClawHub's clients send when they publish, as requests of a test. */

import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { hexOf } from '../../../skills-index/skill/digest.ts';
import { type Answer, call, type Send, type Skill } from '../road.ts';

/** Makes a token for a scope. */
export async function uploadToken(
  send: Send,
  session: string,
  { scope = 'acme', label = 'laptop', days = 30 } = {},
): Promise<string> {
  const { status, body } = await call(send, `/api/v1/scopes/@${scope}/upload-tokens`, {
    token: session,
    json: { label, days },
  });
  if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body.token;
}

type Payload = Readonly<Record<string, unknown>>;
type Files = readonly Pick<SourceFile, 'path' | 'bytes'>[];

/** One form, as clients before 0.23 send it. */
export async function uploadForm(
  send: Send,
  token: string | undefined,
  payload: Payload,
  files: Files,
): Promise<Answer> {
  const form = new FormData();
  form.set('payload', JSON.stringify({ displayName: 'A skill', tags: ['latest'], ...payload }));
  for (const { path, bytes } of files) form.append('files', new Blob([Buffer.from(bytes)]), path);
  return answerTo(send, '/api/v1/skills', token, { body: form });
}

/** Each file, and then their list, as clients from 0.23 on send them. */
export async function uploadFiles(
  send: Send,
  token: string,
  payload: Payload,
  { packed }: Pick<Skill, 'packed'>,
): Promise<Answer> {
  const listed: Payload[] = [];
  for (const { path, sha256, size } of packed.bundle.files) {
    const file = { path, size, sha256: hexOf(sha256) };
    const asked = await call(send, '/api/v1/skills/-/upload-url', { token, json: file });
    if (asked.status !== 200) return asked;
    const { pathname } = new URL(asked.body.uploadUrl);
    const body = Buffer.from(packed.contents.get(path) ?? []);
    const stored = await answerTo(send, pathname, token, { body });
    if (stored.status !== 200) return stored;
    listed.push({
      ...file,
      storageId: stored.body.storageId,
      uploadTicket: asked.body.uploadTicket,
    });
  }
  return uploadList(send, token, { ...payload, files: listed });
}

/** The list of files that were sent. */
export async function uploadList(send: Send, token: string, list: Payload): Promise<Answer> {
  return answerTo(send, '/api/v1/skills', token, {
    body: JSON.stringify({ displayName: 'A skill', acceptLicenseTerms: true, ...list }),
    headers: { 'content-type': 'application/json' },
  });
}

/** @returns the body as JSON, or a refusal as its text */
export async function answerTo(
  send: Send,
  path: string,
  token: string | undefined,
  { headers, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
): Promise<Answer> {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await send(path, {
    method: 'POST',
    ...init,
    headers: { ...headers, ...bearer },
  });
  const text = await response.text();
  return { status: response.status, body: response.ok ? JSON.parse(text) : text };
}
