/**
 * The map of names as a monitor computes it from the log. Adding a statement makes a new map and
 * leaves the old one as it was, because heads of several sizes are compared.
 */
import {
  emptyMapRoot,
  isOne,
  type MapLeaf,
  mapDepth,
  mapLeafHash,
  mapNodeHash,
  nextMapValue,
} from '../../skills-index/log/map-tree.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { mapKeyOf } from '../../skills-index/trust/members-and-scopes/map-names.ts';

/** A part of the tree. Its hash is computed when somebody asks for the root, and then kept. */
type Tree = Leaf | Branch;

interface Leaf extends MapLeaf {
  hash: Hash | undefined;
}

interface Branch {
  readonly zero: Tree | undefined;
  readonly one: Tree | undefined;
  hash: Hash | undefined;
}

/** The map of names of the log up to some size. */
export class MapOfNames {
  readonly #tree: Tree | undefined;

  constructor(tree?: Tree) {
    this.#tree = tree;
  }

  /** The map with one more statement. The log index is larger than all before. */
  with(names: readonly string[], logIndex: number): MapOfNames {
    if (names.length === 0) return this;
    let tree = this.#tree;
    for (const name of names) tree = put(tree, { key: mapKeyOf(name), logIndex }, 0);
    return new MapOfNames(tree);
  }

  /** The root that a head with exactly these statements has. */
  root(): Hash {
    return hashOf(this.#tree);
  }
}

interface Addition {
  readonly key: Hash;
  readonly logIndex: number;
}

function put(tree: Tree | undefined, added: Addition, bits: number): Tree {
  const { key, logIndex } = added;
  if (tree === undefined) return leaf(key, nextMapValue(undefined, logIndex));
  if (!('key' in tree))
    return isOne(key, bits)
      ? branch(tree.zero, put(tree.one, added, bits + 1))
      : branch(put(tree.zero, added, bits + 1), tree.one);
  if (Buffer.compare(tree.key, key) === 0) return leaf(key, nextMapValue(tree.value, logIndex));
  if (bits === mapDepth) throw new Problem('internal', 'Two different keys have the same bits');
  // The leaf that is here moves down to where the two paths part.
  const moved = isOne(tree.key, bits) ? branch(undefined, tree) : branch(tree, undefined);
  return put(moved, added, bits);
}

function leaf(key: Hash, value: Hash): Leaf {
  return { key, value, hash: undefined };
}

function branch(zero: Tree | undefined, one: Tree | undefined): Branch {
  return { zero, one, hash: undefined };
}

function hashOf(tree: Tree | undefined): Hash {
  if (tree === undefined) return emptyMapRoot;
  tree.hash ??=
    'key' in tree ? mapLeafHash(tree) : mapNodeHash(hashOf(tree.zero), hashOf(tree.one));
  return tree.hash;
}
