/** What changed between two AsyncAPI documents of this platform. Texts and samples are none of it. */
import { asList, asObject, told, type Change, type Json } from './changes.ts';
import { compareSchemas } from './compare-schemas.ts';

/** What each message has of its own: its payload is the envelope and this. */
const ownOf = (message: unknown): unknown => asList(asObject(asObject(message)['payload'])['allOf'])[1];

/**
 * Every change from one document to another. An event is bound from both sides: who hears it reads new ones as it read those before,
 * and the platform reads what stands in queues, logs and archives since before. So a field neither goes nor is new and certain to be
 * there, and what it holds stays as it is, but for words that come.
 */
export function compareEvents(before: Json, after: Json): Change[] {
  const changes: Change[] = [];
  const documents = { before, after };
  const compare = (from: unknown, to: unknown, where: string) => {
    for (const side of ['answer', 'request'] as const)
      compareSchemas(from, to, where, { side, documents, changes, seen: new Set() });
  };
  const [parts, partsNow] = [asObject(before['components']), asObject(after['components'])];
  compare(
    asObject(parts['schemas'])['Envelope'],
    asObject(partsNow['schemas'])['Envelope'],
    'EVENT envelope',
  );
  compareAddresses(asObject(before['channels']), asObject(after['channels']), changes);
  const [messages, messagesNow] = [asObject(parts['messages']), asObject(partsNow['messages'])];
  for (const [type, message] of Object.entries(messages)) {
    const [was, now] = [asObject(message), asObject(messagesNow[type])];
    const where = `EVENT ${type}`;
    if (messagesNow[type] === undefined) {
      changes.push({ kind: 'breaking', where, what: 'is gone' });
      continue;
    }
    if (was['contentType'] !== now['contentType'])
      changes.push({ kind: 'breaking', where, what: `is ${told(now['contentType'])} now` });
    compare(ownOf(was), ownOf(now), where);
  }
  for (const type of Object.keys(messagesNow))
    if (messages[type] === undefined) changes.push({ kind: 'added', where: `EVENT ${type}`, what: 'is new' });
  return worst(changes);
}

/** Who hears events binds to the exchange by its name. */
function compareAddresses(channels: Json, channelsNow: Json, changes: Change[]): void {
  for (const [name, channel] of Object.entries(channels)) {
    const [was, now] = [asObject(channel)['address'], asObject(channelsNow[name])['address']];
    if (was !== now)
      changes.push({
        kind: 'breaking',
        where: `EVENT channel ${name}`,
        what: now === undefined ? 'is gone' : `is at ${told(now)} instead of ${told(was)}`,
      });
  }
  for (const name of Object.keys(channelsNow))
    if (channels[name] === undefined)
      changes.push({ kind: 'added', where: `EVENT channel ${name}`, what: 'is new' });
}

const RANK: readonly Change['kind'][] = ['breaking', 'deprecated', 'added', 'other'];
/** What both sides say alike is told once, as the one whom it breaks has it. */
function worst(changes: readonly Change[]): Change[] {
  const found = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.where} ${change.what}`;
    const known = found.get(key);
    if (!known || RANK.indexOf(change.kind) < RANK.indexOf(known.kind)) found.set(key, change);
  }
  return [...found.values()];
}
