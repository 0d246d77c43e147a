/**
 * Routes by which ClawHub's clients publish. Their tokens sign nothing, so what they send waits
 * until a key of the scope adopts it. Clients before 0.23 send one form; later ones send each file
 * by itself, and then the list of the files.
 */
import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { type BundlePath, whyNotBundlePath } from '../../skills-index/skill/bundle-path.ts';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { bundleFileBytesMax, bundleFilesMax } from '../../skills-index/skill/limits.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import type { Registry, VersionName } from '../context.ts';
import { takeForeignUpload } from '../intake/foreign-upload.ts';
import { partsOf } from '../intake/multipart.ts';
import { storeUploadFile, takeSentFiles } from '../intake/upload-files.ts';
import { uploadReceiver } from '../request-limits/spool.ts';
import { describe, jsonBody } from '../routes/describe.ts';
import { refusedAsText } from '../routes/openapi.ts';
import { uploadListBytesMax } from '../uploads/limits.ts';
import { requireUploader, type TokenUploader } from '../uploads/upload-tokens.ts';
import type { WaitingUpload } from '../uploads/waiting-uploads.ts';
import { adoptLine, requireOwnScope } from './clawhub-uploads.ts';

const shortText = v.pipe(v.string(), v.maxLength(300));
const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal'));
const aboutFile = { path: shortText, size: v.pipe(v.number(), v.safeInteger()), sha256: hex };

/** Clients send more, such as tags and categories, which mean nothing here. */
const named = { slug: shortText, ownerHandle: v.exactOptional(shortText), version: shortText };
const payload = v.looseObject(named);
const list = v.looseObject({
  ...named,
  files: v.pipe(
    v.array(v.looseObject({ ...aboutFile, storageId: shortText })),
    v.maxLength(bundleFilesMax, `are more than ${bundleFilesMax}`),
  ),
});

const received = v.object({
  ok: v.literal(true),
  skillId: v.string(),
  /** Clients before 0.23 show this text. */
  versionId: v.string(),
  slug: v.string(),
  version: v.string(),
  status: v.literal('pending'),
  publicationStatus: v.literal('pending'),
});

const uploadBody = {
  'multipart/form-data': {
    schema: {
      type: 'object',
      required: ['payload', 'files'],
      properties: {
        payload: { type: 'string', description: 'JSON with slug, ownerHandle and version' },
        files: { type: 'array', items: { type: 'string', format: 'binary' } },
      },
    },
  },
  'application/json': {
    schema: {
      type: 'object',
      required: ['slug', 'version', 'files'],
      properties: {
        slug: { type: 'string' },
        ownerHandle: { type: 'string' },
        version: { type: 'string' },
        files: { type: 'array', items: { type: 'object' } },
      },
    },
  },
};

/** Routes below /api/v1. */
export function clawhubPublishRoutes(registry: Registry): Hono {
  const receive = uploadReceiver(registry.spool);
  return fileRoutes(registry).post(
    '/skills',
    describe({
      summary: 'Upload a skill with a token; it waits until a key of the scope adopts it (ClawHub)',
      answer: received,
      refusedAs: refusedAsText,
      body: uploadBody,
      signedIn: true,
      problems: [
        'request-invalid',
        'request-too-large',
        'bundle-invalid',
        'path-invalid',
        'name-invalid',
        'version-invalid',
        'skill-md-missing',
        'skill-md-invalid',
        'manifest-invalid',
        'package-lock-missing',
        'package-lock-differs',
        'version-exists',
        'bundle-taken',
        'publisher-stopped',
        'quota-used',
      ],
    }),
    async (context) => {
      // Before the body, which nobody else may send.
      const uploader = await requireUploader(registry, context);
      const isForm = /^multipart\/form-data\b/i.test(context.req.header('content-type') ?? '');
      const upload = await receive(context, (body) =>
        isForm ? takeForm(registry, uploader, body, context) : takeList(registry, uploader, body),
      );
      return context.json(answerOf(upload));
    },
  );
}

