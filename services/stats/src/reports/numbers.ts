/** Where the answers come from. */
import type { CountersRepository } from '../counting/counters-repository.ts';
import type { Generations } from '../counting/generations.ts';

export type Numbers = { readonly counters: CountersRepository; readonly generations: Generations };
