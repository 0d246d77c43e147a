/**
 * Compares the answers of the API in tests with the OpenAPI document: the status, the media type,
 * the problem code, and the JSON body. Schemathesis does the same with requests of its own (test/schemathesis).
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

type Ask = (path: string) => Promise<Response>;

interface Documented {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly parameters: number;
  readonly name: string;
  readonly operation: Documented;
}

const documentPath = '/api/v1/openapi.json';
const methods = ['get', 'post', 'delete'] as const;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validators = new Map<object, ValidateFunction>();
// The document is the same for every registry.
let known: Promise<readonly Route[]> | undefined;

/**
 * @param ask asks a registry that is open to everybody
 * @throws Error for an answer that the document does not have
 */
export async function requireDocumented(
  ask: Ask,
  { method, path }: { readonly method: string; readonly path: string },
  answer: Response,
): Promise<void> {
  const [plain = ''] = path.split('?');
  // Failures of the storage are those of a fault, and no part of the API.
  if (!plain.startsWith('/api/v1/') || plain === documentPath || answer.status >= 500) return;
  known ??= readRoutes(ask);
  const route = (await known).find((one) => one.method === method && one.path.test(plain));
  if (route === undefined) return;
  const { name, operation } = route;
  const documented = operation.responses[answer.status];
  const body = await answer.clone().text();
  if (documented === undefined)
    throw new Error(`The document lacks the answer of ${name}: ${answer.status} ${body}`);
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  if (documented.content !== undefined && body !== '' && !(type in documented.content))
    throw new Error(`The document lacks the media type of ${name}: ${answer.status} ${type}`);
  const schema = documented.content?.[type]?.schema;
  if (schema === undefined || !type.endsWith('json')) return;
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  if (!validate(JSON.parse(body)))
    throw new Error(`${name} answers ${ajv.errorsText(validate.errors)}: ${body.slice(0, 2_000)}`);
}

async function readRoutes(ask: Ask): Promise<readonly Route[]> {
  const { paths } = (await (await ask(documentPath)).json()) as {
    paths: Record<string, Partial<Record<(typeof methods)[number], Documented>>>;
  };
  const routes = Object.entries(paths).flatMap(([template, operations]) =>
    methods.flatMap((verb): Route[] => {
      const operation = operations[verb];
      if (operation === undefined) return [];
      const method = verb.toUpperCase();
      const pattern = template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
      const parameters = template.split('{').length;
      const path = new RegExp(`^/api/v1${pattern}$`);
      return [{ method, path, parameters, name: `${method} ${template}`, operation }];
    }),
  );
  // `/members/pending` before `/members/{id}`.
  return routes.sort((a, b) => a.parameters - b.parameters);
}
