/**
 * What is made of the settings' secret of tokens (`JWT_SECRET`, `JWT_PRIVATE_KEY`): a key of tokens, and those of what the gateway
 * alone makes and takes back. It has several values while it is changed: the first makes, all are believed. While the algorithm is
 * changed, what is taken back may be of the other setting or of another kind of private key, too; no token is.
 */
import type { KeyObject } from 'node:crypto';
import { ConfigError, type Settings } from '@membership/platform/config';
import { heldSecret, type HeldSecret } from '@membership/platform/held-secret';
import type { settings as settingFields } from '../config.ts';
import {
  algorithmOf,
  derivedKey,
  tokenKey,
  type TokenAlgorithm,
  type TokenKey,
  type TokenKeySettings,
} from './token-keys.ts';

/** Keys of one purpose, one of each value. */
export type OwnKeys = {
  /** The one that makes. */
  readonly present: KeyObject;
  readonly all: readonly KeyObject[];
  /** Whether something is of one of them; where it is of none, the secret may have been changed a moment ago. */
  some(isOf: (key: KeyObject) => boolean): boolean;
};
export type SettingsKeys = {
  readonly tokens: () => readonly [TokenKey, ...TokenKey[]];
  /** The value that makes: a secret, or a private key in PEM. */
  readonly material: () => string;
  derived(purpose: 'refresh-tokens' | 'proofs-of-contexts' | 'salts-of-names'): OwnKeys;
};

type Name = 'JWT_SECRET' | 'JWT_PRIVATE_KEY';
type Given = Pick<Settings<typeof settingFields>, 'JWT_ALGORITHM' | 'JWT_SECRET' | 'JWT_PRIVATE_KEY'>;
type Tools = {
  readonly settings: Given;
  readonly secret: (name: Name) => HeldSecret;
  readonly tokenSettings: TokenKeySettings;
};

/** Both are there while one kind of private key follows another. */
const kindOf = (algorithm: TokenAlgorithm, material: string): TokenAlgorithm =>
  algorithm === 'HS256' ? algorithm : (algorithmOf(material) ?? algorithm);

/** How tokens are made, as the settings say. */
export const tokenSettingsOf = (
  settings: Pick<Settings<typeof settingFields>, 'JWT_ALGORITHM' | 'JWT_ISSUER' | 'JWT_AUDIENCE'>,
): TokenKeySettings => ({
  algorithm: settings.JWT_ALGORITHM,
  issuer: settings.JWT_ISSUER,
  audience: settings.JWT_AUDIENCE,
});

/** Throws ConfigError where `settingsKeys` would: for a start, before anything else is done. */
export function checkSettingsKeys(settings: Settings<typeof settingFields>): void {
  const secret = (name: Name) => heldSecret(...(settings[name] ?? []));
  settingsKeys({ settings, secret, tokenSettings: tokenSettingsOf(settings) }).derived('refresh-tokens');
}

/** Throws ConfigError where the setting of the algorithm is missing or no key of its kind. */
export function settingsKeys({ settings, secret, tokenSettings }: Tools): SettingsKeys {
  const algorithm = settings.JWT_ALGORITHM;
  const names: readonly [Name, Name] = ['JWT_SECRET', 'JWT_PRIVATE_KEY'];
  const [name, other] = algorithm === 'HS256' ? names : (names.toReversed() as [Name, Name]);
  if (!settings[name])
    throw new ConfigError([`${name} is missing (or ${name}_FILE): ${algorithm} signs with it`]);
  const held = secret(name);
  /** Both are given while gateways of the one algorithm follow those of the other. */
  const besides = settings[other] ? [secret(other)] : [];
  const isOwn = (key: TokenKey) => key.algorithm === algorithm;
  const keys = held.of(
    (material) => tokenKey({ ...tokenSettings, algorithm: kindOf(algorithm, material) }, material),
    (made) => {
      const others = made.map((key) => key.algorithm).join(', ');
      if (!made.some(isOwn))
        throw new ConfigError([`${name} has a key for ${others}; JWT_ALGORITHM is ${algorithm}`]);
    },
  );
  const tokens = () => keys().filter(isOwn) as [TokenKey, ...TokenKey[]];
  // At the start, not at the first request.
  tokens();
  return {
    tokens,
    material: () => held.values[keys().findIndex(isOwn)] as string,
    derived(purpose) {
      const keysOf = (one: HeldSecret, setting: Name) =>
        one.of((material) => derivedKey(material, purpose, setting));
      const [own, others] = [keysOf(held, name), besides.map((one) => keysOf(one, other))];
      const all = () => [own, ...others].flatMap((keys) => [...keys()]);
      const learn = () => [held, ...besides].map((one) => one.learnWhenAsked()).includes(true);
      // A value of which no key can be made ends the start, too.
      all();
      return {
        get present() {
          return own()[0];
        },
        get all() {
          return all();
        },
        some: (isOf) => all().some(isOf) || (learn() && all().some(isOf)),
      };
    },
  };
}
