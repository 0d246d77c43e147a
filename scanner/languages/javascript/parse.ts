/**
 * Parses TypeScript and JavaScript within a limit. TypeScript's parser tries several readings of
 * some forms and reads the text inside each time: of `async (async (…` it makes a number of nodes
 * that doubles with each level.
 */
import { ts } from 'ts-morph';

/** Nodes that TypeScript's parser may make of a text, in all readings that it tries. */
const parserFreeNodes = 50_000;

const parserNodesPerChar = 2;

/** The tree of a text; undefined when it nests too deep for the parser. */
export function parse(name: string, text: string): ts.SourceFile | undefined {
  nodes.left = parserFreeNodes + parserNodesPerChar * text.length;
  try {
    const languageVersion = ts.ScriptTarget.ESNext;
    return ts.createSourceFile(
      name,
      text,
      {
        languageVersion,
        setExternalModuleIndicator,
        jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
      },
      true,
    );
  } catch (cause) {
    // The parser is recursive: a text that nests deeper than the call stack fails here.
    if (cause instanceof RangeError) return undefined;
    throw cause;
  } finally {
    nodes.left = Number.POSITIVE_INFINITY;
  }
}

// Each file is a module with its own scope, as in node. Otherwise a script's variables would be
// global and hide the library's names.
function setExternalModuleIndicator(file: ts.SourceFile): void {
  Object.assign(file, { externalModuleIndicator: true });
}

/** Nodes that the parser may still make. */
const nodes = { left: Number.POSITIVE_INFINITY };

type MakeNode = new (kind: ts.SyntaxKind, pos: number, end: number) => object;

// The parser asks these functions for its constructors before each text, though its types do not
// say so.
const kinds = ['getNodeConstructor', 'getTokenConstructor', 'getIdentifierConstructor'] as const;
interface Allocating {
  readonly objectAllocator: Record<(typeof kinds)[number], () => MakeNode>;
}
// Written as a member of `ts`, because the build keeps of the compiler what is named so.
const allocator = (ts as typeof ts & Allocating).objectAllocator;
for (const kind of kinds) {
  const Made = counted(allocator[kind]());
  allocator[kind] = () => Made;
}

function counted(Plain: MakeNode): MakeNode {
  return class extends Plain {
    constructor(kind: ts.SyntaxKind, pos: number, end: number) {
      if (--nodes.left < 0) throw new RangeError('more nodes than a text may have');
      super(kind, pos, end);
    }
  };
}