function fileRoutes(registry: Registry): Hono {
  return new Hono()
    .post(
      '/skills/-/upload-url',
      describe({
        summary: 'Ask where to send a file of an upload (ClawHub)',
        answer: v.object({ uploadUrl: v.string(), uploadTicket: v.string() }),
        refusedAs: refusedAsText,
        signedIn: true,
        problems: ['path-invalid', 'bundle-invalid'],
      }),
      jsonBody(v.object(aboutFile)),
      async (context) => {
        await requireUploader(registry, context);
        const { path, size, sha256 } = context.req.valid('json');
        const [why] = whyNotBundlePath(path);
        if (why !== undefined)
          throw new Problem('path-invalid', `Cannot upload ${JSON.stringify(path)}: it ${why}`);
        if (size > bundleFileBytesMax)
          throw new Problem(
            'bundle-invalid',
            `Cannot upload ${path}: it has ${size} bytes, and a file may have ${bundleFileBytesMax}`,
          );
        const uploadUrl = `${registry.config.base}/api/v1/skills/-/files/${sha256}`;
        // The client's token counts at each step, so that the ticket proves nothing.
        return context.json({ uploadUrl, uploadTicket: sha256 });
      },
    )
    .post(
      '/skills/-/files/:digest',
      describe({
        summary: 'Send a file of an upload (ClawHub)',
        answer: v.object({ storageId: v.string() }),
        refusedAs: refusedAsText,
        body: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        signedIn: true,
        problems: ['request-invalid', 'request-too-large', 'digest-invalid', 'quota-used'],
      }),
      async (context) => {
        const uploader = await requireUploader(registry, context);
        const digest = parseDigest(`sha256:${context.req.param('digest')}`);
        const bytes = await context.req.arrayBuffer().catch((cause: unknown) => {
          throw new Problem('request-invalid', 'The connection ended before the file', { cause });
        });
        const storageId = await storeUploadFile(registry, uploader, digest, new Uint8Array(bytes));
        return context.json({ storageId });
      },
    );
}

async function takeForm(
  registry: Registry,
  uploader: TokenUploader,
  body: Buffer,
  context: Context,
): Promise<WaitingUpload> {
  const files: SourceFile[] = [];
  let about: Buffer | undefined;
  for (const { name, fileName, content } of partsOf(body, context.req.header('content-type'))) {
    if (name === 'files' && fileName !== undefined)
      files.push({ path: fileName, bytes: content, mode: 0o644 });
    else if (name === 'payload' && about === undefined) about = content;
    else
      throw new Problem(
        'request-invalid',
        `The upload has an unknown or repeated part: ${name.slice(0, 100)}`,
      );
    if (files.length > bundleFilesMax)
      throw new Problem('bundle-invalid', `The upload has more than ${bundleFilesMax} files`);
  }
  if (about === undefined)
    throw new Problem('request-invalid', 'The upload lacks its part payload');
  const which = versionOf(uploader, parse(payload, about));
  return takeForeignUpload(registry, uploader, which, async () => files);
}

async function takeList(
  registry: Registry,
  uploader: TokenUploader,
  body: Buffer,
): Promise<WaitingUpload> {
  const { files, ...about } = parse(list, body);
  const which = versionOf(uploader, about);
  const sent = files.map(({ path, size, sha256, storageId }) => ({
    path: path as BundlePath,
    size,
    sha256: parseDigest(`sha256:${sha256}`),
    id: storageId,
  }));
  return takeSentFiles(registry, uploader, which, sent);
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Buffer,
): v.InferOutput<Schema> {
  if (bytes.length > uploadListBytesMax)
    throw new Problem('request-too-large', `The list has more than ${uploadListBytesMax} bytes`);
  return parseShape(schema, parseJson(bytes, 'upload'), 'request-invalid', 'upload');
}

/** The version that a client names, in the scope of its token. */
function versionOf(
  uploader: TokenUploader,
  { slug, ownerHandle, version }: v.InferOutput<typeof payload>,
): VersionName {
  // `scope--name` is how clients before 0.23 name the skill of a scope.
  const [, first, short = slug] = /^(.*?)--(.*)$/s.exec(slug) ?? [];
  if (first !== undefined) requireOwnScope(uploader, first);
  if (ownerHandle !== undefined) requireOwnScope(uploader, ownerHandle.replace(/^@/, ''));
  const name = parseSkillName(`@${uploader.scope}/${short}`);
  return { name, version: parseVersion(version) };
}

function answerOf(upload: WaitingUpload): v.InferOutput<typeof received> {
  const { name, version, scope } = upload;
  return {
    ok: true,
    skillId: name,
    versionId: `received; nobody can install it until a key of @${scope} adopts it: ${adoptLine(upload)}`,
    slug: name.slice(scope.length + 2),
    version,
    status: 'pending',
    publicationStatus: 'pending',
  };
}
