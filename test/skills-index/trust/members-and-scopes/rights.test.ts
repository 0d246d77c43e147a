import { expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import {
  type Right,
  Rights,
} from '../../../../skills-index/trust/members-and-scopes/scope-owners.ts';
import { people } from '../../story.ts';

const { author, ada } = people;
const owner: Right = { identity: author.named, id: author.keyId, from: 1 };
const early: Right = { identity: ada.named, id: ada.keyId, from: 2, lost: 5 };
const later: Right = { identity: ada.named, id: ada.keyId, from: 3 };

it('rights in a scope are found by identity, in log order', () => {
  const rights = new Rights([owner, early]);
  rights.add(later);
  expect(rights.all).toEqual([owner, early, later]);
  expect(rights.of(ada.keyId)).toEqual([early, later]);
  expect(rights.of(author.keyId)).toEqual([owner]);
  expect(rights.of(digestOf('somebody else'))).toEqual([]);
});
