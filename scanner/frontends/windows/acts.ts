/** Objects that a PowerShell program creates, and what of it is not read. */
import { specialFolder } from './folders.ts';
import type { Lowering } from './lowering.ts';
import { createdTypes, plainTypes } from './net-members.ts';
import { changed, codeValue, knownText, textValue, unknown, type Value, wordOf } from './values.ts';

/** Notes that a part of the program is not read. */
export function noteUnread(lowering: Lowering, what: string): void {
  lowering.out.add(`${unreadProgram} ${wordOf(textValue(what))}`);
}

/** A program of the lowered script: something was not read. */
export const unreadProgram = 'powershell-unread';

/** A new object of a type, or a folder that .NET names. */
export function codeOf(lowering: Lowering, type: string, args: readonly Value[]): Value {
  if (type === 'special folder') return specialFolder((args[0] && knownText(args[0])) ?? '');
  const made = { ...changed(args), type };
  const means = createdTypes.find(([form]) => form.test(type))?.[1];
  if (means === 'socket') {
    const listens = /listener/.test(type);
    const [host = unknown, port = unknown] = args;
    return {
      ...codeValue(
        listens
          ? '$(TcpClient -l)'
          : args.length === 0
            ? '$(TcpClient)'
            : `$(TcpClient ${wordOf(host)} ${wordOf(port)})`,
      ),
      type,
    };
  }
  if (means === 'plain' || plainTypes.test(type))
    return { ...made, fields: new Map(), ...(args.length === 0 && { parts: [] }) };
  if (
    /^(?:wscript\.shell|shell\.application|mmc20\.application|scripting\.filesystemobject)$/.test(
      type,
    )
  )
    return { ...unknown, type: `com ${type}`, fields: new Map() };
  noteUnread(lowering, `makes an object of ${type}`);
  return { ...made, type: `com ${type}` };
}
