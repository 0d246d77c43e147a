/** Code on the standard input of a child process: a shell or an interpreter runs what it reads. */
import { posix } from 'node:path';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { interpreters } from '../../../lookup-tables/shell.ts';
import { behindWrappers } from '../../behind-wrappers.ts';
import { type Called, embed, type Out } from '../out.ts';
import { alternatives, isWhole, type JsValue, text, textOr } from '../values/values.ts';

/** The program that runs its standard input as code, behind wrappers; undefined for others. */
export function inputRunner(name: string, given: readonly JsValue[]): string | undefined {
  const words = [name, ...given.map((value) => textOr(value))];
  const [program = name] = behindWrappers(words);
  const before = words.length - behindWrappers(words).length;
  return runsItsInput(program, given.slice(before)) ? program : undefined;
}

// A shell or interpreter without a script or code argument reads its commands from its input.
function runsItsInput(name: string, given: readonly JsValue[]): boolean {
  const isShell =
    /^(cmd|powershell|pwsh)(\.exe)?$/i.test(posix.basename(name)) ||
    own(interpreters, posix.basename(name)) !== undefined;
  return (
    isShell &&
    given.every(
      (value) =>
        isWhole(value) &&
        (isInput.test(posix.normalize(value.text)) ||
          /^(-|--|-[a-bd-z]|--(?!eval|print|command|file|version|help)[a-z-]{2,30}(=.*)?|\/[a-bd-z]|-(login|interactive|noprofile|nologo|norc))$/i.test(
            value.text,
          )),
    )
  );
}

const isInput = /(?:^|\/)(?:dev\/(?:stdin|fd\/0)|proc\/self\/fd\/0)$/;

/** `spawnSync("bash", [], { input: program })` */
export function runInputOption(
  out: Out,
  call: Called,
  name: string | undefined,
  options: Called['args'][number] | undefined,
): void {
  if (options === undefined) return;
  const value = out.self.memberOf(options.value, text('input'), call.node);
  runInputText(out, call, name, { value, node: options.node });
}

/** Passes the text that a shell or interpreter reads to the front end of its language. */
export function runInputText(
  out: Out,
  call: Called,
  name: string | undefined,
  { value, node }: Called['args'][number],
): void {
  const language = own(interpreters, posix.basename(name ?? ''))?.language ?? 'shell';
  for (const one of alternatives(value)) {
    const program =
      one.kind === 'bytes' ? Buffer.from(one.text, 'latin1').toString('utf8') : textOr(one, '');
    if (program.replaceAll(unknownPart, '').trim() !== '')
      embed(out, call, language, program, node);
  }
}
