/** The throws, calls and handlers of a program, from which `thrown.ts` follows thrown values. */
import type { ts } from 'ts-morph';
import type { Functionish } from '../../syntax.ts';

export interface Thrown {
  /** Throws and rejections. */
  readonly throws: { readonly at: ts.Node; readonly value: ts.Expression }[];
  /** The calls of each function of the skill. */
  readonly calls: Map<Functionish, CallLike[]>;
  /** Functions that get what nobody catches. */
  readonly handlers: Functionish[];
}

export type CallLike = ts.CallExpression | ts.NewExpression;
