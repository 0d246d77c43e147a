import { unknownPart } from '../models/egress-of.ts';
import type { Argument, Condition, PythonEffect } from '../models/python-api.ts';
import { nodesOf } from './python-alternatives.ts';
import { applyCallback, applyOption } from './python-callbacks.ts';
import { readEnvironment, wholeEnvironment } from './python-environment.ts';
import { applyFile } from './python-files.ts';
import { applyConnect, applyRequest, applySend } from './python-network.ts';
import { feedProgram, runCodeOf, runProgram } from './python-programs.ts';
import { flowSink, flowSource, notePyTrait, type PyNoting, type PythonRun, type PyValue, unknownPy } from './python-run.ts';

/** A call with its values. */
export interface PyCall extends PyNoting {
  readonly object: PyValue;
  readonly method: string;
  readonly args: readonly PyValue[];
  readonly keywords: ReadonlyMap<string, PyValue>;
  /** Nodes of what is given with stars. */
  readonly spread: readonly string[];
}

/** An argument's value. */
export function argumentOf(call: PyCall, { at, key, text }: Argument): PyValue | undefined {
  const given = (at >= 0 ? call.args[at] : undefined) ?? (key === '' ? undefined : call.keywords.get(key));
  return given ?? (text === undefined ? undefined : { ...unknownPy, texts: [text] });
}

function holds(call: PyCall, { argument, form }: Condition): boolean {
  const value = argumentOf(call, argument);
  return value !== undefined && form.test(value.qual ?? value.texts[0] ?? '');
}

/** Notes what an effect does; gives the value it makes, if any. */
export function applyEffect(run: PythonRun, call: PyCall, effect: PythonEffect): PyValue | undefined {
  switch (effect.does) {
    case 'request':
      return applyRequest(run, call, effect);
    case 'connect':
      return applyConnect(run, call, effect);
    case 'send':
      return applySend(run, call, argumentOf(call, effect.content));
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
    case 'self-read':
    case 'self-write':
    case 'self-delete':
    case 'self-open':
      return applyFile(run, call, effect);
    case 'shell':
    case 'program':
      return runProgram(run, call, argumentOf(call, effect.command) ?? unknownPy, effect);
    case 'code':
      return runCodeOf(run, call, argumentOf(call, effect.code) ?? unknownPy);
    case 'load': {
      const name = argumentOf(call, effect.module);
      if (name?.texts[0]?.includes(unknownPart) !== false)
        notePyTrait(run, { ...call, certainty: 'widened' }, 'dynamic-import', 'code whose place is computed');
      flowSink(run, call, name?.nodes ?? [], { what: 'exec', api: call.api, part: 'argument' });
      return unknownPy;
    }
    case 'feed':
      return feedProgram(run, call, argumentOf(call, effect.content) ?? unknownPy);
    case 'deserialize': {
      if (effect.safe !== undefined && holds(call, effect.safe)) return unknownPy;
      if (effect.only !== undefined && !holds(call, effect.only)) return unknownPy;
      const data = argumentOf(call, effect.data);
      notePyTrait(run, call, 'deserialize', call.api);
      if (effect.byPath !== true) flowSink(run, call, data?.nodes ?? [], { what: 'exec', api: call.api, part: 'code' });
      return { ...unknownPy, nodes: data?.nodes ?? [], decoded: true };
    }
    case 'env':
      return readEnvironment(run, call, argumentOf(call, effect.name) ?? unknownPy);
    case 'whole-env':
      return wholeEnvironment(run, call);
    case 'input':
      return { ...unknownPy, nodes: [flowSource(run, call, { what: 'input', name: call.api }, `${call.api} reads it`)] };
    case 'output':
      flowSink(run, call, nodesOf([...call.args, ...call.keywords.values()]), { what: 'output', api: call.api, part: 'content' });
      return unknownPy;
    case 'call':
      return applyCallback(run, call, effect);
    case 'option':
      return applyOption(run, call, effect);
    case 'listen':
      notePyTrait(run, call, 'listen', call.api);
      return unknownPy;
    case 'native':
      notePyTrait(run, call, 'native', call.args[0]?.texts[0] ?? '*');
      return unknownPy;
    case 'trait':
      if (effect.unless !== undefined && argumentOf(call, effect.unless) !== undefined) return unknownPy;
      notePyTrait(run, call, effect.trait, call.api);
      return unknownPy;
  }
}
