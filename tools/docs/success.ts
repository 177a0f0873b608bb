/** What a success looks like: an example of it. */
import { renderAnswer } from '@membership/contracts/dialects';
import type { Endpoint } from '@membership/contracts/endpoint';
import { besideExampleOf, exampleOf } from '@membership/contracts/examples';
import { say, type Language, type Text, type TextParams } from '@membership/contracts/text';
import { exampleIn } from './languages.ts';

/** Documents show one moment and one request, so that generating them twice gives the same. */
export const EXAMPLE_NOW = new Date('2026-02-14T02:00:00.000Z');
export const EXAMPLE_REQUEST = 'req_5f3c0a3e9b1d';

/** A whole answer as a client reads it, made from the contract's example by the dialect itself; undefined without one. */
export function successExample(one: Endpoint, language: Language): unknown {
  const example = exampleOf(one);
  if (!example || one.kind === 'empty') return undefined;
  const things = exampleIn(example.things, language);
  if (one.kind === 'stream') return things[0];
  const isList = one.kind === 'list';
  const url = new URL(one.path.replace(/:\w+/g, '1'), 'http://localhost:8000');
  const beside = besideExampleOf(one);
  const value = isList ? { items: things, count: things.length, ...(beside ? { beside } : {}) } : things[0];
  const facts = { ...asParams(one.examples?.request), ...asParams(things[0]), ...one.examples?.params };
  return renderAnswer(
    one.dialect,
    {
      kind: one.kind,
      value,
      ...(one.message ? { message: said(one, language, facts) } : {}),
      ...(isList ? { page: { number: 1, size: one.dialect === 'app' ? 10 : 20 } } : {}),
      ...(one.itemsKey ? { itemsKey: one.itemsKey } : {}),
    },
    { language, requestId: EXAMPLE_REQUEST, now: EXAMPLE_NOW, url },
  );
}

function said(one: Endpoint, language: Language, facts: TextParams): string {
  const sentence = say(one.message as Text, language, facts);
  const [open] = /\{\w+\}/.exec(sentence) ?? [];
  if (open === undefined) return sentence;
  throw new Error(`${one.name}: say in examples.params what ${open} of its message is`);
}

/** The plain values of an example, for the places in a message that are named like them. */
function asParams(value: unknown): Record<string, string | number> {
  if (value === null || typeof value !== 'object') return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string | number] =>
      ['string', 'number'].includes(typeof entry[1]),
    ),
  );
}
