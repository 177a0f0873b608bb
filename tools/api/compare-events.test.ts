import type { Json } from './changes.ts';
import { compareEvents } from './compare-events.ts';

const ENVELOPE: Json = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
const message = (data: Json): Json => ({
  contentType: 'application/cloudevents+json',
  payload: { allOf: [{ $ref: '#/components/schemas/Envelope' }, { type: 'object', properties: { data } }] },
});
const document = (messages: Json, envelope: Json = ENVELOPE): Json => ({
  components: { messages, schemas: { Envelope: envelope } },
});
const of = (properties: Json, required: string[] = Object.keys(properties)): Json =>
  document({ 'a.done.v1': message({ type: 'object', properties, required }) });
const changed = (before: Json, after: Json): string[] =>
  compareEvents(before, after).map(({ kind, where, what }) =>
    `${kind}: ${where}: ${what}`.replace('EVENT a.done.v1', 'it'),
  );
const text = { type: 'string' };
const whole = of({ a: text });

test('nothing is told of what is the same; an event may come, and not go', () => {
  expect(changed(whole, whole)).toEqual([]);
  expect(changed(whole, document({}))).toEqual(['breaking: it: is gone']);
  expect(changed(document({}), whole)).toEqual(['added: it: is new']);
});
test('a field may come, if an event of before is read without it; none goes or is left out', () => {
  expect(changed(whole, of({ a: text, b: text }, ['a']))).toEqual(['added: it.data.b: is new']);
  expect(changed(whole, of({ a: text, b: { ...text, default: '' } }))).toEqual(['added: it.data.b: is new']);
  expect(changed(whole, of({ a: text, b: text }))).toEqual([
    'added: it.data.b: is new',
    'breaking: it.data.b: is new and required',
  ]);
  expect(changed(whole, of({}))).toEqual(['breaking: it.data.a: is gone']);
  expect(changed(whole, of({ a: text }, []))).toEqual(['breaking: it.data.a: may be left out now']);
});
test('a type neither widens, which breaks who hears, nor narrows, which breaks who reads what was said before', () => {
  const either = { type: ['string', 'null'] };
  expect(changed(whole, of({ a: either }))).toEqual(['breaking: it.data.a: may be null now, too']);
  expect(changed(of({ a: either }), whole)).toEqual(['breaking: it.data.a: no longer null: string']);
  expect(changed(whole, of({ a: { type: 'integer' } }))).toEqual([
    'breaking: it.data.a: no longer string: integer',
    'breaking: it.data.a: may be integer now, too',
  ]);
  expect(changed(whole, of({ a: { ...text, maxLength: 5 } }))).toEqual([
    'breaking: it.data.a: maxLength is 5 instead of open',
  ]);
});
test('a word may come and not go', () => {
  const words = (...list: string[]) => of({ a: { type: 'string', enum: list } });
  expect(changed(words('x'), words('x', 'y'))).toEqual(['added: it.data.a: may be y now, too']);
  expect(changed(words('x', 'y'), words('x'))).toEqual(['breaking: it.data.a: no longer y']);
});
test('the envelope of all is told once', () => {
  const other = { ...ENVELOPE, properties: {} };
  const both = { 'a.done.v1': message(text), 'b.done.v1': message(text) };
  expect(changed(document(both), document(both, other))).toEqual(['breaking: EVENT envelope.id: is gone']);
});
test('another media type breaks', () => {
  const changedType = { 'a.done.v1': { ...message(text), contentType: 'application/xml' } };
  expect(changed(document({ 'a.done.v1': message(text) }), document(changedType))).toEqual([
    'breaking: it: is application/xml now',
  ]);
});
test('who hears events binds to the exchange: it neither goes nor is called otherwise', () => {
  const at = (address: string) => ({ ...whole, channels: { 'domain.events': { address } } });
  expect(changed(at('domain.events'), at('domain.events'))).toEqual([]);
  expect(changed(at('domain.events'), at('events'))).toEqual([
    'breaking: EVENT channel domain.events: is at events instead of domain.events',
  ]);
  expect(changed(at('domain.events'), whole)).toEqual(['breaking: EVENT channel domain.events: is gone']);
  expect(changed(whole, at('domain.events'))).toEqual(['added: EVENT channel domain.events: is new']);
});
