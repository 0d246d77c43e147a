/** Which machines a network program asks. */
import type { Capability } from '../../../../../skills-index/skill/capability.ts';
import { egressOf, socketEgressOf } from '../../../../lookup-tables/egress-of.ts';
import type { NetworkProgram } from '../../../../lookup-tables/network-programs.ts';
import { type ShellValue, textsOf } from '../../value.ts';

export interface Target {
  readonly capability: Capability & { readonly kind: 'egress' };
  readonly value: ShellValue;
  /** The one of its texts that is meant, where it is an address. */
  readonly text?: string;
}

/** The machines that the operands name. */
export function targetsOf(
  program: NetworkProgram,
  operands: readonly ShellValue[],
  methods: readonly string[],
): Target[] {
  const egress = (url: string): Target['capability'] => ({ kind: 'egress', url, methods: ['*'] });
  const [first, second] = operands;
  switch (program.target) {
    case 'url':
      return operands.flatMap((value) =>
        textsOf(value).flatMap((text): Target[] => {
          // httpie writes METHOD first.
          if (/^[A-Z]+$/.test(text) || /^[\w-]+(==?|:=|:)[^/]/.test(text)) return [];
          const found = egressOf(text, methods);
          return found === undefined
            ? []
            : [{ capability: { kind: 'egress', ...found }, value, text }];
        }),
      );
    case 'host-port': {
      if (first === undefined) return [];
      const port =
        second !== undefined && /^\d+$/.test(second.text) ? Number(second.text) : program.port;
      return textsOf(first).map((text) => ({
        capability: egress(socketEgressOf('tcp', text, port).url),
        value: first,
      }));
    }
    case 'host': {
      if (first === undefined) return [];
      const host = first.text.replace(/^\w+:\/\//, '').replace(/^[^@\0]*@/, '');
      return [{ capability: egress(socketEgressOf('tcp', host, program.port).url), value: first }];
    }
    case 'remote':
      return operands.flatMap((value): Target[] => {
        const [, host] =
          /^(?:rsync|ssh|scp|sftp):\/\/(?:[^@/\0]+@)?([^:/\0]+)/.exec(value.text) ??
          /^(?:[^@:/\0]+@)?([^:/\0]+):/.exec(value.text) ??
          [];
        return host === undefined
          ? []
          : [{ capability: egress(socketEgressOf('tcp', host, program.port).url), value }];
      });
    case 'name':
      if (program.asks?.includes(first?.text ?? '') === false) return [];
      return operands
        .filter((value) => !value.text.startsWith('@') && /[.\0]/.test(value.text))
        .map((value) => ({ capability: egress(socketEgressOf('dns', value.text).url), value }));
  }
}
