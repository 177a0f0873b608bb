/** libs/contracts/generated/asyncapi.json: one AsyncAPI 3 document of every event, read from the contracts. */
import { EVENT_CONTENT_TYPE, envelopeFields, type EventDefinition } from '@membership/contracts/event';
import { allEvents } from '@membership/contracts/events/index';
import { z } from 'zod';
import { unboxed } from './languages.ts';
import { readable } from './openapi-schemas.ts';
import { sampleOf } from './samples.ts';
import { jsonFile, sorted, type GeneratedFile } from './text-file.ts';

const DESCRIPTION = `What happened, told by the service that it happened in, after it was committed.

Messages are CloudEvents 1.0 in structured JSON on one topic exchange; the routing key is the event's type. \`sequence\` counts the events of one aggregate
(\`subject\`) without gaps: an event may come twice or late, and the highest \`sequence\` of an aggregate is its newest state. Receivers ignore
unknown fields: a published type is only ever widened, anything else is a new version beside it.`;
const CHANNEL = 'domain.events';

const jsonSchemaOf = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'output',
    override: (context) => readable({ ...context, io: 'output' } as never),
  });
  return rest;
};

const envelopeSchema = {
  ...jsonSchemaOf(z.object({ ...envelopeFields, data: z.looseObject({}) })),
  description: 'CloudEvents 1.0 with the platform’s extensions',
};
const refTo = (...path: readonly string[]) => ({
  $ref: `#/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
});

function message(event: EventDefinition): Record<string, unknown> {
  const { type, description, producer, aggregate, data } = event;
  const sample = sampleOf(type);
  return {
    name: type,
    title: type,
    summary: description,
    description: `Announced by ${producer}; \`subject\` is the id of the ${aggregate.replaceAll('_', ' ')}, \`sequence\` counts in it.`,
    contentType: EVENT_CONTENT_TYPE,
    tags: [{ name: producer }],
    bindings: { amqp: { contentEncoding: 'utf-8', messageType: type } },
    payload: {
      allOf: [
        refTo('components', 'schemas', 'Envelope'),
        { type: 'object', properties: { type: { type: 'string', const: type }, data: jsonSchemaOf(data) } },
      ],
    },
    ...(sample === undefined ? {} : { examples: [{ name: 'sample', payload: sample }] }),
  };
}

/** The document. */
export function asyncapiDocument(version: string): GeneratedFile {
  const producers = [...new Set(allEvents.map(({ producer }) => producer))].sort();
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Membership platform: events',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: EVENT_CONTENT_TYPE,
    channels: {
      [CHANNEL]: {
        address: CHANNEL,
        description:
          'A durable topic exchange. Each service hears it through a queue of its own, the statistics through the log, a stream that keeps 30 days.',
        messages: sorted(allEvents.map(({ type }) => [type, refTo('components', 'messages', type)] as const)),
        bindings: {
          amqp: {
            is: 'routingKey',
            exchange: { name: CHANNEL, type: 'topic', durable: true, autoDelete: false },
          },
        },
      },
    },
    operations: Object.fromEntries(
      producers.map((producer) => [
        `${producer}.announces`,
        {
          action: 'send',
          title: `What ${producer} announces`,
          channel: refTo('channels', CHANNEL),
          messages: allEvents
            .filter((event) => event.producer === producer)
            .map(({ type }) => refTo('channels', CHANNEL, 'messages', type)),
        },
      ]),
    ),
    components: {
      messages: sorted(allEvents.map((event) => [event.type, message(event)] as const)),
      schemas: { Envelope: envelopeSchema },
    },
  };
  return jsonFile('libs/contracts/generated/asyncapi.json', unboxed(document, 'en'));
}
