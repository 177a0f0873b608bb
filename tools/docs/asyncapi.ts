/** libs/contracts/generated/asyncapi.json and asyncapi.zh.json: one AsyncAPI 3 document of every event, read from the contracts. */
import { EVENT_CONTENT_TYPE, envelopeFields, type EventDefinition } from '@membership/contracts/event';
import { allEvents } from '@membership/contracts/events/index';
import { both, type Language } from '@membership/contracts/text';
import { z } from 'zod';
import { exampleIn, unboxed } from './languages.ts';
import { readable } from './openapi-schemas.ts';
import { sampleOf } from './samples.ts';
import { jsonFile, sorted, type GeneratedFile } from './text-file.ts';

const DESCRIPTION = both(
  `已经发生的事情，由其所在的服务在提交之后告知。

消息是 CloudEvents 1.0 的结构化 JSON，发布到一个 topic 交换机；路由键是事件的类型。\`sequence\` 在一个聚合（\`subject\`）内连续计数：
事件可能重复或迟到，一个聚合中 \`sequence\` 最大的是其最新状态。接收方忽略未知字段：已发布的类型只会增加字段，其他变化都以新版本并列提供。`,
  `What happened, told by the service that it happened in, after it was committed.

Messages are CloudEvents 1.0 in structured JSON on one topic exchange; the routing key is the event's type. \`sequence\` counts the events of one aggregate
(\`subject\`) without gaps: an event may come twice or late, and the highest \`sequence\` of an aggregate is its newest state. Receivers ignore
unknown fields: a published type is only ever widened, anything else is a new version beside it.`,
);
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
  description: both('带有平台扩展属性的 CloudEvents 1.0', 'CloudEvents 1.0 with the platform’s extensions'),
};
const refTo = (...path: readonly string[]) => ({
  $ref: `#/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
});

function message(event: EventDefinition, language: Language): Record<string, unknown> {
  const { type, description, producer, aggregate, data } = event;
  const sample = sampleOf(type);
  return {
    name: type,
    title: type,
    summary: both(description.zh, description.en),
    description: both(
      `由 ${producer} 告知；\`subject\` 是聚合 ${aggregate} 的 ID，\`sequence\` 在其中计数。`,
      `Announced by ${producer}; \`subject\` is the id of the ${aggregate.replaceAll('_', ' ')}, \`sequence\` counts in it.`,
    ),
    contentType: EVENT_CONTENT_TYPE,
    tags: [{ name: producer }],
    bindings: { amqp: { contentEncoding: 'utf-8', messageType: type } },
    payload: {
      allOf: [
        refTo('components', 'schemas', 'Envelope'),
        { type: 'object', properties: { type: { type: 'string', const: type }, data: jsonSchemaOf(data) } },
      ],
    },
    ...(sample === undefined ? {} : { examples: [{ name: 'sample', payload: exampleIn(sample, language) }] }),
  };
}

/** The English document has the name without a language, as OpenAPI’s has. */
const FILES: Readonly<Record<Language, string>> = { zh: 'asyncapi.zh.json', en: 'asyncapi.json' };

/** The document. */
export function asyncapiDocument(version: string, language: Language): GeneratedFile {
  const producers = [...new Set(allEvents.map(({ producer }) => producer))].sort();
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: both('会员平台：事件', 'Membership platform: events'),
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: EVENT_CONTENT_TYPE,
    channels: {
      [CHANNEL]: {
        address: CHANNEL,
        description: both(
          '持久的 topic 交换机。每个服务通过自己的队列接收，统计服务通过日志（保留 30 天的流）接收。',
          'A durable topic exchange. Each service hears it through a queue of its own, the statistics through the log, a stream that keeps 30 days.',
        ),
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
          title: both(`${producer} 告知的事件`, `What ${producer} announces`),
          channel: refTo('channels', CHANNEL),
          messages: allEvents
            .filter((event) => event.producer === producer)
            .map(({ type }) => refTo('channels', CHANNEL, 'messages', type)),
        },
      ]),
    ),
    components: {
      messages: sorted(allEvents.map((event) => [event.type, message(event, language)] as const)),
      schemas: { Envelope: envelopeSchema },
    },
  };
  return jsonFile(`libs/contracts/generated/${FILES[language]}`, unboxed(document, language));
}
