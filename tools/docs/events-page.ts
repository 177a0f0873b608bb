/** docs/events.md: every event, who announces it, what it says. */
import { envelopeFields, type EventDefinition } from '@membership/contracts/event';
import { allEvents } from '@membership/contracts/events/index';
import { z } from 'zod';
import { table, type GeneratedFile } from './text-file.ts';

const INTRODUCTION = `# Events
Generated from \`libs/contracts/src/events\` by \`npm run docs\`; do not edit. The schemas are in \`/api/v1/asyncapi.json\`, one sample
of each in \`libs/contracts/samples\`.

Every event is a CloudEvents 1.0 envelope in JSON, published under its type as routing key: ${Object.keys(
  envelopeFields,
)
  .map((name) => `\`${name}\``)
  .join(
    ', ',
  )}, \`data\`. \`subject\` is the id of the aggregate, \`sequence\` counts in it without gaps. An event may come twice, late, or before
another that it follows: keep the state with the highest \`sequence\`.
`;

/** A field as a reader needs it: its name, and whether it may be missing or null. */
function fieldsOf({ data }: EventDefinition): string {
  if (!(data instanceof z.ZodObject)) return '';
  return Object.entries(data.shape)
    .map(([name, schema]) => {
      const field = schema as z.ZodType;
      const marks = [
        field.safeParse(undefined).success ? 'may be left out' : '',
        field.safeParse(null).success ? 'or null' : '',
      ].filter(Boolean);
      return marks.length > 0 ? `\`${name}\` (${marks.join(', ')})` : `\`${name}\``;
    })
    .join(', ');
}

export function eventsPage(): GeneratedFile {
  const producers = [...new Set(allEvents.map(({ producer }) => producer))].sort();
  const sections = producers.map((producer) => {
    const rows = allEvents
      .filter((event) => event.producer === producer)
      .map((event) => [
        `\`${event.type}\``,
        event.aggregate.replaceAll('_', ' '),
        event.description.en,
        fieldsOf(event),
      ]);
    return `## ${producer}\n${table(['type', 'aggregate', 'when it is true', 'data'], rows)}\n`;
  });
  return {
    path: 'docs/events.md',
    content: `${INTRODUCTION}\n${allEvents.length} types.\n\n${sections.join('\n')}`,
  };
}
