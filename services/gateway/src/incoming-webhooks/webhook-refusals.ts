/** Why a webhook proves too little: which field is at fault, and what to do about it. */
import { errors, refuse, type FieldTexts, type Refusal } from '@membership/contracts/errors';
import type { Text } from '@membership/contracts/text';

const unproved = (text: Text, fields: FieldTexts): Refusal => refuse('AUTH_001', { text, fields });

/** Where a signature may stand. */
export type SignaturePlace = 'signature' | 'X-Webhook-Signature';
const HOW_TO_SIGN: Readonly<Record<SignaturePlace, Text>> = {
  signature: {
    zh: '应为用租户 Webhook 密钥对 timestamp、event_type 和 event_data 的规范化 JSON（以“.”连接）计算的 HMAC-SHA256（十六进制）',
    en: 'Must be the hex HMAC-SHA256, by the tenant’s webhook secret, of timestamp, event_type and the canonical JSON of event_data, joined by dots',
  },
  'X-Webhook-Signature': {
    zh: '应为用租户 Webhook 密钥对原样发送的请求体计算的 HMAC-SHA256（十六进制）',
    en: 'Must be the hex HMAC-SHA256, by the tenant’s webhook secret, of the body byte by byte as it is sent',
  },
};

/** No signature, or one that does not hold, in these places. The same words whether the tenant is there or not. */
export const badSignature = (places: readonly SignaturePlace[]): Refusal =>
  unproved(
    { zh: '签名无效', en: 'The signature is not valid' },
    Object.fromEntries(places.map((place) => [place, [HOW_TO_SIGN[place]]])),
  );

/** Neither a token nor a tenant whose secret could prove anything. */
export const nobodyNamed = (): Refusal =>
  unproved(errors.AUTH_001.text, {
    'X-Tenant-ID': [
      {
        zh: '请在此指定租户并用其 Webhook 密钥签名，或使用服务令牌（Authorization: Bearer）',
        en: 'Name the tenant here and sign with its webhook secret, or send a service token (Authorization: Bearer)',
      },
    ],
  });

/** Told too late, or by a clock that is off. */
export const outOfTime = (): Refusal =>
  unproved(
    { zh: '时间戳超出允许的5分钟范围', en: 'The timestamp is more than 5 minutes off' },
    {
      timestamp: [
        {
          zh: '与平台时间相差超过5分钟：请使用当前时间重新签名并发送',
          en: 'More than 5 minutes off the platform’s clock: send it again with the time of now, signed anew',
        },
      ],
    },
  );
