/**
 * Files in memory, and the inputs of started programs. What an archive, a compressor or a writer of
 * tables gets that was made over such a file, the file holds afterwards:
 * `z = ZipFile(buffer, "w"); z.writestr(name, text)`.
 */
import { alternativesMax } from '../../../limits.ts';
import { nodesOf } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';
import { flowEdge, flowNode, type PythonRun } from '../run.ts';
import type { PyCall } from './call.ts';

/**
 * The result of a call with the files in memory that writing to the result fills: a new one, or
 * those over which the call made an object. Puts what the call writes into the files that it fills.
 */
export function withStreams(run: PythonRun, call: PyCall, callee: PyValue, made: PyValue): PyValue {
  if (callee.own !== undefined) return made;
  if (inMemory.test(callee.qual ?? '')) {
    const id = flowNode(
      run,
      call.module,
      call.node,
      `stream@${call.node.from}`,
      'a file in memory has it',
    );
    return { ...made, nodes: [...made.nodes, id], stream: [id] };
  }
  const given = [...call.args, ...call.keywords.values()];
  const over = given.flatMap(({ stream }) => stream);
  const name = call.method || (callee.qual ?? '').split('.').at(-1) || '';
  const content = [...nodesOf(given), ...call.spread];
  const packed = packsFile.test(callee.qual ?? '') ? made.nodes : [];
  if (writing.test(name)) fill(run, call.object.stream, [...content, ...packed]);
  if (filling.test(name)) fill(run, over, [...content, ...call.object.nodes]);
  const entering = entered.test(name) ? call.object.stream : [];
  const kept = [...new Set([...made.stream, ...over, ...entering])].slice(0, alternativesMax);
  return kept.length === 0 ? made : { ...made, stream: kept };
}

function fill(run: PythonRun, streams: readonly string[], from: readonly string[]): void {
  run.context.steps.take(streams.length * from.length);
  for (const to of streams) for (const one of from) if (one !== to) flowEdge(run, one, to);
}

/** An archive gets the content of the file. */
export const packsFile =
  /^(zipfile\.ZipFile\(\)\.write|tarfile\.(open|TarFile|TarFile\.open)\(\)\.add)$/;
const inMemory = /^(io\.(StringIO|BytesIO)|tempfile\.SpooledTemporaryFile)$/;
const writing = /^(write\w*|add\w*|append|dump|put|extend|communicate|send\w*|feed\w*)$/;
// `json.dump(value, buffer)`, `image.save(buffer)`, `print(value, file=buffer)`
const filling = /^(\w*dump|save\w*|write\w*|p?print|pp|copyfileobj|export\w*|to_[a-z]+|tofile)$/;
// An object made from a part of another one writes to the same file.
const entered = /^(__enter__|open|getchannel|writer|detach)$/;
