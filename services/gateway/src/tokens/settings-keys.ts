/**
 * What is made of the settings' secret of tokens (`JWT_SECRET`, `JWT_PRIVATE_KEY`): a key of tokens, and those of what the gateway
 * alone makes and takes back. It has several values while it is changed: the first makes, all are believed.
 */
import type { KeyObject } from 'node:crypto';
import { ConfigError, type Settings } from '@membership/platform/config';
import type { HeldSecret } from '@membership/platform/held-secret';
import type { settings as settingFields } from '../config.ts';
import { tokenKey, type TokenKey, type TokenKeySettings } from './token-keys.ts';

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

type Given = Pick<Settings<typeof settingFields>, 'JWT_ALGORITHM' | 'JWT_SECRET' | 'JWT_PRIVATE_KEY'>;
type Tools = {
  readonly settings: Given;
  readonly secret: (name: 'JWT_SECRET' | 'JWT_PRIVATE_KEY') => HeldSecret;
  readonly tokenSettings: TokenKeySettings;
};

/** Throws ConfigError where the setting of the algorithm is missing or no key of its kind. */
export function settingsKeys({ settings, secret, tokenSettings }: Tools): SettingsKeys {
  const algorithm = settings.JWT_ALGORITHM;
  const name = algorithm === 'HS256' ? 'JWT_SECRET' : 'JWT_PRIVATE_KEY';
  if (!settings[name])
    throw new ConfigError([`${name} is missing (or ${name}_FILE): ${algorithm} signs with it`]);
  const held = secret(name);
  const tokens = held.of((material) => tokenKey(tokenSettings, material));
  // At the start, not at the first request.
  tokens();
  return {
    tokens,
    material: () => held.values[0] as string,
    derived(purpose) {
      const keys = held.of((material) => tokenKey(tokenSettings, material).derive(purpose));
      return {
        get present() {
          return keys()[0];
        },
        get all() {
          return keys();
        },
        some: (isOf) => keys().some(isOf) || (held.learnWhenAsked() && keys().some(isOf)),
      };
    },
  };
}
