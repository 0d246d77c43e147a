/** The API reference, made from the OpenAPI document. */
import { count, type Html, html, part } from '../../markup/markup.ts';
import { type PublicFrame, publicPage } from '../layout.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
}

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

interface PathItem extends Partial<Record<(typeof methods)[number], Operation>> {
  readonly servers?: readonly { readonly url: string }[];
}

const methods = ['get', 'post', 'delete'] as const;

/** The parts of the document that the page shows. */
export interface ApiDocument {
  readonly info: { readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: object;
}

/** The whole page. */
export function apiPage(frame: PublicFrame, { info, paths, servers }: ApiDocument): Html {
  const all = parseOperations(paths, servers[0]?.url ?? '');
  const groups = [...Map.groupBy(all, ({ path }) => groupOf(path))].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const body = html`<p class="lead">${info.description} The <a href="/api/v1/openapi.json">OpenAPI document</a> has the schemas.</p>
<nav aria-label="groups"><ul class="links plain-list">${groups.map(([group]) => html`<li><a href="#${group}">${group}</a></li>`)}</ul></nav>
${groups.map(([group, list]) => part(group, group, html`${list.map(operationItem)}`))}`;
  return publicPage(frame, {
    title: 'API',
    description: `${count(all.length, 'operation')} of this registry, with parameters and answers.`,
    body,
    path: '/api',
    at: 'api',
  });
}

interface ShownOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

// The document is our own, and tests compare it with the answers of the registry.
function parseOperations(paths: object, base: string): ShownOperation[] {
  return Object.entries(paths as Readonly<Record<string, PathItem>>).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      const below = item.servers?.[0]?.url ?? base;
      const whole = `${below}${path}`.replace('//', '/');
      return operation === undefined
        ? []
        : [{ method: method.toUpperCase(), path: whole, operation }];
    }),
  );
}

function groupOf(path: string): string {
  return path.replace(/^\/api\/v1/, '').split('/')[1] ?? '';
}

function operationItem({
  method,
  operation: { parameters = [], responses, security = [], summary = '' },
  path,
}: ShownOperation): Html {
  const asked = parameters.map(
    ({ description = '', in: place, name, required }) =>
      html`<li><code>${name}</code> <span class="quiet">in the ${place}${required === true ? '' : ', optional'}</span> ${description}</li>`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description = '' }]) => html`<li><code>${status}</code> ${description}</li>`,
  );
  return html`<article class="operation"><h3><code>${method} ${path}</code></h3>
<p>${summary}${security.length === 0 ? '' : html` <span class="tag">signed in</span>`}</p>
${asked.length === 0 ? '' : html`<ul class="plain-list">${asked}</ul>`}
<details><summary>${count(answers.length, 'answer')}</summary><ul class="plain-list">${answers}</ul></details></article>`;
}
