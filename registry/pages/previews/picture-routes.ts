/**
 * Pictures of public pages, drawn when somebody asks. An address has the digest of what the picture
 * says, so that a reader of previews that keeps pictures by their address asks anew after a stop.
 */
import { type Context, Hono } from 'hono';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import type { Registry } from '../../context.ts';
import {
  allDrawingsBurst,
  allDrawingsPerSecond,
  strangerDrawingsBurst,
  strangerDrawingsPerSecond,
} from '../../pictures/limits.ts';
import { type PagePicture, pictureDigest, pictureFile } from '../../pictures/picture.ts';
import { type AddressOf, Buckets, networkOf } from '../../request-limits/write-limits.ts';
import { answerUnlessKept } from '../../routes/site/file-answers.ts';
import { requireScopePage, requireSkillPage, requireVersionPage } from '../page-subjects.ts';
import {
  registryPicture,
  scopePicture,
  unofferedPicture,
  versionPicture,
} from './page-pictures.ts';

/** Routes below `/pictures`: the path of a page, then the file. */
export function pictureRoutes(registry: Registry, addressOf: AddressOf): Hono {
  const { origin } = registry.root;
  const networks = new Buckets({
    burst: strangerDrawingsBurst,
    perSecond: strangerDrawingsPerSecond,
  });
  const all = new Buckets({ burst: allDrawingsBurst, perSecond: allDrawingsPerSecond });

  const bytesOf = async (context: Context, picture: PagePicture): Promise<Uint8Array> => {
    const { drawing } = registry;
    if (drawing === undefined) throw missing(context);
    const known = drawing.known(picture);
    if (known !== undefined) return known;
    const now = registry.now().getTime();
    if (!networks.take(networkOf(addressOf(context) ?? 'unknown'), now))
      throw new Problem('too-many-requests', 'This address has asked for too many new pictures');
    if (!all.take('all', now))
      throw new Problem('registry-busy', 'Cannot draw the picture: too many were drawn lately');
    return drawing.draw(picture);
  };

  const answer = async (context: Context, picture: PagePicture): Promise<Response> => {
    const { file = '' } = context.req.param() as { readonly file?: string };
    if (!/^[0-9a-f]{32}\.png$/.test(file)) throw missing(context);
    // Whoever has the address of an earlier state gets the present one.
    const now = pictureFile(picture);
    if (file !== now) {
      context.header('cache-control', 'no-cache');
      return context.redirect(context.req.path.replace(file, now), 302);
    }
    const as = { type: 'image/png', cache: 'fresh', digest: pictureDigest(picture) } as const;
    return answerUnlessKept(context, () => bytesOf(context, picture), as);
  };

  return new Hono()
    .get('/:file', (context) => answer(context, registryPicture(origin)))
    .get('/:scope{@[^/]+}/:file', async (context) => {
      const scope = parseScope(context.req.param('scope'));
      await requireScopePage(registry, context, scope);
      return answer(context, scopePicture(origin, scope));
    })
    .get('/:scope{@[^/]+}/:name/:file', async (context) => {
      const { name: named, scope } = context.req.param();
      const [short = '', version] = named.split('@');
      const name = parseSkillName(`${scope}/${short}`);
      const shown =
        version === undefined
          ? await requireSkillPage(registry, context, name)
          : await requireVersionPage(registry, context, { name, version: parseVersion(version) });
      const picture =
        shown === undefined ? unofferedPicture(origin, name) : versionPicture(origin, shown);
      return answer(context, picture);
    });
}

function missing({ req: { path } }: Context): Problem {
  return new Problem('not-found', `This registry has no page or endpoint at ${path}`);
}
