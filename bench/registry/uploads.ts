/** Uploads that are signed before the clock starts: signing is the publisher's own work. */
import type { Agent } from 'node:http';
import type { TestKey } from '../../test/registry/people.ts';
import { type Skill, signPublication, tarOf } from '../../test/registry/road.ts';
import { type Asked, ask } from './http-client.ts';

export interface Upload {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export async function signedUpload(skill: Skill, author: TestKey): Promise<Upload> {
  const form = new FormData();
  form.set('publish', JSON.stringify(await signPublication(skill, author)));
  form.set('bundle', new Blob([tarOf(skill)]), 'bundle.tar');
  const packed = new Response(form);
  const body = new Uint8Array(await packed.arrayBuffer());
  const headers = {
    'content-type': packed.headers.get('content-type') ?? '',
    'content-length': String(body.byteLength),
    'skillgate-key': author.keyId,
  };
  return { headers, body };
}

export function sendUpload(base: string, agent: Agent, upload: Upload): Promise<Asked> {
  return ask({ url: `${base}/api/v1/versions`, agent, method: 'POST', ...upload });
}
